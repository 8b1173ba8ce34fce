import { type PeerFigure, printFigure } from './figure.ts'
import { type Network, withFleet } from './fleet.ts'
import { measureProcess } from './measure-process.ts'
import { braa, countFound, onesixtyone, type PeerName } from './peers.ts'
import { medianOf } from './rounds.ts'
import { type Bench, type ScanCost, scanFleet } from './scan-process.ts'

/** Of so many printers one may be missed or not be read to the end. */
const ONE_OF = 1000
/** Percent of the requests, and of the answers. */
const LOSSES = [2, 10]
const WORST = 10
const SWEEPERS = { onesixtyone, braa }

/** Requests and answers that get lost, by a new seed each run: which printers are missed, which not fully read. */
export async function loss(bench: Bench): Promise<void> {
  for (const percent of LOSSES) {
    const network: Network = { cidr: '127.97.0.0/20', printers: 400, requestLoss: percent, replyLoss: percent }
    const scans: ScanCost[] = []
    for (let seed = 1; seed <= bench.seeds; seed++) {
      const scan = await withFleet(bench.simulator, { ...network, seed }, (fleet) =>
        scanFleet(bench, fleet, network.cidr, '--rate', '0'),
      )
      scans.push(scan)
    }
    const all = network.printers * bench.seeds
    const missed = all - scans.reduce((sum, { found }) => sum + found, 0)
    const bad = missed + scans.reduce((sum, { incomplete }) => sum + incomplete, 0)
    const name = `/20, 400 printers, --rate 0, ${percent} % lost each way`
    printFigure({ name: `${name}: time`, value: medianOf(scans, ({ seconds }) => seconds), unit: 's' })
    printFigure({
      name: `${name}: missed`,
      value: missed,
      unit: `of ${all.toLocaleString('en')}`,
      digits: 0,
      ...(percent < WORST ? { target: { words: 'none', isMet: missed === 0 } } : {}),
    })
    printFigure({
      name: `${name}: missed or incomplete`,
      value: bad,
      unit: `of ${all.toLocaleString('en')}`,
      digits: 0,
      target: { words: `one of ${ONE_OF.toLocaleString('en')} at most`, isMet: bad * ONE_OF <= all },
    })
    printFigure({
      name: `${name}: found`,
      value: (100 * (all - missed)) / all,
      unit: '%',
      peers: percent === WORST ? await foundByOthers(bench, { ...network, seed: 1 }) : [],
    })
  }
}

/** One run each: what they miss differs little from seed to seed. */
async function foundByOthers({ simulator, workspace, peers }: Bench, network: Network): Promise<PeerFigure[]> {
  const figures: PeerFigure[] = []
  for (const name of Object.keys(SWEEPERS) as Array<keyof typeof SWEEPERS & PeerName>) {
    if (!peers.has(name)) continue
    const found = await withFleet(simulator, network, async (fleet) =>
      countFound((await measureProcess(workspace, SWEEPERS[name](fleet))).stdout, fleet),
    )
    figures.push({ name, value: (100 * found) / network.printers })
  }
  return figures
}
