import type { ReadingRule } from '../core/agent/agent-options.ts'
import { ruleFor } from '../core/agent/watch/reading-rules.ts'

/**
 * Bytes of one full reading in the journal. The printers of test/recordings have 1,744 bytes of JSON on average and 4,436 at
 * most; two rows and what pages of SQLite leave free come on top.
 */
const FULL_READING_BYTES = 2500
/** Of one that says only that nothing has changed: some 350 bytes of JSON, the rest as above. */
const LIGHT_READING_BYTES = 500
/** Readings that find something changed, and are full ones for that: a printer that prints in six hours of the day. */
const CHANGED_SHARE = 0.25
/** What the write-ahead log takes of the limit at most. */
const LOG_BYTES = 4_194_304

const DAY_SECONDS = 86_400

/** What a printer is read by. */
type Place = { readonly address: string; readonly model: string | null }

/** Bytes of the readings of one day, at the intervals of config; quiet hours are not counted out. */
export function estimateDay(printers: readonly Place[], rules: readonly ReadingRule[]): number {
  return printers.reduce((sum, printer) => sum + estimatePrinterDay(ruleFor(rules, printer)), 0)
}

export function estimatePrinterDay({ interval_seconds, full_interval_seconds }: ReadingRule): number {
  const due = DAY_SECONDS / full_interval_seconds
  const others = DAY_SECONDS / interval_seconds - due
  const full = due + others * CHANGED_SHARE
  return full * FULL_READING_BYTES + others * (1 - CHANGED_SHARE) * LIGHT_READING_BYTES
}

/** Bytes that a journal of so many megabytes has for readings. */
export function roomOf(size_mb: number): number {
  const limit = size_mb * 1e6
  return limit - Math.min(LOG_BYTES, limit / 4)
}

/** Megabytes that so many bytes of readings want, in whole hundreds. */
export function sizeFor(bytes: number): number {
  return Math.ceil((bytes + LOG_BYTES) / 1e8) * 100
}
