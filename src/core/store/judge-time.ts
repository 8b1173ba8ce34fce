import type { TimeMark } from '../protocol/metrics.ts'
import type { CheckedItem } from './checked-item.ts'

/** Earlier times come from clocks that were never set. */
const CLOCKS_SET = Date.UTC(2000)
/** Clocks that run within this of each other are taken to agree. */
export const TOLERANCE_MS = 300_000

export interface ItemTime {
  readonly sampled_at: number
  readonly mark: TimeMark | null
}

/**
 * When a printer was read, and what is odd about that. The time that an item tells stands; else that of its batch, else
 * the arrival, which is marked.
 *
 * @param batch_time milliseconds; null when the batch tells none
 * @param offset_ms clock of the agent less ours; null when it is not known
 */
export function judgeTime(
  said: CheckedItem['said_time'],
  batch_time: number | null,
  received_at: number,
  offset_ms: number | null,
): ItemTime {
  if (said === 'unreadable') return { sampled_at: received_at, mark: 'unreadable' }
  const time = said ?? batch_time
  if (time === null) return { sampled_at: received_at, mark: 'missing' }
  return { sampled_at: time, mark: markClock(time, received_at, offset_ms) }
}

function markClock(time: number, received_at: number, offset_ms: number | null): TimeMark | null {
  if (time < CLOCKS_SET) return 'past'
  if (time - received_at > TOLERANCE_MS) return 'future'
  return offset_ms !== null && Math.abs(offset_ms) > TOLERANCE_MS ? 'clock_offset' : null
}
