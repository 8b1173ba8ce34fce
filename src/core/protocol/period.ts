import { readTimestamp } from './read-timestamp.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/
export const DAY_MS = 86_400_000

/** Milliseconds: `from` is in, `to` is out. */
export interface Period {
  readonly from?: number
  readonly to?: number
}

/** A time of RFC 3339, or a date as its first moment (UTC), in milliseconds; null for anything else. */
export const readTimeOrDate = (text: string): number | null =>
  readTimestamp(DATE.test(text) ? `${text}T00:00:00Z` : text)

/**
 * The period between two moments, where a date as `to` means the whole of that day.
 *
 * @param text `to` as it was written
 * @returns null where `to` lies before `from`
 */
export function closePeriod(from: number | undefined, to: number | undefined, text = ''): Period | null {
  const isDay = DATE.test(text)
  const end = to !== undefined && isDay ? to + DAY_MS : to
  // of a whole day something has to be left
  if (from !== undefined && end !== undefined && (isDay ? from >= end : from > end)) return null
  return { ...(from !== undefined && { from }), ...(end !== undefined && { to: end }) }
}
