import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { drawScreen } from './draw-screen.ts'

/** `npm run pictures`: makes the README's pictures of the live view, from a session of the demo in a real terminal. */

const ROOT = new URL('..', import.meta.url).pathname
const FOLDER = join(ROOT, 'docs/pictures')
const SIZE = { width: 100, height: 28 }
const LONGEST_WAIT_MS = 90_000

const folder = mkdtempSync(join(tmpdir(), 'printmaster-pictures-'))
const socket = join(folder, 'tmux')
const tmux = (...args: string[]) =>
  execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' })
const press = (key: string) => tmux('send-keys', '-t', 't', key)

async function shows(wanted: RegExp): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS
  while (!wanted.test(tmux('capture-pane', '-p', '-t', 't'))) {
    if (performance.now() > until) throw new Error(`the screen never showed ${wanted}`)
    await wait(50)
  }
}

function keep(name: string, title: string): void {
  const screen = tmux('capture-pane', '-p', '-e', '-t', 't')
  writeFileSync(join(FOLDER, `${name}.svg`), drawScreen(screen, SIZE.width, title))
  console.log(`docs/pictures/${name}.svg`)
}

mkdirSync(FOLDER, { recursive: true })
try {
  const size = ['-x', String(SIZE.width), '-y', String(SIZE.height)]
  const command = `env TERM=screen-256color LANG=C.UTF-8 ${process.execPath} ${join(ROOT, 'bin/run.js')} demo`
  tmux('new-session', '-d', '-s', 't', ...size, '-c', folder, command)
  await shows(/Agents +3: .*1 offline/)
  keep('overview', 'Overview: agents and printers by state, and what wants attention')
  press('3')
  await shows(/\[3 Printers\]/)
  keep('printers', 'Printers, the lowest supplies first')
  press('Enter')
  await shows(/▇/)
  // what is looked up for one printer comes a moment later
  await wait(1500)
  keep('printer', 'One printer: supplies, counters, trays, events')
  press('q')
} finally {
  try {
    tmux('kill-server')
  } catch {
    // it ended with the demo
  }
  rmSync(folder, { recursive: true, force: true })
}
