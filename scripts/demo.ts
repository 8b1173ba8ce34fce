import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Plays a fleet of made-up printers on loopback, scans it, and says what to try next. */
const root = new URL('..', import.meta.url).pathname
const PRINTERS = 38
const FIRST = '127.77.0.1'

const cli = (...args: string[]) => [`${root}bin/run.js`, ...args]
const folder = `${root}test/recordings/printers`
const player = spawn(
  process.execPath,
  cli('simulate', folder, '--count', `${PRINTERS}`, '--listen', `${FIRST}:0`, '--live', '--speed', '60', '--json'),
  {
    stdio: ['ignore', 'pipe', 'pipe'],
  },
)
let complaints = ''
player.stderr.setEncoding('utf8').on('data', (text: string) => {
  complaints += text
})
const exited = once(player, 'exit')
try {
  const port = await Promise.race([firstPort(), exited.then(() => null)])
  if (port === null) throw new Error(`the player did not start:\n${complaints}`)
  console.log(
    `${PRINTERS} printers are played on ${FIRST} to 127.77.0.${PRINTERS}, UDP port ${port}. Scanning 127.77.0.0/26:\n`,
  )
  execFileSync(process.execPath, cli('scan', '127.77.0.0/26', '--port', `${port}`), { stdio: 'inherit' })
  const run = 'node_modules/.bin/node bin/run.js'
  console.log(`
Three things to try next:
  1. Your own network:            ${run} scan 192.168.1.0/24
  2. What needs ordering, as CSV: ${run} scan 192.168.1.0/24 --filter 'supplies.level.percent<15' --format csv
  3. Printers to play with:       ${run} simulate test/recordings/printers --count 25 --live`)
} finally {
  player.kill('SIGINT')
  await exited
}

async function firstPort(): Promise<number | null> {
  for await (const line of createInterface({ input: player.stdout })) return JSON.parse(line).port as number
  return null
}
