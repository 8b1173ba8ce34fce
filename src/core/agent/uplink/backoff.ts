const FIRST_MS = 1000
const LONGEST_MS = 5 * 60_000
/** However long a server asks to wait. */
const LONGEST_ASKED_MS = 15 * 60_000
/** Those who were asked to wait the same time do not all come back at once. */
const ASKED_JITTER = 0.1

/**
 * How long to wait before the next try, in milliseconds: anything up to a bound that doubles from 1 second to 5 minutes
 * ("full jitter"), and never less than the server asked for.
 *
 * @param failures in a row, the last one included; from 1
 * @param asked_ms Retry-After; null where the server did not ask
 * @param random from 0 to 1
 */
export function backOff(failures: number, asked_ms: number | null, random: () => number): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20))
  const own = random() * bound
  if (asked_ms === null) return own
  return Math.min(LONGEST_ASKED_MS, Math.max(own, asked_ms * (1 + ASKED_JITTER * random())))
}
