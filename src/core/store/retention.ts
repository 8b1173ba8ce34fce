import type { CounterName } from '../model/printer.ts'
import type { WireDevicePages } from '../protocol/retention.ts'
import type { Correction } from '../summary/count-pages.ts'
import { startOfMonth } from '../summary/periods.ts'
import type { PeriodPart } from '../summary/summarise.ts'
import type { Actor } from './actor.ts'
import type { Page, PageRequest } from './page.ts'

/** A moment for each site that has its own, and one for the others (`*`); milliseconds. */
export type SiteTimes = Readonly<Record<string, number>>
export const ANY_SITE = '*'
export const timeOf = (times: SiteTimes, site_id: string): number => times[site_id] ?? (times[ANY_SITE] as number)

/** The beginnings of the months that these moments are in: a month is past when all of it is. */
export const startMonths = (times: SiteTimes): SiteTimes =>
  Object.fromEntries(Object.entries(times).map(([site, moment]) => [site, startOfMonth(moment)]))

export interface RollUpStep {
  /** Brought into their periods in this step. */
  readonly readings: number
  /** Days and months that were written. */
  readonly periods: number
  /** True when all is in its days that was there when the pass began; more may have come since. */
  readonly is_done: boolean
}

/** Tables whose rows leave as they are, into archives. */
export const RETIRED_SOURCES = [
  'metrics_history',
  'metrics_daily',
  'metrics_monthly',
  'alerts',
  'commands',
  'agent_health',
] as const
export type RetiredSource = (typeof RETIRED_SOURCES)[number]

/** Those of which it is enough to count; days and months depend on each other. */
export type CountedSource = Exclude<RetiredSource, 'metrics_daily' | 'metrics_monthly'>

/** A place in the order in which the rows of a source leave. */
export type RetiredKey = readonly number[]

/** Which rows of a source leave: fixed, so that the same rows are found again to be deleted. */
export interface RetiredRange {
  /** Audit entries leave by `pruneAudit` alone, up to the one that `upto` names. */
  readonly source: RetiredSource | 'audit_log'
  /** Rows of before. */
  readonly before: SiteTimes
  /** Readings: those up to this rowid, which are in their periods. */
  readonly top: number
  /** Behind this row. */
  readonly after: RetiredKey | null
  /** Up to this row, and it as well. */
  readonly upto: RetiredKey | null
}

export type ArchivedRow = Readonly<Record<string, unknown>>

export interface RetiredPage {
  readonly rows: readonly ArchivedRow[]
  /** Earliest and latest moment that they are of; milliseconds, null without rows. */
  readonly first_at: number | null
  readonly last_at: number | null
  /** Of the last row; null without rows. */
  readonly last: RetiredKey | null
  /** Where to go on, also behind a page without rows; null at the end. */
  readonly next: RetiredKey | null
}

/** What left; the next step goes on behind `next`, null at the end: nothing of the range is left before it. */
export interface RemovedRows {
  readonly deleted: number
  readonly next: RetiredKey | null
}

export interface NewArchive {
  readonly archive_id: string
  readonly source: string
  readonly place: string
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
  readonly first_at: number | null
  readonly last_at: number | null
  readonly range: RetiredRange | null
}

export interface Archive extends NewArchive {
  readonly verified_at: number
  /** When its last row left; null while some are still there. */
  readonly deleted_at: number | null
}

export interface StoredPolicy {
  readonly site_id: string
  readonly metric_type: string
  readonly keep_detailed_days: number
  readonly keep_summary_days: number
  readonly delete_after_days: number
}

export interface SourceSize {
  readonly source: string
  readonly rows: number
  readonly oldest: number | null
  readonly newest: number | null
}

export interface RetentionSizes {
  readonly sources: readonly SourceSize[]
  /** Readings that are in no day yet. */
  readonly waiting: number
}

/** Rows that would leave, counted page by page. */
export interface CountedRows {
  readonly rows: number
  /** Earliest and latest moment that they are of; milliseconds, null without rows. */
  readonly first_at: number | null
  readonly last_at: number | null
  /** Where to go on; null at the end. */
  readonly next: RetiredKey | null
}

/** What a day or a month tells of. */
export interface PeriodContent {
  /** Its first midnight; milliseconds. */
  readonly period: number
  readonly content: ReadonlySet<PeriodPart>
  /** What was let go of it. */
  readonly dropped: ReadonlySet<PeriodPart>
}

/** Days and months of one device, with those of devices that were merged into it. */
export interface DevicePeriods {
  readonly site_id: string
  readonly days: readonly PeriodContent[]
  readonly months: readonly PeriodContent[]
  /** Days of the readings that are in none yet. */
  readonly waiting: readonly PeriodContent[]
}

export interface PeriodsQuery {
  /** Days and months of before. */
  readonly before: number
  /** False for not to look at readings that are in no day yet: each of them has to be read. */
  readonly waiting: boolean
  /** From this device on. */
  readonly after: number
  /** Devices. */
  readonly limit: number
}

/** What leaves by a moment that is the same everywhere. */
export interface LeavingOthers {
  readonly audit: Omit<CountedRows, 'next'>
  readonly batches: number
  readonly restored: number
}

export interface PagesFilter extends PageRequest {
  /** Milliseconds; `from` is in, `to` is out. */
  readonly from: number
  readonly to: number
  readonly device_id?: string
  readonly agent_id?: string
  readonly site_id?: string
}

export interface PagesCounter {
  /** As it was when the span began: of the last reading before, or of the first one in it. */
  readonly first: number
  readonly last: number
  readonly pages: number
}

/** What one device printed in a span. */
export interface DevicePages
  extends Omit<WireDevicePages, 'counters' | 'corrections' | 'first_at' | 'last_at' | 'let_go_before'> {
  readonly counters: Readonly<Partial<Record<CounterName, PagesCounter>>>
  readonly corrections: readonly Correction[]
  /** Of the reading that the count begins with and the one that it ends with; null without readings. */
  readonly first_at: number | null
  readonly last_at: number | null
  /** Counters of before were let go within the span, and count only as far as they were restored; null where none were. */
  readonly let_go_before: number | null
}

export interface RestoreOutcome {
  readonly restored: number
  /** Their reading_id is known here. */
  readonly already_here: number
  /** Of devices or agents that this database never had. */
  readonly unknown_device: number
}

export interface FreeSpace {
  readonly free_bytes: number
  readonly total_bytes: number
}

/** What keeps a database from growing for ever: part of `Store`. Each step is a short transaction; callers repeat them. */
export interface RetentionStore {
  /** Before a run: there is one at a time. @throws StoreError `unavailable` while another goes on, here or in another program */
  lockRetention(): Promise<void>
  unlockRetention(): Promise<void>
  /** Brings some more readings into their days. */
  rollUp(limit: number): Promise<RollUpStep>
  /** The rowid of the newest reading that is in its day, or has none; readings up to it may leave. */
  rolledUpTo(): Promise<number>
  /** Days of months that ended before become months, from device `after` on; `next` is the device to go on with. */
  foldMonths(
    before: SiteTimes,
    after: number,
    limit: number,
  ): Promise<{
    readonly months: number
    readonly days: number
    readonly is_done: boolean
    readonly next: number | null
  }>
  /**
   * Empties one kind of content of days and months of before a moment, but for those of before `whole`, which leave as they
   * are. Gives how many; fewer than `limit` means all.
   */
  dropPeriodPart(part: PeriodPart, whole: SiteTimes, before: SiteTimes, limit: number): Promise<number>

  readRetired(range: RetiredRange, limit: number): Promise<RetiredPage>
  /** The name of the next archive of a source; the same until one is recorded. @param proposed taken where there is none yet */
  beginArchive(
    source: RetiredRange['source'],
    proposed: string,
    now: number,
  ): Promise<{ readonly archive_id: string; readonly created_at: number }>
  /** Records a file that was verified, with an audit entry: only then may its rows leave. */
  recordArchive(archive: NewArchive, now: number): Promise<void>
  /** Those whose rows may still be here. */
  listOpenArchives(): Promise<Archive[]>
  listArchives(source: string | null, after: number, limit: number): Promise<(Archive & { readonly id: number })[]>
  /** Deletes some of the rows that an archive holds. @param after where the step before ended, null at the beginning */
  removeArchived(archive_id: string, after: RetiredKey | null, limit: number, now: number): Promise<RemovedRows>
  /** Deletes rows without an archive, where that was asked for. */
  removeRetired(range: RetiredRange, limit: number): Promise<RemovedRows>
  /** Brings readings back until a moment; they do not count again. */
  restoreReadings(rows: readonly ArchivedRow[], until: number): Promise<RestoreOutcome>
  /** Lets restored readings go whose time is over. Gives how many; fewer than `limit` means all. */
  dropRestored(now: number, limit: number): Promise<number>
  /** Forgets the answers that old batches got. Gives how many; fewer than `limit` means all. */
  dropBatches(before: number, limit: number): Promise<number>

  /** What the next run lets go of one table, once all readings are in their days; for `limit` readings, agents or devices at a time. */
  countRetired(source: CountedSource, before: SiteTimes, after: RetiredKey | null, limit: number): Promise<CountedRows>
  /** Device by device; `next` is the device to go on with. */
  readPeriods(
    query: PeriodsQuery,
  ): Promise<{ readonly devices: readonly DevicePeriods[]; readonly next: number | null }>
  /** Entries of the audit log, answers to batches, and readings that were brought back, of before these moments. */
  countOthers(before: {
    readonly audit: number
    readonly batches: number
    readonly restored: number
  }): Promise<LeavingOthers>

  listPolicies(): Promise<StoredPolicy[]>
  /** True for one that an agent, a device or a token is of. */
  knowsSite(site_id: string): Promise<boolean>
  /** Audited. */
  setPolicy(policy: StoredPolicy, actor: Actor, now: number): Promise<void>
  /** False where none was set. Audited. */
  resetPolicy(site_id: string, metric_type: string, actor: Actor, now: number): Promise<boolean>

  /** By device, in the order in which they came to be known. */
  listPages(query: PagesFilter): Promise<Page<DevicePages>>
  /** Walks whole tables. */
  readRetentionSizes(): Promise<RetentionSizes>
  freeSpace(): Promise<FreeSpace>
  /** Gives some free pages back to the system; true when there are none left to give. */
  releaseSpace(pages: number): Promise<boolean>
}
