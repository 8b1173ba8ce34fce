import type { Printer } from '../model/printer.ts'

/** Why a printer counts as offline. */
export const OFFLINE_REASONS = ['silent', 'wrong_credentials', 'refused', 'moved', 'unreachable'] as const
export type OfflineReason = (typeof OFFLINE_REASONS)[number]

/** A printer that the agent watches. Times are milliseconds since 1970, UTC. */
export interface KnownPrinter {
  /** A UUID that the agent made when it first saw the printer; means nothing to others. */
  readonly id: string
  readonly address: string
  readonly port: number
  readonly printer_index: number
  readonly manufacturer: string | null
  readonly model: string | null
  readonly serial: string | null
  readonly mac_address: string | null
  readonly device_id: string | null
  readonly state: 'online' | 'offline'
  /** Null while it is online. */
  readonly offline_reason: OfflineReason | null
  readonly state_since: number
  /** Readings in a row that failed. */
  readonly misses: number
  readonly first_seen: number
  /** `sampled_at` of the last reading that succeeded. */
  readonly last_seen: number
  /** `sampled_at` of the last full one. */
  readonly last_full: number
}

/** The last full reading of a printer, and what tells cheaply whether anything has changed since. */
export interface PrinterSnapshot {
  readonly id: string
  readonly printer: Printer
  /** OID to value, as text: what a glance asks again. */
  readonly glance: Readonly<Record<string, string>>
}
