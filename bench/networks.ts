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
const MEDIUM: Network = { cidr: '127.91.0.0/20', printers: 400 }
const MEDIUM_NAME = '/20, 400 printers'
const SLOW = { latency: 20 }

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

/** The same for a larger network, where the rate decides: how much of it is used, and whether slow printers delay it. */
export async function mediumNetwork(bench: Bench): Promise<void> {
  const name = `${MEDIUM_NAME}, defaults`
  await withFleet(bench.simulator, MEDIUM, (near) =>
    withFleet(bench.simulator, { ...MEDIUM, ...SLOW }, async (far) => {
      const runs = await inRounds(bench.runs, {
        scan: () => scanFleet(bench, near, MEDIUM.cidr),
        slow: () => scanFleet(bench, far, MEDIUM.cidr),
        braa: runOf(bench.peers, 'braa', bench.workspace, () => braa(near)),
        onesixtyone: runOf(bench.peers, 'onesixtyone', bench.workspace, () => onesixtyone(near)),
      })
      printFigure({
        name: `${name}: time`,
        value: medianOf(runs.scan, seconds),
        unit: 's',
        peers: [...timeOf('braa', runs.braa, near), ...timeOf('onesixtyone', runs.onesixtyone, near)],
        note: noteOf(runs.scan, near),
      })
      printCost(name, runs.scan)
      printPeak(name, runs.scan, DEFAULT_RATE)
      printDelay(name, runs.scan, runs.slow, far)
    }),
  )
}

/** Printers that take their time, with no limit: reading them has to fit into the waiting that the sweep needs anyhow. */
export async function latency(bench: Bench): Promise<void> {
  const name = `${MEDIUM_NAME}, --rate 0`
  await withFleet(bench.simulator, MEDIUM, (near) =>
    withFleet(bench.simulator, { ...MEDIUM, ...SLOW }, async (far) => {
      const scan = (fleet: Fleet) => scanFleet(bench, fleet, MEDIUM.cidr, '--rate', '0')
      const runs = await inRounds(bench.runs, { near: () => scan(near), far: () => scan(far) })
      printFigure({
        name: `${name}: time`,
        value: medianOf(runs.near, seconds),
        unit: 's',
        note: noteOf(runs.near, near),
      })
      printDelay(name, runs.near, runs.far, far)
    }),
  )
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
      name: `${name}: time less 1.0 s of waiting`,
      value: work,
      unit: 's',
      target: { words: 'under 0.5 s', isMet: work < 0.5 },
    })
    const memory = medianOf(runs.scan, ({ megabytes }) => megabytes)
    printCost(name, runs.scan, { words: 'under 150 MB', isMet: Number.isNaN(memory) ? null : memory < 150 })
  })
}

function printDelay(name: string, near: readonly ScanCost[], far: readonly ScanCost[], fleet: Fleet): void {
  const more = medianOf(far, seconds) - medianOf(near, seconds)
  printFigure({
    name: `${name}, ${SLOW.latency} ms latency: more time`,
    value: more,
    unit: 's',
    target: { words: 'within 0.5 s of the same without latency', isMet: more <= 0.5 },
    note: noteOf(far, fleet),
  })
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
