import { writeFileSync } from 'node:fs'
import type { Fleet, FleetStats, Simulator } from './fleet.ts'
import { type Cost, measureProcess } from './measure-process.ts'
import type { PeerName } from './peers.ts'
import type { BenchOptions } from './run.ts'
import type { Workspace } from './workspace.ts'

/** What every case of the bench works with. */
export interface Bench extends BenchOptions {
  workspace: Workspace
  simulator: Simulator
  peers: ReadonlySet<PeerName>
  root: string
}

export interface ScanCost extends Cost {
  /** Printers that were told, by address. */
  found: number
  /** Of these, the ones of which something is missing. */
  incomplete: number
  /** What the fleet was asked meanwhile. */
  stats: FleetStats | null
}

/** One `printmaster scan` as a whole process. Its config is empty, so that the defaults are the program's own. */
export async function scanFleet(bench: Bench, fleet: Fleet, ...args: string[]): Promise<ScanCost> {
  const { workspace, root } = bench
  const config = workspace.path('config.ini')
  writeFileSync(config, '')
  await fleet.reset()
  const own = ['--port', `${fleet.port}`, '--config', config, '--format', 'json']
  const cost = await measureProcess(workspace, [process.execPath, `${root}bin/run.js`, 'scan', ...args, ...own])
  if (cost.exitCode !== 0) throw new Error(`scan ${args.join(' ')} ended with ${cost.exitCode}:\n${cost.stderr}`)
  const printers = JSON.parse(cost.stdout) as Array<{ ip: string; missing: unknown[] }>
  return {
    ...cost,
    found: new Set(printers.map(({ ip }) => ip)).size,
    incomplete: printers.filter(({ missing }) => missing.length > 0).length,
    stats: await fleet.stats(),
  }
}

/** A file with the addresses of all printers, for `-f`. */
export function listPrinters({ workspace }: Bench, { addresses }: Fleet): string {
  const file = workspace.path('printers')
  writeFileSync(file, addresses.map((address) => `${address}\n`).join(''))
  return file
}

/** What went otherwise than it should on a network that loses nothing. */
export function noteOf(results: readonly ScanCost[], { network }: Fleet): string | undefined {
  const short = results.find(({ found, incomplete }) => found !== network.printers || incomplete > 0)
  const overflow = results.reduce((sum, { stats }) => sum + (stats?.overflow ?? 0), 0)
  const notes = [
    short && `found ${short.found} of ${network.printers}, ${short.incomplete} incomplete`,
    overflow > 0 && `${overflow} requests found the simulator's receive buffer full`,
  ]
  return notes.filter(Boolean).join('; ') || undefined
}
