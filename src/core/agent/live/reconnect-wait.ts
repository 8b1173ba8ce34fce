const FIRST_MS = 5000
const BASE_MS = 1000
const LONGEST_MS = 5 * 60_000
/** Who was replaced by another connection stays away for so long. */
export const REPLACED_MS = 10 * 60_000
/** A connection that lived for so long was a good one. */
export const GOOD_LIFE_MS = 60_000

/**
 * How long to wait before the next connection, in milliseconds: anything up to a bound ("full jitter"), which is five seconds
 * at first, so that the restart of a server is soon made good and not all of its agents come at once, and doubles to five
 * minutes.
 *
 * @param failures in a row, the last one included; from 1
 * @param asked_ms Retry-After; null where the server did not ask
 * @param random from 0 to 1
 */
export function waitToReconnect(failures: number, asked_ms: number | null, random: () => number): number {
  const bound = Math.min(LONGEST_MS, Math.max(FIRST_MS, BASE_MS * 2 ** Math.min(failures, 20)))
  return Math.min(LONGEST_MS, asked_ms ?? 0) + random() * bound
}
