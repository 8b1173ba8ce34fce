import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import type { PeerFigure } from './figure.ts'
import type { Fleet } from './fleet.ts'
import { type Cost, measureProcess } from './measure-process.ts'
import { medianOf } from './rounds.ts'
import type { Workspace } from './workspace.ts'

const SYS_DESCR = '.1.3.6.1.2.1.1.1.0'
/** Everything standard: a walk of the Printer-MIB alone would miss names, hrDeviceTable and the network's address. */
export const WALKED = '1.3.6.1.2.1'
export const AT_ONE_TIME = { snmpbulkwalk: 16, naive: 64 }

export const PROGRAMS = ['onesixtyone', 'braa', 'snmpbulkwalk'] as const
export type PeerName = (typeof PROGRAMS)[number]

export function findPeers(): ReadonlySet<PeerName> {
  return new Set(PROGRAMS.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0))
}

/** Asks for one object of every address, with no pause between the packets; waits five seconds for the last answer. */
export const onesixtyone = ({ port, network }: Fleet): string[] => [
  'onesixtyone',
  ...['-w', '0', '-p', `${port}`, network.cidr, 'public'],
]

/** Asks for one object of every address, with braa's own tries and waits. */
export function braa({ port, network }: Fleet): string[] {
  const [first, last] = endsOf(network.cidr)
  return ['braa', `public@${first}-${last}:${port}:${SYS_DESCR}`]
}

/** One process for each printer, walking it by GetBulk; without MIB files, which it would load each time. */
export function snmpbulkwalk(workspace: Workspace, { port, addresses }: Fleet): string[] {
  const file = workspace.path('walked')
  writeFileSync(file, addresses.map((address) => `${address}:${port}\n`).join(''))
  const walk = ['snmpbulkwalk', '-v2c', '-c', 'public', '-m', '', '-Oqn', '-Cr25', '{}', WALKED]
  return ['xargs', '-a', file, `-P${AT_ONE_TIME.snmpbulkwalk}`, '-I{}', ...walk]
}

/** What a first script with the net-snmp library looks like, in the same Node; as JavaScript, which starts sooner. */
export function naiveNetSnmp(workspace: Workspace, { port, addresses }: Fleet): string[] {
  const file = workspace.path('asked')
  writeFileSync(file, addresses.map((address) => `${address}\n`).join(''))
  const script = workspace.path('naive-net-snmp.mjs')
  const source = readFileSync(join(import.meta.dirname, 'naive-net-snmp.ts'), 'utf8')
  writeFileSync(script, transformSync(source, { loader: 'ts' }).code)
  const packages = workspace.path('node_modules')
  if (!existsSync(packages)) symlinkSync(join(import.meta.dirname, '../node_modules'), packages)
  return [process.execPath, script, file, `${port}`, `${AT_ONE_TIME.naive}`, WALKED]
}

/** A peer's run where it is installed, to be measured in turns with the program's. */
export function runOf(peers: ReadonlySet<PeerName>, name: PeerName, workspace: Workspace, command: () => string[]) {
  return peers.has(name) ? () => measureProcess(workspace, command()) : undefined
}

/** A peer's time for a figure, with the printers that it found when it was to find them; nothing when it is missing. */
export function timeOf(name: string, runs: readonly Cost[] | undefined, swept?: Fleet): PeerFigure[] {
  if (!runs) return []
  const least = swept ? Math.min(...runs.map(({ stdout }) => countFound(stdout, swept))) : 0
  const isShort = swept && least < swept.network.printers
  const failed = runs.find(({ exitCode }) => exitCode !== 0)
  const notes = [isShort && `found ${least}`, !swept && failed && `ended with ${failed.exitCode}`].filter(Boolean)
  return [{ name, value: medianOf(runs, ({ seconds }) => seconds), note: notes.join(', ') }]
}

/** How many printers a sweeping peer tells of: lines that begin with an address of theirs. */
export function countFound(stdout: string, { addresses }: Fleet): number {
  const known = new Set(addresses)
  const told = stdout.split('\n').map((line) => /^[\d.]+/.exec(line)?.[0])
  return new Set(told.filter((address) => address !== undefined && known.has(address))).size
}

function endsOf(cidr: string): [first: string, last: string] {
  const [base = '', bits] = cidr.split('/')
  const number = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const spell = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
  return [spell(number + 1), spell(number + 2 ** (32 - Number(bits)) - 2)]
}
