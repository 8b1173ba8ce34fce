import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * What a scan costs: wall time, CPU, memory and packets of `printmaster scan` as a child process, on networks whose
 * printers are played on loopback. All cases of one run share the machine, so compare them with each other: a dead
 * address is the difference to the network without printers, a printer that to the network without the other 24.
 */
const root = new URL('..', import.meta.url).pathname
const recording = `${root}test/recordings/printers/color-laser.snmprec`
const CASES = [
  { name: '/24, nothing alive', network: '127.90.0.0/24', printers: 0 },
  { name: '/24, 1 printer', network: '127.91.0.0/24', printers: 1 },
  { name: '/24, 25 printers', network: '127.92.0.0/24', printers: 25 },
  { name: '/22, nothing alive', network: '127.93.0.0/22', printers: 0 },
  { name: '/22, 100 printers', network: '127.94.0.0/22', printers: 100 },
]
const ROUNDS = 3

interface Figures {
  seconds: number
  cpu: number
  megabytes: number
  packets: number
  printers: number
}

export async function run(): Promise<void> {
  execFileSync(process.execPath, [`${root}scripts/build.ts`])
  console.log(`scan, median of ${ROUNDS} rounds\n`)
  console.log(
    `${'network'.padEnd(20)} ${['printers', 'seconds', 'CPU s', 'MB', 'packets', 'packets/address'].map((h) => h.padStart(16)).join('')}`,
  )
  for (const { name, network, printers } of CASES) {
    const played = await play(network, printers)
    try {
      const rounds: Figures[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(network, played.port))
      const figures = rounds.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(ROUNDS / 2)] as Figures
      if (figures.printers !== printers) console.log(`(found ${figures.printers} of ${printers})`)
      const addresses = 2 ** (32 - Number(network.split('/')[1])) - 2
      const cells = [
        figures.printers,
        figures.seconds.toFixed(2),
        figures.cpu.toFixed(2),
        figures.megabytes.toFixed(0),
        figures.packets,
        (figures.packets / addresses).toFixed(2),
      ]
      console.log(`${name.padEnd(20)} ${cells.map((cell) => String(cell).padStart(16)).join('')}`)
    } finally {
      await played.stop()
    }
  }
}

/** Printers on the first addresses of a network, in a process of their own. */
async function play(network: string, count: number): Promise<{ port: number; stop(): Promise<void> }> {
  if (count === 0) return { port: 16_161, stop: async () => undefined }
  const first = network.replace(/0\/\d+$/, '1')
  const args = [`${root}bin/run.js`, 'simulate', recording, '--count', `${count}`, '--listen', `${first}:0`, '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  return {
    port: (JSON.parse(line ?? '') as { port: number }).port,
    stop: async () => {
      child.kill('SIGINT')
      await once(child, 'exit')
    },
  }
}

async function measure(network: string, port: number): Promise<Figures> {
  const script = `
    import { scan } from '${root}dist/src/core/scan/scan.js'
    import { composeScanRequest } from '${root}dist/src/cli/scan-request.js'
    const { options } = await composeScanRequest(['${network}'], { port: ${port}, community: ['public'] })
    for await (const event of scan({ ...options, signal: new AbortController().signal })) {
      if (event.type !== 'done') continue
      const { user, system } = process.cpuUsage()
      const megabytes = process.resourceUsage().maxRSS / 1024
      const { seconds, packets, printers } = event.summary
      console.log(JSON.stringify({ seconds, packets, printers, cpu: (user + system) / 1e6, megabytes }))
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await once(child, 'close')
  return JSON.parse(output) as Figures
}
