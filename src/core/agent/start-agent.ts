import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock } from '../lifecycle/clock.ts'
import type { AuditEvent } from '../protocol/audit.ts'
import type { AgentFacts, AgentStatusPage } from './agent-facts.ts'
import type { AgentLog } from './agent-log.ts'
import type { AgentOptions } from './agent-options.ts'
import { createCommandDesk } from './commands/command-desk.ts'
import { composeDiagnostics, MOST_QUARANTINED } from './commands/diagnostics.ts'
import { rememberLog } from './commands/log-memory.ts'
import { createRunners, findObstacle, type RunnerParts } from './commands/run-commands.ts'
import { composeFacts } from './compose-facts.ts'
import { composeHeartbeat, describeAgent } from './compose-heartbeat.ts'
import { openHealthPage } from './health-page.ts'
import { isCopy, type OwnIdentity, settleIdentity } from './identity.ts'
import { createAgentInstruments } from './instruments.ts'
import type { Journal } from './journal/journal.ts'
import { JournalError } from './journal/journal-error.ts'
import { openJournal } from './journal/open-journal.ts'
import { identifyMachine } from './machine.ts'
import { logReason } from './uplink/status.ts'
import { createUplink, type Uplink } from './uplink/uplink.ts'
import { createVitals } from './vitals.ts'
import { createWatch } from './watch/watch.ts'

/** How often the journal is looked through for what may go. */
const TRIM_EVERY_MS = 60_000
/** After a try to become another agent that went wrong. */
const RENAME_AGAIN_MS = 6 * 3_600_000

export interface AgentServices {
  readonly clock: Clock
  readonly log: AgentLog
  /** Of the program. */
  readonly version: string
  /** The SQLite addon itself, for the single executable. */
  readonly nativeBinding?: object
  /** What tells this machine from others; tests give their own. */
  readonly machine?: string | null
  /** Reads config again and hands it to `reload`, as a signal does; a sentence where it cannot be used. */
  readonly reloadConfig?: () => Promise<string | null>
  /** Takes out of a line of the log what nobody may see; without it only messages are remembered for diagnostics. */
  readonly redact?: (line: { message: string; fields: unknown }) => { message: string; fields: unknown }
}

export interface RunningAgent {
  facts(): AgentFacts
  readonly healthUrl: string | null
  /** Takes new options over without losing a reading; the journal's path and the health page stay. */
  reload(options: AgentOptions, actor?: 'signal' | 'command'): Promise<void>
  /** Looks for printers now. False where it does already, or cannot. */
  scanNow(actor: 'signal' | 'command'): boolean
  /** False when it does not do its work. */
  isHealthy(): boolean
  /** Ends what runs, writes what is in hand, closes the journal. What waits for the server waits for the next start. */
  close(): Promise<void>
}

/**
 * Opens the journal and begins to watch.
 * @throws JournalError; PrintMasterError when the health page cannot listen, or for an uplink that must not be
 */
export async function startAgent(options: AgentOptions, services: AgentServices): Promise<RunningAgent> {
  const { clock, nativeBinding } = services
  const journal = openJournal(options.journal.path, {
    ...options.journal,
    now: clock.now(),
    ...(nativeBinding && { nativeBinding }),
  })
  try {
    return await run(options, journal, services)
  } catch (error) {
    journal.close()
    throw error
  }
}

const withoutFields = ({ message }: { message: string }) => ({ message, fields: null })

async function run(first: AgentOptions, journal: Journal, services: AgentServices): Promise<RunningAgent> {
  const { clock, version } = services
  const memory = rememberLog(services.log, () => clock.now(), services.redact ?? withoutFields)
  const { log } = memory
  const stop = new AbortController()
  const vitals = createVitals(clock)
  const started_at = clock.now()
  const machine = services.machine === undefined ? identifyMachine() : services.machine
  let options = first
  let own: OwnIdentity = settleIdentity(journal, first.uplink?.agent_id ?? null, machine, clock.now(), randomUUID)
  if (own.isFromElsewhere)
    log.warn({}, 'this journal was made on another machine: what it sends from now on is kept apart')
  let lastError: string | null = null
  let isCloneTold = false

  const watch = createWatch({
    options: options.watch,
    journal,
    clock,
    log,
    onDiscoveryDone: () => uplink?.upload('devices'),
    onError: ({ message }) => {
      lastError = message
    },
  })

  const runnerParts: RunnerParts = {
    watch,
    targets: () => options.watch.targets,
    onRead: () => uplink?.upload('metrics'),
    reload: services.reloadConfig ?? null,
    composeDiagnostics: () =>
      composeDiagnostics({
        facts: readFacts(),
        options,
        quarantined: journal.listQuarantined(MOST_QUARANTINED),
        log: memory.lines(),
      }),
  }
  const desk = createCommandDesk({
    journal,
    clock,
    log,
    signal: stop.signal,
    tellCommand: async (update) => (await uplink?.tellCommand(update)) ?? 'unsaid',
    runners: createRunners(runnerParts),
    findObstacle: (kind, params) => findObstacle(kind, params, runnerParts),
  })
  const intervals = () => ({
    heartbeat_interval_seconds: options.uplink?.heartbeat_interval_seconds ?? null,
    upload_interval_seconds: options.uplink?.upload_interval_seconds ?? null,
    discovery_interval_seconds: options.watch.discovery.interval_seconds,
  })

  let uplink: Uplink | null = null
  let uplinkDone: Promise<void> = Promise.resolve()
  let uplinkStop = new AbortController()
  const openUplink = () => {
    if (options.uplink === null || stop.signal.aborted) return
    uplinkStop = new AbortController()
    uplink = createUplink({
      options: options.uplink,
      journal,
      clock,
      log,
      random: Math.random,
      composeHeartbeat: () => ({ ...composeHeartbeat(readFacts()), ...intervals() }),
      describeAgent: () => ({ ...describeAgent(readFacts()), ...intervals() }),
      onConnected: desk.onConnected,
      onCommand: desk.take,
      onStrangeCommand: desk.refuseStrange,
      onFork: () => journal.remember('copied_at', clock.now()),
      onOtherJournal: () => void tellApart(),
    })
    uplinkDone = uplink.run(AbortSignal.any([stop.signal, uplinkStop.signal]))
  }
  const closeUplink = async () => {
    uplinkStop.abort()
    await uplinkDone
    uplink = null
  }

  let isRenaming = false
  let renameNotBefore = 0
  /** Another machine speaks with this agent's token and another journal: who came second takes a name of its own. */
  const tellApart = async () => {
    const canBeRenamed = options.uplink?.agent_id === null && isCopy(journal, clock.now())
    if (canBeRenamed && uplink) {
      if (isRenaming || clock.monotonic() < renameNotBefore) return
      isRenaming = true
      const agent_id = randomUUID()
      const refusal = await uplink.becomeAnother(agent_id)
      isRenaming = false
      if (refusal === null) {
        log.warn({ former: own.agent_id, agent_id }, 'another machine lives with this agent_id: this one has a new one')
        own = { ...own, agent_id }
        journal.remember('copied_at', null)
        note({ action: 'agent_renamed', outcome: 'success', resource_type: 'agent', resource_id: agent_id })
        return
      }
      renameNotBefore = clock.monotonic() + RENAME_AGAIN_MS
      log.warn(
        { reason: logReason(refusal) },
        'another machine lives with this agent_id, and this one could not get a new one',
      )
      isCloneTold = true
    }
    if (isCloneTold) return
    isCloneTold = true
    log.warn(
      { agent_id: own.agent_id },
      'another machine uses this agent_id: give one of them another [server] agent_id, or an enrolment token and no agent_id',
    )
  }

  const note = (event: AuditEvent) => {
    try {
      journal.record({ events: [{ timestamp: new Date(clock.now()).toISOString(), ...event }] }, clock.now())
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
    }
  }
  const keepTrimmed = async () => {
    while (!stop.signal.aborted) {
      try {
        const { thinned, dropped } = journal.trim(clock.now())
        if (thinned > 0) log.warn({ thinned }, 'the journal has no more room: unsent readings were thinned out')
        if (dropped > 0) log.warn({ dropped }, 'unsent readings were dropped, for their age or for want of room')
      } catch (error) {
        if (!(error instanceof JournalError)) throw error
      }
      await clock.sleep(TRIM_EVERY_MS, stop.signal)
    }
  }

  const readFacts = (): AgentFacts =>
    composeFacts({
      agent_id: own.agent_id,
      name: options.uplink?.name ?? hostname(),
      version,
      started_at,
      now: clock.now(),
      vitals: vitals(),
      uplink: uplink?.facts() ?? null,
      watch: watch.facts(),
      journal,
      isTaking: watch.isTaking,
      last_error: watch.isHindered ? lastError : null,
    })
  const readStatus = (): AgentStatusPage => ({
    ...readFacts(),
    known_printers: watch
      .listPrinters()
      .map(({ address, port, manufacturer, model, serial, state, offline_reason }) => ({
        address,
        port,
        manufacturer,
        model,
        serial,
        state,
        offline_reason,
      })),
  })

  // the loops end with the signal alone; a fault of one ends the process
  const isHealthy = () => !stop.signal.aborted
  const page =
    options.health === null
      ? null
      : await openHealthPage(options.health, {
          isHealthy: () => isHealthy() && journal.isTaking && watch.isTaking,
          status: readStatus,
          metrics: createAgentInstruments(readFacts),
        })
  // the watch first: heartbeats tell what it knows
  const running = Promise.all([watch.run(stop.signal), keepTrimmed()])
  openUplink()
  // a fault of the program ends it, as any other would
  running.catch((error) => queueMicrotask(() => Promise.reject(error)))
  let closing: Promise<void> | null = null
  const close = async () => {
    stop.abort()
    await Promise.all([running, uplinkDone, page?.close()])
    await desk.idle
    journal.close()
  }

  return {
    facts: readFacts,
    healthUrl: page?.url ?? null,
    async reload(next, actor = 'signal') {
      options = next
      watch.reconfigure(next.watch)
      journal.resize(next.journal)
      own = settleIdentity(journal, next.uplink?.agent_id ?? null, machine, clock.now(), randomUUID)
      if (next.uplink === null) await closeUplink()
      else if (uplink === null) openUplink()
      else uplink.reconfigure(next.uplink)
      note({ action: 'config_reloaded', actor, outcome: 'success', resource_type: 'config' })
    },
    scanNow: (actor) => watch.discoverNow(actor),
    isHealthy,
    close: () => (closing ??= close()),
  }
}
