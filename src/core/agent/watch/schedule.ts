import { createHash } from 'node:crypto'

/**
 * When what is due. All times are milliseconds of one steady clock that only goes forward. Each key (an address) has its own
 * place in every interval, by a hash: a fleet is spread over the interval, and stays so after a restart.
 */

/** 0 or more and less than 1, the same for the same text on every machine. */
export function shareOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 0x1_0000_0000
}

/** Of an interval: sooner behind a reading than this the next one would tell nothing. */
const LEAST_GAP = 0.25

/** The place of a key in its intervals that comes next, not right behind `after`. */
export function nextDue(share: number, interval: number, after: number): number {
  const earliest = after + interval * LEAST_GAP
  const turn = Math.floor((earliest - share * interval) / interval) + 1
  return (turn + share) * interval
}

/** True when the place of a key in its intervals has come since `last`. */
export function hasComeSince(share: number, interval: number, last: number, now: number): boolean {
  const turnOf = (time: number) => Math.floor((time - share * interval) / interval)
  return turnOf(now) > turnOf(last)
}

/** How much faster than its usual pace a fleet makes up for what could not be read. */
const CATCH_UP = 4
const LEAST_AT_ONCE = 2

/** How many addresses may be asked in one slot: a few times the usual number, so that what is overdue never comes all at once. */
export function mostInSlot(intervals: Iterable<number>, slot: number): number {
  let usual = 0
  for (const interval of intervals) usual += slot / interval
  return Math.max(LEAST_AT_ONCE, Math.ceil(CATCH_UP * usual))
}
