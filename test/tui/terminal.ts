import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { createFolder, LAUNCHER } from '../cli/run-cli.ts'

const run = promisify(execFile)

/** A real terminal with a shell in it. */
export interface Terminal {
  /** What is on the screen, line by line; with the codes of colours where wanted. */
  capture(withColors?: boolean): Promise<string>
  /** Resolves with the screen once it holds; raises with the screen when it never does. */
  shows(holds: RegExp | ((screen: string) => boolean)): Promise<string>
  /** Keys as tmux names them: `Down`, `Enter`, `j`. */
  press(...keys: string[]): Promise<void>
  /** A line for the shell, with Enter. */
  type(line: string): Promise<void>
  resize(width: number, height: number): Promise<void>
  /** A format of tmux: `#{alternate_on}`. */
  ask(format: string): Promise<string>
  signal(name: string, pattern: string): Promise<void>
}

/** The program as the shell starts it. */
export const PROGRAM = `${process.execPath} ${LAUNCHER}`

export async function openTerminal(width = 80, height = 24, env: Record<string, string> = {}): Promise<Terminal> {
  const folder = createFolder()
  const socket = join(folder, 'tmux')
  const tmux = async (...args: string[]) => (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args])).stdout
  const variables = { PS1: 'ready> ', TERM: 'screen-256color', LANG: 'C.UTF-8', ...env }
  const words = Object.entries(variables).map(([name, value]) => `${name}='${value}'`)
  const shell = `env -i PATH="$PATH" HOME='${folder}' ${words.join(' ')} bash --norc --noprofile`
  await tmux('new-session', '-d', '-s', 't', '-x', String(width), '-y', String(height), '-c', folder, shell)
  await tmux('set-option', '-g', 'window-size', 'manual')
  await tmux('resize-window', '-t', 't', '-x', String(width), '-y', String(height))
  // tells of every output as it comes
  const watcher = spawn('tmux', ['-S', socket, '-C', 'attach-session', '-t', 't'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  await once(watcher.stdout, 'data')
  watcher.stdout.resume()
  onTestFinished(async () => {
    await tmux('kill-server').catch(() => undefined)
    if (watcher.exitCode === null && watcher.signalCode === null) await once(watcher, 'close')
    if (existsSync(socket)) await run('rm', ['-f', socket])
  })
  const capture = (withColors = false) => tmux('capture-pane', '-p', ...(withColors ? ['-e'] : []), '-t', 't')
  const terminal: Terminal = {
    capture,
    async shows(wanted) {
      const holds = typeof wanted === 'function' ? wanted : (screen: string) => wanted.test(screen)
      const limit = AbortSignal.timeout(15_000)
      for (;;) {
        const changed = once(watcher.stdout, 'data', { signal: limit }).then(
          () => true,
          () => false,
        )
        const screen = await capture()
        if (holds(screen)) return screen
        if (!(await changed)) throw new Error(`never showed ${wanted}:\n${await capture()}`)
      }
    },
    press: async (...keys) => void (await tmux('send-keys', '-t', 't', ...keys)),
    async type(line) {
      await tmux('send-keys', '-t', 't', '-l', line)
      await tmux('send-keys', '-t', 't', 'Enter')
    },
    resize: async (x, y) => void (await tmux('resize-window', '-t', 't', '-x', String(x), '-y', String(y))),
    ask: async (format) => (await tmux('display-message', '-p', '-t', 't', format)).trim(),
    async signal(name, pattern) {
      const shell_pid = await terminal.ask('#{pane_pid}')
      const { stdout } = await run('ps', ['-o', 'pid=,args=', '--ppid', shell_pid])
      const line = stdout.split('\n').find((text) => text.includes(pattern))
      process.kill(Number.parseInt(line ?? '', 10), name as NodeJS.Signals)
    },
  }
  await terminal.shows(/ready>/)
  return terminal
}
