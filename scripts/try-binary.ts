import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** The single executable plays a recording and scans it: whatever cannot be bundled shows here. */
const root = new URL('..', import.meta.url).pathname
const executable = `${root}build/printmaster`
const recording = `${root}test/recordings/printers/color-laser.snmprec`

const player = spawn(executable, ['simulate', recording, '--listen', '127.78.0.1:0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const { value: line } = await createInterface({ input: player.stdout })[Symbol.asyncIterator]().next()
  const { port } = JSON.parse(line ?? '') as { port: number }
  const output = execFileSync(executable, ['scan', '127.78.0.1', '--port', `${port}`, '--json'], { encoding: 'utf8' })
  const [printer] = JSON.parse(output)
  if (!printer?.serial) throw new Error(`the executable did not read the played printer: ${output}`)
  console.log(`the executable read ${printer.manufacturer} ${printer.model}, serial ${printer.serial}`)
} finally {
  player.kill('SIGINT')
  await once(player, 'exit')
}
