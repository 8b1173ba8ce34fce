import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** Nobody says a word before the pipe ends when the program was killed. */
const SCRIPT = 'read -r word && exit; stty "$1" <&1; [ -z "$2" ] || printf "$2"; printf "\\033[?25h"'
const LEAVE_ALTERNATE_SCREEN = '\\033[?1049l'

/**
 * A process of its own that gives the terminal on stdout back as it is now, should this program end in a way that it cannot
 * notice itself: SIGKILL, or for want of memory. Without a POSIX shell nobody does.
 * @param isAlternate whether the alternate screen is going to be shown
 * @returns ends it; to be called once the terminal is as it was
 */
export function guardTerminal(isAlternate: boolean): () => Promise<void> {
  const { status, stdout } = spawnSync('stty', ['-g'], { stdio: ['inherit', 'pipe', 'ignore'], encoding: 'utf8' })
  const settings = status === 0 ? stdout.trim() : ''
  if (!/^[\w:=-]+$/.test(settings)) return async () => undefined
  const args = ['-c', SCRIPT, 'sh', settings, isAlternate ? LEAVE_ALTERNATE_SCREEN : '']
  // a session of its own, so that it outlives what ends the group of this one
  const child = spawn('/bin/sh', args, { stdio: ['pipe', 'inherit', 'ignore'], detached: true, cwd: '/' })
  let isOver = false
  child.on('error', () => {
    isOver = true
  })
  child.on('exit', () => {
    isOver = true
  })
  child.stdin.on('error', () => undefined)
  child.unref()
  return async () => {
    child.stdin.end('done\n')
    if (!isOver) await once(child, 'close').catch(() => undefined)
  }
}
