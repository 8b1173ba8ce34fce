import type { AuditEvent } from '../../protocol/audit.ts'
import type { BatchKind } from '../../protocol/batches.ts'
import type { CommandKind, CommandParams, CommandUpdate } from '../../protocol/commands.ts'
import type { JournalOptions } from '../agent-options.ts'
import type { KnownPrinter, PrinterSnapshot } from '../known-printer.ts'

/**
 * The agent's memory on disk. Every method is one transaction that has reached the disk when it returns; a kill or a power
 * cut at any moment loses nothing that returned. Times are milliseconds since 1970 (UTC), given by the caller; what is
 * sent goes in the order in which it was recorded, whatever the clock said.
 *
 * @throws JournalError from every method that writes: `full` (disk or limit), `unavailable`
 */
export interface Journal {
  readonly path: string
  /** Random, of this file; another one after `renumber`. With `seq` the key of a batch. */
  readonly journal_id: string

  /** What the agent keeps between runs beside readings. */
  remember<K extends keyof Memory>(key: K, value: Memory[K] | null): void
  recall<K extends keyof Memory>(key: K): Memory[K] | null

  /** What was seen on one occasion: readings with their place in the outbox, printers, events, together or not at all. */
  record(occasion: Occasion, now: number): void
  listPrinters(): { readonly printer: KnownPrinter; readonly snapshot: PrinterSnapshot | null }[]

  /**
   * The batch to send next. One that was numbered and not acknowledged comes again, with the same bytes; else the oldest
   * unsent entries of the kind whose turn it is (of `kinds`) get the next sequence number. Null when nothing waits.
   */
  nextBatch(kinds: readonly BatchKind[], limits: BatchLimits, now: number): OutgoingBatch | null
  /** The server holds the batch. */
  acknowledge(batch: OutgoingBatch, now: number): void
  /**
   * Puts the entries at these places of the batch aside, with the reason. The batch is dissolved; its number is free
   * again. Gives how many were put aside: places that the batch does not have are passed over.
   */
  quarantine(batch: OutgoingBatch, items: readonly { index: number; reason: string }[], now: number): number
  /** Takes the batch apart, to be put together anew (smaller, for one); its number is free again. */
  dissolve(batch: OutgoingBatch): void
  /**
   * A new journal_id, numbers from 1: after a fork, or when the server went back. What was acknowledged stays so up to
   * `held.last_seq` of `held.journal_id`; the rest of what is still here is sent again. Null sends all again.
   */
  renumber(held: { journal_id: string; last_seq: number } | null, now: number): { resent: number }
  /** The highest sequence number of this journal_id that was acknowledged; 0 for none. */
  readonly last_acknowledged: number

  nextEvents(limit: number): AuditEvent[]
  acknowledgeEvents(event_ids: readonly string[]): void

  /** Writes down what the server asks for, before it is done. False for one that is there already. */
  acceptCommand(command: Pick<JournalledCommand, 'command_id' | 'kind' | 'params' | 'expires_at'>): boolean
  /** It is about to be done. False where that was said before: then it must not be. */
  beginCommand(command_id: string): boolean
  /** One that has ended stays as it ended. */
  endCommand(command_id: string, end: CommandEnd, now: number): void
  /** The server knows how it ended; or, asking again, does not any more. */
  deliverCommand(command_id: string, isDelivered: boolean): void
  findCommand(command_id: string): JournalledCommand | null
  /** Those that have not ended, and those whose end the server does not know, in the order in which they came. */
  listOpenCommands(): JournalledCommand[]

  /** Lets go what is over age or size, by the rule in docs/agent.md. Cheap when there is nothing to do. */
  trim(now: number): TrimReport
  /** What config says now, after a reload; the next `trim` goes by it. */
  resize(limits: Pick<JournalOptions, 'size_mb' | 'days'>): void
  /** Cheap enough for every heartbeat. */
  count(now: number): JournalCounts
  listQuarantined(limit: number): QuarantinedEntry[]
  /** False while the last write failed for want of space. */
  readonly isTaking: boolean
  /** Tries a write where the last one failed. */
  retry(): boolean
  close(): void
}

/** What survives a restart; all of it is text or JSON. */
export interface Memory {
  agent_id: string
  /** Sent with every registration; made before the first. */
  registration_key: string
  /** The agent's own token. */
  agent_token: string
  /** Of the server that acknowledged last. */
  store_id: string
  /** What the machine was when the journal was last opened; another one means a copy. */
  machine: string
  /** SHA-256 in hex of the enrolment token that was registered with last, or refused for good: not tried again by itself. */
  spent_enrolment: string
  /** Why the uplink stands still: the code of the server's refusal. */
  halted: string
  /** When this journal was found to be a copy of one that lives elsewhere; see `identity.ts`. */
  copied_at: number
  last_discovery: number
  last_heartbeat: number
  last_upload: number
}

export interface Occasion {
  /** Items of /metrics/batch, without reading_id: the journal gives each a UUIDv7. */
  readonly readings?: readonly object[]
  /** Items of /devices/batch. One that waits already for the same printer is replaced: it says less. */
  readonly devices?: readonly { readonly printer_id: string; readonly item: object }[]
  readonly printers?: readonly KnownPrinter[]
  readonly snapshots?: readonly PrinterSnapshot[]
  readonly forgotten?: readonly string[]
  /** Without event_id: the journal gives one. */
  readonly events?: readonly AuditEvent[]
}

export interface JournalledCommand {
  readonly command_id: string
  readonly kind: CommandKind
  readonly params: CommandParams
  /** By the clock of the server. */
  readonly expires_at: number
  readonly state: 'waiting' | CommandUpdate['state']
  readonly message: string | null
  readonly result: Readonly<Record<string, unknown>> | null
}

export interface CommandEnd {
  readonly state: Exclude<CommandUpdate['state'], 'running'>
  /** For a person. */
  readonly message?: string | null
  readonly result?: Readonly<Record<string, unknown>> | null
}

export interface BatchLimits {
  readonly items: number
  /** Of the unpacked body. One item alone may be larger. */
  readonly bytes: number
}

export interface OutgoingBatch {
  readonly kind: BatchKind
  readonly journal_id: string
  readonly seq: number
  readonly items: number
  /** The body, unpacked: the same bytes each time the batch is sent. */
  readonly body: string
}

export interface TrimReport {
  /** Acknowledged entries that were let go: for their age, or for want of room. */
  readonly expired: number
  /** Unsent readings that were thinned out: others of the same printer and time stand for them. */
  readonly thinned: number
  /** Unsent readings that are lost. */
  readonly dropped: number
  /** Audit events that are lost. */
  readonly events_dropped: number
}

export interface JournalCounts {
  readonly queue_length: number
  /** When the oldest unsent entry was recorded; null when nothing waits. */
  readonly oldest_at: number | null
  readonly quarantined: number
  /** Since the journal was made. */
  readonly thinned: number
  readonly dropped: number
  readonly events_dropped: number
  readonly events_waiting: number
  readonly bytes: number
  readonly limit_bytes: number
}

export interface QuarantinedEntry {
  readonly kind: BatchKind
  readonly reading_id: string | null
  readonly reason: string
  readonly quarantined_at: number
  readonly item: object
}
