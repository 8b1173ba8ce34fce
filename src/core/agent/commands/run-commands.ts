import { PrintMasterError } from '../../model/error.ts'
import type { CommandKind, CommandParams } from '../../protocol/commands.ts'
import type { TargetSet } from '../../targets/expand-targets.ts'
import type { CommandEnd } from '../journal/journal.ts'
import type { DiscoveryOutcome } from '../watch/discover.ts'
import type { DiscoveryFollower } from '../watch/discovery-run.ts'
import type { HeardPrinter, ReadRefusal, Watch } from '../watch/watch.ts'
import type { CommandRunner, Progress } from './command-desk.ts'
import { takePart } from './scan-part.ts'

export interface RunnerParts {
  readonly watch: Pick<Watch, 'discoverNow' | 'discovery' | 'readNow'>
  /** The agent's own, without what is excluded. */
  targets(): TargetSet
  /** What was read is in the journal and shall go to the server now. */
  onRead(): void
  /** Reads config again; null where this agent cannot. A sentence where what is written there cannot be used. */
  readonly reload: (() => Promise<string | null>) | null
  composeDiagnostics(): Record<string, unknown>
}

/** What each kind of command does. */
export function createRunners(parts: RunnerParts): Readonly<Record<CommandKind, CommandRunner>> {
  return {
    scan_now: (params, tell) => scanNow(params, tell, parts),
    read_device: (params) => readDevice(params, parts),
    reload_config: () => reloadConfig(parts),
    send_diagnostics: async () => ({ state: 'succeeded', result: parts.composeDiagnostics() }),
  }
}

/**
 * What has to be over before a command may begin, null where nothing has: a part of the targets waits for the discovery that
 * is running. All of them join it.
 */
export function findObstacle(
  kind: CommandKind,
  { targets }: CommandParams,
  { watch, ...parts }: Pick<RunnerParts, 'watch' | 'targets'>,
): Promise<void> | null {
  if (kind !== 'scan_now' || watch.discovery === null) return null
  const isAtOnce =
    targets === undefined ? watch.discovery.join !== null : typeof takePart(targets, parts.targets()) === 'string'
  return isAtOnce ? null : watch.discovery.over
}

async function scanNow(
  { targets }: CommandParams,
  tell: (progress: Progress) => void,
  { watch, ...parts }: RunnerParts,
): Promise<CommandEnd> {
  const part = targets === undefined ? undefined : takePart(targets, parts.targets())
  if (typeof part === 'string') return { state: 'refused', message: part }
  const { promise, resolve } = Promise.withResolvers<DiscoveryOutcome | PrintMasterError>()
  const follower: DiscoveryFollower = { onProgress: (share) => tell({ percent: share * 100 }), onEnd: resolve }
  const join = part === undefined ? watch.discovery?.join : null
  if (join) {
    join(follower)
    return describeDiscovery(await promise, 'a discovery was running already: this is what came of it')
  }
  // one may have begun just now
  while (watch.discovery !== null) await watch.discovery.over
  if (watch.discoverNow('command', { ...follower, ...(part !== undefined && { part }) })) {
    return describeDiscovery(await promise)
  }
  const message = 'the agent cannot look for printers now: its journal takes nothing, or it is about to end'
  return { state: 'refused', message }
}

function describeDiscovery(outcome: DiscoveryOutcome | PrintMasterError, message: string | null = null): CommandEnd {
  if (outcome instanceof PrintMasterError) return { state: 'failed', message: outcome.message }
  const { isWhole, printers, asked, seconds } = outcome
  const result = { printers, asked, seconds }
  if (!isWhole) return { state: 'failed', message: 'it was stopped before its end', result }
  return { state: 'succeeded', message, result }
}

const REFUSALS: Readonly<Record<ReadRefusal, string>> = {
  unwatched: 'this agent watches no printer there',
  full: 'the journal of the agent takes nothing now, so no printer is asked',
  stopped: 'the agent is about to end',
}

async function readDevice({ ip, port }: CommandParams, { watch, onRead }: RunnerParts): Promise<CommandEnd> {
  if (ip === undefined) return { state: 'refused', message: 'which printer? ip is missing' }
  const heard = await watch.readNow(ip, port ?? null)
  if (typeof heard === 'string') return { state: 'refused', message: REFUSALS[heard] }
  onRead()
  const result = { printers: heard.map(describePrinter) }
  if (heard.some(({ isHeard }) => isHeard)) return { state: 'succeeded', message: null, result }
  return { state: 'failed', message: 'it did not answer', result }
}

function describePrinter({ printer, isHeard }: HeardPrinter) {
  const { manufacturer, model, serial, address, port, state, offline_reason, last_seen } = printer
  return {
    manufacturer,
    model,
    serial,
    ip: address,
    port,
    answered: isHeard,
    state,
    offline_reason,
    last_seen: new Date(last_seen).toISOString(),
  }
}

async function reloadConfig({ reload }: RunnerParts): Promise<CommandEnd> {
  if (reload === null) {
    return { state: 'refused', message: 'the config of this agent is read where it was started, not from afar' }
  }
  const mistake = await reload()
  if (mistake === null) return { state: 'succeeded', message: null }
  return { state: 'failed', message: `config stays as it was: ${mistake}` }
}
