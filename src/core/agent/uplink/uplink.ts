import Type from 'typebox'
import { AGENT_CLIENT_TIMES, type AgentClientTimes } from '../../client/agent-client.ts'
import { showServerUrl } from '../../client/server-url.ts'
import type { Clock } from '../../lifecycle/clock.ts'
import type { HeartbeatAnswer, HeartbeatRequest } from '../../protocol/agents.ts'
import type { BatchKind } from '../../protocol/batches.ts'
import type { Command, CommandUpdate } from '../../protocol/commands.ts'
import type { UplinkFacts } from '../agent-facts.ts'
import type { UplinkOptions } from '../agent-options.ts'
import type { Journal } from '../journal/journal.ts'
import { createLink } from '../live/link.ts'
import { type AgentDescription, createAccount } from './account.ts'
import { createBell } from './bell.ts'
import { createEventUploads } from './event-uploads.ts'
import { createHeartbeats } from './heartbeats.ts'
import { type Asked, createHoldings, rememberAsked } from './holdings.ts'
import { createLane } from './lane.ts'
import { createLine, type LineParts } from './line.ts'
import { type Channel, openChannel } from './open-channel.ts'
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
  /** The server said welcome over a WebSocket: commands may come, and what became of others may go. */
  onConnected?(server_time: string): void
  onCommand?(command: Command): void
  /** One that this agent cannot read. */
  onStrangeCommand?(command_id: string): void
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
  /**
   * Tells what becomes of a command, over a WebSocket alone.
   * @returns `unsaid` where there is none, or the server cannot write it down now; `unknown` where it knows no such command
   */
  tellCommand(update: CommandUpdate): Promise<'taken' | 'unknown' | 'unsaid'>
  /** What config says now. Tries at once what was waiting. */
  reconfigure(options: UplinkOptions): void
  /**
   * Takes another agent_id, with a registration of its own; who had the former keeps it.
   * @returns null when that is done, else why not: then nothing has changed
   */
  becomeAnother(agent_id: string): Promise<string | null>
}

const AnySchema = Type.Unsafe<unknown>({})

export function createUplink(parts: UplinkParts): Uplink {
  const { journal, clock, log, random } = parts
  let { options } = parts
  let channel: Channel | null = null
  let running: AbortSignal | null = null
  const client = () => channel?.http ?? null

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
  let greeted: Asked | null = null
  const readToken = () => (status.halted === null ? journal.recall('agent_token') : null)
  const reject: LineParts['onRejected'] = (verdict) => {
    account.rejected(verdict)
    bell.ring()
  }
  const link = createLink({
    clock,
    log,
    bell,
    random,
    answer_ms: (parts.times ?? AGENT_CLIENT_TIMES).small_ms,
    client: () => channel?.live ?? null,
    readToken,
    composeHello() {
      greeted = rememberAsked(journal)
      const agent_id = journal.recall('agent_id')
      // the server passes over a heartbeat right behind it
      return { ...parts.describeAgent(), ...parts.composeHeartbeat(), agent_id, journal_id: greeted.journal_id }
    },
    onWelcome(answer: HeartbeatAnswer) {
      account.accepted()
      if (greeted !== null) heartbeats.welcomed(greeted, answer)
      parts.onConnected?.(answer.server_time)
    },
    onFellBack: () => heartbeats.hurry(),
    isUp: () => status.isUp,
    onRejected(token, verdict) {
      if (readToken() === token) reject(verdict)
    },
    onCommand: (command) => parts.onCommand?.(command),
    onStrangeCommand: (command_id) => parts.onStrangeCommand?.(command_id),
  })
  const line = createLine({
    journal,
    client,
    link,
    onAccepted: account.accepted,
    onRejected: reject,
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
    link,
    account,
    lane: lanes.heartbeat,
    interval_ms: () => options.heartbeat_interval_seconds * 1000,
    composeHeartbeat: parts.composeHeartbeat,
    onHeld: uploads.held,
    onRegistered: link.renew,
    onUp() {
      link.retrySoon()
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
    link.renew()
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
        link.run(signal),
        runLane(lanes.upload, uploads, clock, bell, signal),
        runLane(lanes.events, events, clock, bell, signal),
      ]
      await Promise.all(jobs)
      await channel?.http.destroy()
      channel?.live.destroy()
      channel = null
    },

    upload(kind) {
      uploads.trigger(kind)
      events.trigger()
      bell.ring()
    },

    facts() {
      const facts = status.facts()
      const channel = link.isOpen ? 'websocket' : facts.state === 'connected' ? 'http' : null
      return { ...facts, url: showServerUrl(options.url), channel, ...times.facts() }
    },

    async tellCommand(update) {
      if (update.state === 'running') {
        link.tell('command_update', update)
        return 'taken'
      }
      const answer = await link.ask('command_update', update, AnySchema)
      if (answer.kind === 'ok') return 'taken'
      return answer.kind === 'refused' && answer.code === 'not_found' ? 'unknown' : 'unsaid'
    },

    reconfigure(wanted) {
      const isElsewhere = wanted.url !== options.url
      options = wanted
      // before it runs there is nothing to change
      if (channel === null && status.halted === null) return
      // what is under way comes to its end there
      channel?.http.close().catch(() => undefined)
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
      link.renew()
      heartbeats.hurry()
      bell.ring()
      return null
    },
  }
}
