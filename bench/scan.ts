import { execFileSync } from 'node:child_process'
import { availableParallelism, loadavg } from 'node:os'
import { compileCSimulator } from './c-simulator.ts'
import { growth } from './growth.ts'
import { knownPrinters, knownPrintersWithLoss } from './known-printers.ts'
import { loss } from './loss.ts'
import { largeNetwork, latency, mediumNetwork, smallNetwork } from './networks.ts'
import { packets } from './packets.ts'
import { findPeers, PROGRAMS } from './peers.ts'
import { playerSimulator } from './player-simulator.ts'
import type { BenchOptions } from './run.ts'
import type { Bench } from './scan-process.ts'
import { Workspace } from './workspace.ts'

const CASES: Record<string, (bench: Bench) => Promise<void>> = {
  'slash-24': smallNetwork,
  'slash-20': mediumNetwork,
  'slash-16': largeNetwork,
  known: knownPrinters,
  'known-loss': knownPrintersWithLoss,
  packets,
  latency,
  loss,
  growth,
}
/** More than this before the bench began, and other work shares the machine. */
const QUIET = 0.5

/**
 * What a scan costs, beside what other programs cost for the same printers: each `printmaster scan` is a whole process,
 * on networks that are simulated on loopback. All of one run share the machine, so compare them with each other. A bench
 * tells, it never fails on a figure.
 */
export async function run(options: BenchOptions): Promise<void> {
  const unknown = options.only.filter((name) => !(name in CASES))
  if (unknown.length > 0) {
    throw new RangeError(`there is no case ${unknown.join(', ')}; there are: ${Object.keys(CASES).join(', ')}`)
  }
  const began = performance.now()
  const [load = 0] = loadavg()
  const root = new URL('..', import.meta.url).pathname
  const workspace = new Workspace()
  execFileSync(process.execPath, [`${root}scripts/build.ts`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const simulator = compileCSimulator(workspace, root) ?? playerSimulator(workspace, root)
  const peers = findPeers()
  const missing = PROGRAMS.filter((name) => !peers.has(name))
  const machine = `Node ${process.versions.node}, ${availableParallelism()} cores`
  console.log(`scan: median of ${options.runs}, ${options.seeds} seeds; ${machine}; printers: ${simulator.name}`)
  console.log(`beside: ${[...peers].join(', ') || 'nothing'}; not installed: ${missing.join(', ') || 'none'}`)
  if (load > QUIET)
    console.log(`other work runs here (load ${load.toFixed(1)}): the figures are worse than the program`)
  const bench: Bench = { ...options, workspace, simulator, peers, root }
  for (const [name, measure] of Object.entries(CASES)) {
    if (options.only.length > 0 && !options.only.includes(name)) continue
    console.log(`\n${name}`)
    await measure(bench)
  }
  console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s in all`)
}
