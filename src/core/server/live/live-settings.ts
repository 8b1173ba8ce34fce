import { LEAST_HEARTBEAT_SECONDS, PING_SECONDS, SILENCE_SECONDS, TICKET_SECONDS } from '../../protocol/live.ts'

/** How long things take on the live channel, in milliseconds, and what may wait. Tests take less. */
export interface LiveSettings {
  /** How often all sockets are looked at. */
  readonly sweep_ms: number
  readonly ping_ms: number
  readonly silence_ms: number
  /** Who is told that it is closed has so long to answer before the connection is cut. */
  readonly closing_ms: number
  /** Who is too slow has so long to read what waits for it: the word that it is dropped comes behind that. */
  readonly slow_closing_ms: number
  /** At most one heartbeat of an agent counts in this time. */
  readonly heartbeat_ms: number
  /** Sockets are held against revoked tokens at most this often. */
  readonly recheck_ms: number
  /** Changes are sent at most this often. */
  readonly gather_ms: number
  /** Changes that nobody here made are looked for this often. */
  readonly poll_ms: number
  readonly alive_ms: number
  readonly ticket_ms: number
  /** A view that lets more wait than this is dropped. */
  readonly view_buffer_bytes: number
}

export const LIVE_SETTINGS: LiveSettings = {
  sweep_ms: 1000,
  ping_ms: PING_SECONDS * 1000,
  silence_ms: SILENCE_SECONDS * 1000,
  closing_ms: 2000,
  slow_closing_ms: 30_000,
  heartbeat_ms: LEAST_HEARTBEAT_SECONDS * 1000,
  recheck_ms: 500,
  gather_ms: 100,
  poll_ms: 1000,
  alive_ms: 15_000,
  ticket_ms: TICKET_SECONDS * 1000,
  view_buffer_bytes: 4 * 1024 * 1024,
}

/** An agent gets next to nothing: whoever lets so much wait reads nothing. */
export const MAX_AGENT_BUFFER_BYTES = 1024 * 1024
/** Messages of one agent that are being worked on. */
export const MAX_UNDERWAY = 32
/** Messages in a row beyond the rate that end a connection. */
export const MAX_HASTY_MESSAGES = 20
/** Pings of the other side between two sweeps. */
export const MAX_PINGS = 60
export const SNAPSHOT_PART = 1000
/** Changes that are read at one time. */
export const CHANGES_PART = 5000
