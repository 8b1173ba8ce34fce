import type { Delivery } from '../store/store.ts'

const FIRST_MS = 60_000
const LONGEST_MS = 3_600_000
const GIVEN_UP_AFTER_MS = 86_400_000

/**
 * When a delivery that failed is tried again: after one minute, then twice as long each time, an hour at most. Null when
 * the news is a day old.
 * @param tries those before this one
 */
export function planRetry(
  { tries, event, alert }: Pick<Delivery, 'tries' | 'event' | 'alert'>,
  now: number,
): number | null {
  const times = { opened: alert.opened_at, closed: alert.closed_at, acknowledged: alert.acknowledged_at }
  const happened_at = Date.parse(times[event] ?? alert.opened_at)
  const next = now + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10))
  return next - happened_at > GIVEN_UP_AFTER_MS ? null : next
}
