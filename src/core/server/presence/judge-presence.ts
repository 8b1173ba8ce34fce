import type { AgentStatus } from '../../protocol/agents.ts'

/** Why an agent is not active. */
export type PresenceReason = 'disconnected' | 'stopped' | 'silent' | 'no_heartbeat' | 'no_scan' | 'no_upload'

/** How a socket ended: its TCP broke or it was closed, the agent said that it ends, or nothing came any more. */
export type SocketEnd = Extract<PresenceReason, 'disconnected' | 'stopped' | 'silent'>

/** What is known of an agent. Times are milliseconds since 1970, by the clock of the server. */
export interface PresenceSigns {
  readonly registered_at: number
  /** As decided last; null: never. */
  readonly status: AgentStatus | null
  /** Its socket is open. */
  readonly isConnected: boolean
  /** Its socket ended, or it was offline when the server began, and it was not heard of since. */
  readonly gone: { readonly reason: PresenceReason; readonly at: number } | null
  readonly last_seen: number | null
  readonly last_scan: number | null
  readonly last_upload: number | null
  /** When it was heard of for the first time after it was offline; null: it was not. */
  readonly back_at: number | null
  readonly heartbeat_interval_seconds: number | null
  readonly upload_interval_seconds: number | null
  readonly discovery_interval_seconds: number | null
}

export interface PresenceRules {
  /** Without a sign of life for so long an agent that told no interval is offline. */
  readonly offline_after_ms: number
  /** So many heartbeats of its interval may be missing before one that told it is offline. */
  readonly missed_heartbeats: number
  /** Who closed its socket has so long to come back. */
  readonly grace_ms: number
  /** When the server began to listen. */
  readonly started_at: number
}

/** What an agent is now. `due_at` is when that may change without anything being heard. */
export interface Judgement {
  readonly status: AgentStatus | null
  readonly reason: PresenceReason | null
  /** It is so since then, by what was heard. */
  readonly since: number
  readonly due_at: number
}

/** Who never told how often it scans and uploads is not at work after a day without either. */
const IDLE_MS = 86_400_000
const IDLE_INTERVALS = 2

/** Pure. A status of null: nothing can be said yet. */
export function judgePresence(signs: PresenceSigns, rules: PresenceRules, now: number): Judgement {
  const { isConnected, gone } = signs
  if (isConnected) return judgeWork(signs, rules, now, Number.POSITIVE_INFINITY)
  if (gone !== null) {
    // one that was stopped may be starting again
    const hasGrace = gone.reason === 'disconnected' || gone.reason === 'stopped'
    const over = hasGrace ? gone.at + rules.grace_ms : gone.at
    if (now < over) return { ...judgeWork(signs, rules, now, over), due_at: over }
    return { status: 'offline', reason: gone.reason, since: gone.at, due_at: Number.POSITIVE_INFINITY }
  }
  const heard_at = signs.last_seen ?? signs.registered_at
  const over = findSilenceEnd(signs, rules, heard_at)
  if (now > over) {
    return { status: 'offline', reason: 'no_heartbeat', since: heard_at, due_at: Number.POSITIVE_INFINITY }
  }
  // registered, and not heard of since
  if (signs.last_seen === null) return { status: null, reason: null, since: heard_at, due_at: over + 1 }
  return judgeWork(signs, rules, now, over + 1)
}

/** How long an agent without a socket may be silent. */
function findPatience({ heartbeat_interval_seconds }: PresenceSigns, rules: PresenceRules): number {
  return heartbeat_interval_seconds
    ? heartbeat_interval_seconds * 1000 * rules.missed_heartbeats
    : rules.offline_after_ms
}

/** After this moment it is offline. What the server did not hear while it was down is nobody's silence. */
function findSilenceEnd(signs: PresenceSigns, rules: PresenceRules, heard_at: number): number {
  const patience = findPatience(signs, rules)
  if (heard_at >= rules.started_at) return heard_at + patience
  return rules.started_at + Math.max(patience, rules.offline_after_ms)
}

/** Of an agent that is there: whether it does what it is for. */
function judgeWork(signs: PresenceSigns, rules: PresenceRules, now: number, offline_at: number): Judgement {
  const { last_scan, last_upload } = signs
  const heard_at = signs.last_seen ?? signs.registered_at
  // while it could not be heard it may have worked; what it did comes with its next words
  const fresh = signs.status === 'inactive' ? 0 : Math.max(rules.started_at, signs.back_at ?? 0)
  const scan_over = Math.max(last_scan ?? 0, fresh) + patienceOf(signs.discovery_interval_seconds)
  const upload_over = Math.max(last_upload ?? 0, fresh) + patienceOf(signs.upload_interval_seconds)
  // one that is new has as long to begin
  const begin_over = Math.max(signs.registered_at, fresh) + patienceOf(signs.discovery_interval_seconds)
  const isNew = last_scan === null && last_upload === null
  const over = isNew ? begin_over : Math.max(last_scan === null ? 0 : scan_over, last_upload === null ? 0 : upload_over)
  if (now <= over) return { status: 'active', reason: null, since: heard_at, due_at: Math.min(over + 1, offline_at) }
  // the one that stopped first
  const reason = last_scan === null || (last_upload !== null && last_scan <= last_upload) ? 'no_scan' : 'no_upload'
  return { status: 'inactive', reason, since: over, due_at: offline_at }
}

const patienceOf = (interval_seconds: number | null): number =>
  interval_seconds ? interval_seconds * 1000 * IDLE_INTERVALS : IDLE_MS
