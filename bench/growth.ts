import { printFigure, printUnable } from './figure.ts'
import { type Network, withFleet } from './fleet.ts'
import { inRounds, medianOf } from './rounds.ts'
import { type Bench, noteOf, scanFleet } from './scan-process.ts'

const SMALLEST: Network = { cidr: '127.98.0.0/24', printers: 25 }
const EMPTIEST: Network = { cidr: '127.98.0.0/16', printers: 25 }
const FULLEST: Network = { cidr: '127.98.0.0/16', printers: 4000 }
const NETWORKS: Network[] = [SMALLEST, { cidr: '127.98.0.0/20', printers: 25 }, EMPTIEST, FULLEST]
/** The player takes a socket for each of them. */
const MOST_PLAYED = 1000

interface Point {
  addresses: number
  printers: number
  seconds: number
  cpu: number
  megabytes: number
}

/** How time, processor time and memory grow with dead addresses and with printers, without a limit on packets. */
export async function growth(bench: Bench): Promise<void> {
  const points = new Map<Network, Point>()
  for (const network of NETWORKS) {
    const size = `/${network.cidr.split('/')[1]}, ${network.printers.toLocaleString('en')} printers, --rate 0`
    if (network.printers > MOST_PLAYED && !bench.simulator.isComplete) {
      printUnable(size, 'the C simulator')
      continue
    }
    const point = await measure(bench, network, size)
    points.set(network, point)
  }
  const [small, empty, full] = [SMALLEST, EMPTIEST, FULLEST].map((network) => points.get(network))
  if (small && empty) printShare('each dead address', small, empty, empty.addresses - small.addresses)
  if (empty && full) printShare('each printer', empty, full, full.printers - empty.printers)
}

async function measure(bench: Bench, network: Network, name: string): Promise<Point> {
  return withFleet(bench.simulator, network, async (fleet) => {
    const { scan } = await inRounds(bench.runs, { scan: () => scanFleet(bench, fleet, network.cidr, '--rate', '0') })
    const point = {
      addresses: 2 ** (32 - Number(network.cidr.split('/')[1])) - 2,
      printers: network.printers,
      seconds: medianOf(scan, ({ seconds }) => seconds),
      cpu: medianOf(scan, ({ cpu }) => cpu),
      megabytes: medianOf(scan, ({ megabytes }) => megabytes),
    }
    const note = `${point.cpu.toFixed(2)} s of processor time, ${point.megabytes.toFixed(0)} MB`
    const trouble = noteOf(scan, fleet)
    printFigure({
      name: `${name}: time`,
      value: point.seconds,
      unit: 's',
      note: trouble ? `${note}; ${trouble}` : note,
    })
    return point
  })
}

/** What one more of many costs: the difference between two networks. */
function printShare(name: string, less: Point, more: Point, count: number): void {
  const share = (figure: keyof Point, scale: number) => ((more[figure] - less[figure]) * scale) / count
  printFigure({ name: `${name}: processor time`, value: share('cpu', 1e6), unit: 'µs', digits: 1 })
  printFigure({ name: `${name}: time`, value: share('seconds', 1e6), unit: 'µs', digits: 1 })
  printFigure({ name: `${name}: memory`, value: share('megabytes', 1024), unit: 'kB', digits: 2 })
}
