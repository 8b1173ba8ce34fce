import type { KnownPrinter } from './known-printer.ts'

/** How the agent is: what heartbeats, the health page and `status --local` show. Times are RFC 3339, null for never. */
export interface AgentFacts {
  readonly agent_id: string
  readonly name: string
  readonly agent_version: string
  readonly hostname: string
  readonly pid: number
  readonly started_at: string
  readonly uptime_seconds: number
  readonly memory_mb: number
  readonly cpu_percent: number
  readonly uplink: UplinkFacts
  readonly printers: {
    readonly total: number
    readonly online: number
    /** By reason. */
    readonly offline: Readonly<Record<string, number>>
  }
  readonly discovery: {
    readonly is_running: boolean
    readonly last: string | null
    readonly next: string | null
  }
  readonly journal: {
    readonly journal_id: string
    readonly path: string
    /** `unavailable`: it cannot be written, and not for want of room. */
    readonly state: 'taking' | 'full' | 'unavailable'
    readonly bytes: number
    readonly limit_bytes: number
    readonly queue_length: number
    readonly queue_age_seconds: number
    readonly quarantined: number
    readonly thinned: number
    readonly dropped: number
    /** Audit events, as `dropped` counts readings. */
    readonly events_dropped: number
  }
  readonly last_error: string | null
}

/**
 * `off`: the agent works alone. `registering`, `connected`; `waiting` for the next try; `halted` until config changes.
 */
export interface UplinkFacts {
  readonly state: 'off' | 'registering' | 'connected' | 'waiting' | 'halted'
  readonly since: string
  readonly url: string | null
  /** The way that heartbeats take; null while none gets through. */
  readonly channel: 'websocket' | 'http' | null
  /** Why it waits or is halted; null when all is well. */
  readonly reason: string | null
  readonly last_heartbeat: string | null
  readonly last_upload: string | null
}

/** Beside the facts: the printers themselves. */
export interface AgentStatusPage extends AgentFacts {
  readonly known_printers: readonly Pick<
    KnownPrinter,
    'address' | 'port' | 'manufacturer' | 'model' | 'serial' | 'state' | 'offline_reason'
  >[]
}
