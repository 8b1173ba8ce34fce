import type { AgentClient, AgentClientTimes } from '../../client/agent-client.ts'
import { showServerUrl } from '../../client/server-url.ts'
import type { Clock } from '../../lifecycle/clock.ts'
import type { HeartbeatRequest } from '../../protocol/agents.ts'
import type { BatchKind } from '../../protocol/batches.ts'
import type { UplinkFacts } from '../agent-facts.ts'
import type { UplinkOptions } from '../agent-options.ts'
import type { Journal } from '../journal/journal.ts'
import { type AgentDescription, createAccount } from './account.ts'
import { createBell } from './bell.ts'
import { createEventUploads } from './event-uploads.ts'
import { createHeartbeats } from './heartbeats.ts'
import { createHoldings } from './holdings.ts'
import { createLane } from './lane.ts'
import { createLine } from './line.ts'
import { openChannel } from './open-channel.ts'
import { runLane } from './run-lane.ts'
import { createStatus, type UplinkLog } from './status.ts'
import { createUploadTimes } from './upload-times.ts'
import { createUploads } from './uploads.ts'

export interface UplinkParts {
  readonly options: UplinkOptions
  /** Its `agent_id` is who this agent is; made from config, or anew, where there is none yet. */
  readonly journal: Journal
  readonly clock: Clock
  readonly log: UplinkLog
  /** From 0 to 1. */
  random(): number
  /** How the agent is; who, when and which journal is added. */
  composeHeartbeat(): HeartbeatRequest
  /** What it says of itself and its machine when it registers. */
  describeAgent(): AgentDescription
  /** The server hears of another journal with this agent's token: it runs twice. Called for every heartbeat that says so. */
  onOtherJournal(): void
  /** The server had this journal's numbers from elsewhere; the journal was numbered anew. */
  onFork(): void
  readonly times?: AgentClientTimes
}

/** Brings what is in the journal to the server, for as long as it takes. */
export interface Uplink {
  /** Resolves when the signal aborted and nothing is under way any more; never rejects. Once. */
  run(signal: AbortSignal): Promise<void>
  /** Something of this kind is in the journal and shall go now, not on its schedule. */
  upload(kind: BatchKind): void
  facts(): UplinkFacts
  /** What config says now. Tries at once what was waiting. */
  reconfigure(options: UplinkOptions): void
  /**
   * Takes another agent_id, with a registration of its own; who had the former keeps it.
   * @returns null when that is done, else why not: then nothing has changed
   */
  becomeAnother(agent_id: string): Promise<string | null>
}

export function createUplink(parts: UplinkParts): Uplink {
  const { journal, clock, log, random } = parts
  let { options } = parts
  let channel: AgentClient | null = null
  let running: AbortSignal | null = null
  const client = () => channel

  const bell = createBell(clock)
  const times = createUploadTimes(journal)
  const status = createStatus(clock, log, () => showServerUrl(options.url))
  const lanes = {
    heartbeat: createLane('heartbeat', clock, random, status),
    upload: createLane('upload', clock, random, status),
    events: createLane('events', clock, random, status),
  }
  const account = createAccount({
    journal,
    log,
    status,
    clock,
    lane: lanes.heartbeat,
    options: () => options,
    client,
    describeAgent: parts.describeAgent,
  })
  const line = createLine({
    journal,
    client,
    onAccepted: account.accepted,
    onRejected(verdict) {
      account.rejected(verdict)
      bell.ring()
    },
    onDoubt() {
      heartbeats.hurry()
      bell.ring()
    },
  })
  const holdings = createHoldings(journal, clock, log)
  const shared = { journal, clock, log, status, line, times, holdings }
  const uploads = createUploads({
    ...shared,
    lane: lanes.upload,
    interval_ms: () => options.upload_interval_seconds * 1000,
    onFork: parts.onFork,
  })
  const events = createEventUploads({
    ...shared,
    lane: lanes.events,
    interval_ms: () => options.heartbeat_interval_seconds * 1000,
  })
  const heartbeats = createHeartbeats({
    ...shared,
    account,
    lane: lanes.heartbeat,
    interval_ms: () => options.heartbeat_interval_seconds * 1000,
    composeHeartbeat: parts.composeHeartbeat,
    onHeld: uploads.held,
    onUp() {
      lanes.upload.reset()
      lanes.events.reset()
      bell.ring()
    },
    onWentBack() {
      uploads.triggerAll()
      bell.ring()
    },
    onOtherJournal: parts.onOtherJournal,
  })

  const open = () => {
    const opened = openChannel(options, parts.times)
    channel = typeof opened === 'string' ? null : opened
    if (typeof opened === 'string') status.halt(opened)
    else account.review()
  }

  return {
    async run(signal) {
      running = signal
      try {
        open()
      } catch (error) {
        // of the journal; the first step meets it again
        lanes.heartbeat.failed(error instanceof Error ? error.message : String(error))
      }
      const jobs = [
        runLane(lanes.heartbeat, heartbeats, clock, bell, signal),
        runLane(lanes.upload, uploads, clock, bell, signal),
        runLane(lanes.events, events, clock, bell, signal),
      ]
      await Promise.all(jobs)
      await channel?.destroy()
      channel = null
    },

    upload(kind) {
      uploads.trigger(kind)
      events.trigger()
      bell.ring()
    },

    facts: () => ({ ...status.facts(), url: showServerUrl(options.url), ...times.facts() }),

    reconfigure(wanted) {
      const isElsewhere = wanted.url !== options.url
      options = wanted
      // before it runs there is nothing to change
      if (channel === null && status.halted === null) return
      // what is under way comes to its end there
      channel?.close().catch(() => undefined)
      status.resume()
      if (isElsewhere) account.forgive()
      if (isElsewhere) line.reset()
      for (const lane of Object.values(lanes)) lane.reset()
      open()
      heartbeats.hurry()
      bell.ring()
    },

    async becomeAnother(agent_id) {
      if (running === null) return 'the uplink does not run'
      const refusal = await account.becomeAnother(agent_id, running)
      if (refusal !== null) return refusal
      heartbeats.hurry()
      bell.ring()
      return null
    },
  }
}
