import type { AgentStatus, HeartbeatRequest } from '../../protocol/agents.ts'
import { readTimestamp } from '../../protocol/read-timestamp.ts'
import { TOLERANCE_MS } from '../../store/judge-time.ts'
import type { PresenceDecision, PresenceRow, Store } from '../../store/store.ts'
import type { ServerLog } from '../server-options.ts'
import { judgePresence, type PresenceReason, type PresenceRules, type SocketEnd } from './judge-presence.ts'

export type Connection = 'websocket' | 'http'

export interface PresenceTimes {
  /** Who closed its socket has so long to come back. */
  readonly grace_ms: number
  /** How often what is due is looked at. */
  readonly tick_ms: number
}

export const PRESENCE_TIMES: PresenceTimes = { grace_ms: 3000, tick_ms: 100 }

export interface PresenceMonitor {
  /** Reads what was decided before. @throws StoreError */
  start(): Promise<void>
  /** Its socket is open. */
  connected(agent_id: string): void
  /** Its socket ended, and no other took its place. */
  disconnected(agent_id: string, reason: SocketEnd): void
  /** It sent a heartbeat, or whatever tells its intervals and its last scan. @param by the way that it came */
  heard(agent_id: string, at: number, told: Told, by: Connection): void
  /** A batch of it was stored. */
  uploaded(agent_id: string, at: number): void
  registered(): void
  /** Decides what is due, and writes it. Never throws. */
  settle(): Promise<void>
  close(): Promise<void>
}

type Told = Pick<
  HeartbeatRequest,
  'last_scan' | 'heartbeat_interval_seconds' | 'upload_interval_seconds' | 'discovery_interval_seconds'
>

interface Parts {
  readonly store: Pick<Store, 'listPresence' | 'recordPresence'>
  readonly log: ServerLog
  readonly now: () => number
  readonly rules: Pick<PresenceRules, 'offline_after_ms' | 'missed_heartbeats'>
  readonly times: PresenceTimes
  /** After decisions were written. */
  onDecided(): void
}

interface Entry {
  /** False until the store has told of it. */
  isLoaded: boolean
  registered_at: number
  status: AgentStatus | null
  reason: string | null
  connection: Connection | null
  /** Last written of these three; what differs is to be written. */
  written: string
  since: number
  isConnected: boolean
  /** Its last heartbeat came by HTTP: a socket that is still open is not in use any more. */
  hasLeftSocket: boolean
  gone: { reason: PresenceReason; at: number } | null
  last_seen: number | null
  last_scan: number | null
  last_upload: number | null
  back_at: number | null
  heartbeat_interval_seconds: number | null
  upload_interval_seconds: number | null
  discovery_interval_seconds: number | null
  /** When to judge it again. */
  due_at: number
}

/** Decides whether agents are there: from sockets, heartbeats and uploads as they come, and from their absence. */
export function createPresenceMonitor({ store, log, now, rules, times, onDecided }: Parts): PresenceMonitor {
  const all: PresenceRules = { ...rules, grace_ms: times.grace_ms, started_at: now() }
  const entries = new Map<string, Entry>()
  let last_id = 0
  /** Agents have registered, or were heard, that the store has to tell of. */
  let hasUnknown = false
  let isFailing = false
  let isClosed = false
  let running: Promise<void> | null = null

  const find = (agent_id: string): Entry => {
    let entry = entries.get(agent_id)
    if (entry === undefined) {
      entry = newEntry(now())
      entries.set(agent_id, entry)
      hasUnknown = true
    }
    return entry
  }
  const note = (entry: Entry, at: number, connection: Connection) => {
    entry.last_seen = isAhead(entry.last_seen, at) ? at : Math.max(at, entry.last_seen ?? at)
    if (entry.status === 'offline') entry.back_at ??= at
    if (entry.gone !== null && at >= entry.gone.at) entry.gone = null
    if (!entry.isConnected) entry.connection = connection
    // one that is at work is judged when it is due
    if (entry.status !== 'active' || entry.written !== describe(entry)) entry.due_at = 0
  }

  const load = async () => {
    hasUnknown = false
    const asked = [...entries].filter(([, { isLoaded }]) => !isLoaded).map(([agent_id]) => agent_id)
    let rows: readonly PresenceRow[]
    try {
      rows = await store.listPresence(last_id)
    } catch (error) {
      hasUnknown = true
      throw error
    }
    last_id = rows.at(-1)?.id ?? last_id
    const wasUnknown = hasUnknown
    const at = now()
    for (const row of rows) takeRow(find(row.agent_id), row, at)
    hasUnknown = wasUnknown
    // heard of, and not in the store
    for (const agent_id of asked) if (entries.get(agent_id)?.isLoaded === false) entries.delete(agent_id)
  }

  const decide = (at: number): Map<Entry, PresenceDecision> => {
    const decisions = new Map<Entry, PresenceDecision>()
    for (const [agent_id, entry] of entries) {
      if (at < entry.due_at) continue
      const { status, reason, since, due_at } = judgePresence(entry, all, at)
      entry.due_at = due_at
      if (status === null) continue
      if (status !== entry.status) entry.since = since
      if (status === 'offline') entry.back_at = null
      entry.status = status
      entry.reason = reason
      const { connection } = entry
      if (entry.written === describe(entry)) continue
      decisions.set(entry, { agent_id, status, reason, at: Math.min(entry.since, at), connection })
    }
    return decisions
  }

  const work = async () => {
    let decisions = new Map<Entry, PresenceDecision>()
    try {
      if (hasUnknown) await load()
      decisions = decide(now())
      if (decisions.size === 0) return
      await store.recordPresence([...decisions.values()])
      for (const [entry, { status, reason, connection }] of decisions) {
        entry.written = describe({ status, reason, connection })
      }
      isFailing = false
      onDecided()
    } catch (error) {
      for (const entry of decisions.keys()) entry.due_at = 0
      if (!isFailing) log.error({ reason: (error as Error).message }, 'presence cannot be written; trying again')
      isFailing = true
    }
  }
  const run = () => {
    running ??= work().finally(() => {
      running = null
    })
    return running
  }
  const timer = setInterval(() => void run(), times.tick_ms).unref()

  return {
    start: load,
    connected(agent_id) {
      const entry = find(agent_id)
      entry.isConnected = true
      entry.hasLeftSocket = false
      entry.connection = 'websocket'
      note(entry, now(), 'websocket')
    },
    disconnected(agent_id, reason) {
      const entry = find(agent_id)
      entry.isConnected = false
      // who has come by another way since is not gone
      if (entry.hasLeftSocket) entry.connection = 'http'
      else entry.gone = { reason, at: now() }
      entry.due_at = 0
    },
    heard(agent_id, at, told, by) {
      const entry = find(agent_id)
      entry.hasLeftSocket = by === 'http'
      const scan = typeof told.last_scan === 'string' ? readTimestamp(told.last_scan) : null
      // a clock that runs ahead must not pass for scans to come
      if (scan !== null) entry.last_scan = Math.max(Math.min(scan, at), entry.last_scan ?? 0)
      entry.heartbeat_interval_seconds = told.heartbeat_interval_seconds ?? entry.heartbeat_interval_seconds
      entry.upload_interval_seconds = told.upload_interval_seconds ?? entry.upload_interval_seconds
      entry.discovery_interval_seconds = told.discovery_interval_seconds ?? entry.discovery_interval_seconds
      note(entry, at, 'http')
    },
    uploaded(agent_id, at) {
      const entry = find(agent_id)
      entry.last_upload = Math.max(at, entry.last_upload ?? at)
      note(entry, at, 'http')
    },
    registered() {
      hasUnknown = true
    },
    async settle() {
      if (isClosed) return
      await running
      await run()
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      await running
    },
  }
}

const describe = ({ status, reason, connection }: Pick<Entry, 'status' | 'reason' | 'connection'>) =>
  `${status} ${reason} ${connection}`

function newEntry(at: number): Entry {
  return {
    isLoaded: false,
    registered_at: at,
    status: null,
    reason: null,
    connection: null,
    written: '',
    since: at,
    isConnected: false,
    hasLeftSocket: false,
    gone: null,
    last_seen: null,
    last_scan: null,
    last_upload: null,
    back_at: null,
    heartbeat_interval_seconds: null,
    upload_interval_seconds: null,
    discovery_interval_seconds: null,
    due_at: 0,
  }
}

/** What the store knows, under what was heard meanwhile. */
function takeRow(entry: Entry, row: PresenceRow, at: number): void {
  const { status, status_reason: reason, status_since, registered_at } = row
  const isNews = entry.last_seen !== null
  entry.isLoaded = true
  entry.registered_at = registered_at
  entry.status = status
  entry.reason = reason
  entry.since = status_since ?? registered_at
  entry.written = describe({ status, reason, connection: row.connection })
  entry.connection ??= row.connection
  if (status === 'offline') {
    const gone = { reason: (reason ?? 'no_heartbeat') as PresenceReason, at: status_since ?? registered_at }
    if (isNews) entry.back_at = entry.last_seen
    else entry.gone ??= gone
  }
  if (!isAhead(row.last_seen, at)) entry.last_seen = latest(entry.last_seen, row.last_seen)
  entry.last_scan = latest(entry.last_scan, row.last_scan)
  entry.last_upload = latest(entry.last_upload, row.last_upload)
  entry.heartbeat_interval_seconds ??= row.heartbeat_interval_seconds
  entry.upload_interval_seconds ??= row.upload_interval_seconds
  entry.discovery_interval_seconds ??= row.discovery_interval_seconds
  entry.due_at = 0
}

/** Noted when the clock of this machine was ahead. */
const isAhead = (moment: number | null, now: number): boolean => moment !== null && moment > now + TOLERANCE_MS

function latest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.max(one, other)
}
