import { type Figure, type PeerFigure, printFigure } from './figure.ts'
import { type Fleet, type Network, withFleet } from './fleet.ts'
import type { Cost } from './measure-process.ts'
import { braa, onesixtyone, runOf, timeOf } from './peers.ts'
import { inRounds, medianOf } from './rounds.ts'
import { type Bench, noteOf, type ScanCost, scanFleet } from './scan-process.ts'

/**
 * Milliseconds that the defaults wait for dead addresses where nothing is lost: a quarter of the timeout after each try
 * but the last, and half a second after that one.
 */
const CONFIGURED_WAIT = 250 + 250 + 500
/** The limit when none is given, in packets a second. */
const DEFAULT_RATE = 2000

const seconds = ({ seconds }: Cost): number => seconds

/** A network asked and its printers read, at the defaults: beside braa, which asks for one object. */
export async function smallNetwork(bench: Bench): Promise<void> {
  await withFleet(bench.simulator, { cidr: '127.90.0.0/24', printers: 25 }, async (fleet) => {
    const runs = await inRounds(bench.runs, {
      scan: () => scanFleet(bench, fleet, fleet.network.cidr),
      braa: runOf(bench.peers, 'braa', bench.workspace, () => braa(fleet)),
    })
    const name = '/24, 25 printers, defaults'
    const time = medianOf(runs.scan, seconds)
    const peers = timeOf('braa', runs.braa, fleet)
    printFigure({
      name: `${name}: time`,
      value: time,
      unit: 's',
      peers,
      target: { words: 'no slower than braa asking for one object', isMet: isWithin(time, peers, 1) },
      note: noteOf(runs.scan, fleet),
    })
    printCost(name, runs.scan)
  })
}

/** The same for a larger network, where the rate decides; and how much of the rate is used. */
export async function mediumNetwork(bench: Bench): Promise<void> {
  await withFleet(bench.simulator, { cidr: '127.91.0.0/20', printers: 400 }, async (fleet) => {
    const runs = await inRounds(bench.runs, {
      scan: () => scanFleet(bench, fleet, fleet.network.cidr),
      braa: runOf(bench.peers, 'braa', bench.workspace, () => braa(fleet)),
      onesixtyone: runOf(bench.peers, 'onesixtyone', bench.workspace, () => onesixtyone(fleet)),
    })
    const name = '/20, 400 printers, defaults'
    printFigure({
      name: `${name}: time`,
      value: medianOf(runs.scan, seconds),
      unit: 's',
      peers: [...timeOf('braa', runs.braa, fleet), ...timeOf('onesixtyone', runs.onesixtyone, fleet)],
      note: noteOf(runs.scan, fleet),
    })
    printCost(name, runs.scan)
    printPeak(name, runs.scan, DEFAULT_RATE)
  })
}

/** The largest network without a limit: beside onesixtyone, which asks for one object as fast as it can. */
export async function largeNetwork(bench: Bench): Promise<void> {
  await withFleet(bench.simulator, { cidr: '127.92.0.0/16', printers: 1000 }, async (fleet) => {
    const runs = await inRounds(bench.runs, {
      scan: () => scanFleet(bench, fleet, fleet.network.cidr, '--rate', '0'),
      onesixtyone: runOf(bench.peers, 'onesixtyone', bench.workspace, () => onesixtyone(fleet)),
    })
    const name = '/16, 1,000 printers, --rate 0'
    const time = medianOf(runs.scan, seconds)
    const peers = timeOf('onesixtyone', runs.onesixtyone, fleet)
    printFigure({
      name: `${name}: time`,
      value: time,
      unit: 's',
      peers,
      target: { words: "0.6 of onesixtyone's time, 0.4 to aim for", isMet: isWithin(time, peers, 0.6) },
      note: noteOf(runs.scan, fleet),
    })
    const work = time - CONFIGURED_WAIT / 1000
    printFigure({
      name: `${name}: time less ${CONFIGURED_WAIT} ms of waiting`,
      value: work,
      unit: 's',
      target: { words: 'under 0.5 s', isMet: work < 0.5 },
    })
    const memory = medianOf(runs.scan, ({ megabytes }) => megabytes)
    printCost(name, runs.scan, { words: 'under 150 MB', isMet: Number.isNaN(memory) ? null : memory < 150 })
  })
}

/** Printers that take their time: reading them has to fit into the waiting that the sweep needs anyhow. */
export async function latency(bench: Bench): Promise<void> {
  const network: Network = { cidr: '127.93.0.0/20', printers: 400 }
  await withFleet(bench.simulator, network, (near) =>
    withFleet(bench.simulator, { ...network, latency: 20 }, async (far) => {
      for (const flags of [[], ['--rate', '0']]) {
        const scan = (fleet: Fleet) => scanFleet(bench, fleet, network.cidr, ...flags)
        const runs = await inRounds(bench.runs, { near: () => scan(near), far: () => scan(far) })
        const [quick, slow] = [medianOf(runs.near, seconds), medianOf(runs.far, seconds)]
        const name = `/20, 400 printers, ${flags.join(' ') || 'defaults'}`
        printFigure({ name: `${name}: time`, value: quick, unit: 's', note: noteOf(runs.near, near) })
        printFigure({
          name: `${name}, 20 ms latency: more time`,
          value: slow - quick,
          unit: 's',
          target: { words: 'within 0.5 s of the same without latency', isMet: slow - quick <= 0.5 },
          note: noteOf(runs.far, far),
        })
      }
    }),
  )
}

export function printCost(name: string, runs: readonly ScanCost[], memoryTarget?: Figure['target']): void {
  printFigure({ name: `${name}: processor time`, value: medianOf(runs, ({ cpu }) => cpu), unit: 's' })
  const target = memoryTarget ? { target: memoryTarget } : {}
  const memory = medianOf(runs, ({ megabytes }) => megabytes)
  printFigure({ name: `${name}: memory`, value: memory, unit: 'MB', digits: 0, ...target })
}

export function printPeak(name: string, runs: readonly ScanCost[], rate: number): void {
  const peak = medianOf(runs, ({ stats }) => stats?.peak_pps)
  if (Number.isNaN(peak)) return
  printFigure({
    name: `${name}: most packets in 10 ms`,
    value: peak / 100,
    unit: `of ${rate / 100}`,
    digits: 0,
    target: { words: 'above the rate by a third at most', isMet: peak * 3 <= rate * 4 },
  })
}

function isWithin(value: number, [peer]: readonly PeerFigure[], share: number): boolean | null {
  return peer ? value <= peer.value * share : null
}
