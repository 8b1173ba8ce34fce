import type { Printer } from './printer.ts'

/** Why a device that answered could not be read to the end. */
export type FailureCode = 'timeout' | 'deadline' | 'wrong_credentials' | 'unreachable' | 'bad_answer' | 'deny_listed'

export interface ScanProgress {
  /** Addresses asked so far. */
  asked: number
  /** Addresses to ask in all; null when the size is not known. */
  total: number | null
  /** Addresses that answered SNMP, printers or not. */
  answered: number
  printers: number
  failed: number
}

export interface ScanSummary extends ScanProgress {
  seconds: number
  /** Datagrams sent. */
  packets: number
  /** Datagrams that came and belonged to nothing that was asked: late, from elsewhere, or forged. */
  strays: number
  /** Answers that found the receive buffer full, as far as the system says; they were asked for again. */
  overflowed: number
  interrupted: boolean
}

export type ScanEvent =
  | { type: 'found'; address: string; port: number; sys_object_id: string | null; description: string | null }
  /** `glance` only when it was asked for: what tells next time whether anything has changed at this address. */
  | { type: 'read'; printer: Printer; glance?: Readonly<Record<string, string>> }
  /** A glance has shown the printers of an address to be as they were in their last full reading. */
  | { type: 'unchanged'; address: string; port: number; uptime_seconds: number | null; sampled_at: string }
  | { type: 'failed'; address: string; port: number; code: FailureCode; message: string }
  | { type: 'progress'; progress: ScanProgress }
  | { type: 'done'; summary: ScanSummary }
