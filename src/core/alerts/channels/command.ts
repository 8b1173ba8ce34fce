import { spawn } from 'node:child_process'
import type { CommandOptions } from '../alert-options.ts'
import type { Channel } from './channel.ts'
import { renderNotice } from './render-notice.ts'

const TIMEOUT = 30_000

/** What programs need to run at all; what else the server has in its environment may be secret. */
const PASSED_ON = ['PATH', 'LANG', 'TZ', 'SystemRoot']

/** A program that gets the JSON on its stdin. No shell is asked; exit code 0 is the receipt. */
export function createCommand(options: CommandOptions, timeout_ms = TIMEOUT): Channel {
  const { command } = options
  return {
    send: (notice, signal) =>
      new Promise((resolve, reject) => {
        const child = spawn(command, [...options.arguments], {
          stdio: ['pipe', 'ignore', 'ignore'],
          env: Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
          cwd: process.platform === 'win32' ? undefined : '/',
          windowsHide: true,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeout_ms)]),
          killSignal: 'SIGKILL',
        })
        child.on('error', (error: NodeJS.ErrnoException) => reject(new Error(describe(error, signal, timeout_ms))))
        child.on('close', (code, killedBy) => {
          if (code === 0) resolve('exit code 0')
          else reject(new Error(code === null ? `it was ended by ${killedBy}` : `exit code ${code}`))
        })
        // a program may end without having read
        child.stdin.on('error', () => undefined)
        child.stdin.end(`${renderNotice(notice)}\n`)
      }),
  }
}

function describe({ code, name }: NodeJS.ErrnoException, signal: AbortSignal, timeout_ms: number): string {
  if (name === 'AbortError') return signal.aborted ? 'the server stops' : `it did not end within ${timeout_ms / 1000} s`
  if (code === 'ENOENT') return 'there is no such program'
  if (code === 'EACCES') return 'the program cannot be run: it is not executable for this user'
  return `the program cannot be run (${code ?? name})`
}
