import { printFigure, printUnable } from './figure.ts'
import { withFleet } from './fleet.ts'
import { printPeak } from './networks.ts'
import { inRounds, medianOf } from './rounds.ts'
import { type Bench, noteOf, scanFleet } from './scan-process.ts'

const NAME = '/24, 25 printers, every fifth knows v1 only'
const FAST = 20_000

/** What a dead address is sent while printers of both versions are found, and how a rate that is asked for is kept. */
export async function packets(bench: Bench): Promise<void> {
  if (!bench.simulator.isComplete) return printUnable('packets', 'the C simulator')
  await withFleet(bench.simulator, { cidr: '127.95.0.0/24', printers: 25, v1Every: 5 }, async (fleet) => {
    const { scan } = await inRounds(bench.runs, { scan: () => scanFleet(bench, fleet, fleet.network.cidr) })
    const each = medianOf(scan, ({ stats }) => stats && stats.req_dead / (stats.addrs_asked - stats.hosts_asked))
    const found = Math.min(...scan.map(({ found }) => found))
    printFigure({
      name: `${NAME}: packets`,
      value: each,
      unit: 'each dead address',
      target: { words: '3 at most, v1 and v2c both covered', isMet: each <= 3 && found === fleet.network.printers },
      note: noteOf(scan, fleet),
    })
  })
  await withFleet(bench.simulator, { cidr: '127.96.0.0/20', printers: 400 }, async (fleet) => {
    const flags = ['--rate', `${FAST}`]
    const { scan } = await inRounds(bench.runs, { scan: () => scanFleet(bench, fleet, fleet.network.cidr, ...flags) })
    printPeak(`/20, 400 printers, ${flags.join(' ')}`, scan, FAST)
  })
}
