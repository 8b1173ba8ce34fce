/**
 * Consecutive addresses, both ends included. `space` keeps apart what has no common order: '4' is IPv4 with the address
 * as a 32-bit number; an IPv6 space is one /112 (with its zone), with the last 16 bits as the number (`address.ts`).
 */
export interface Interval {
  readonly space: string
  readonly first: number
  readonly last: number
}

/** Sorted by space and number, without overlap or touching neighbours. */
export type Union = readonly Interval[]

function compareStarts(a: Interval, b: Interval): number {
  if (a.space !== b.space) return a.space < b.space ? -1 : 1
  return a.first - b.first
}

/** Index of the first interval of `union` that does not lie wholly before `interval`. */
function findFrom(union: Union, interval: Interval): number {
  let low = 0
  let high = union.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const { space, last } = union[middle] as Interval
    const before = space === interval.space ? last < interval.first : space < interval.space
    if (before) low = middle + 1
    else high = middle
  }
  return low
}

/** What of `interval` is not in `union`, ascending. */
export function subtractUnion(interval: Interval, union: Union): Interval[] {
  const pieces: Interval[] = []
  const { space } = interval
  let first = interval.first
  for (let i = findFrom(union, interval); i < union.length; i++) {
    const taken = union[i] as Interval
    if (taken.space !== space || taken.first > interval.last) break
    if (taken.first > first) pieces.push({ space, first, last: taken.first - 1 })
    first = taken.last + 1
  }
  if (first <= interval.last) pieces.push({ space, first, last: interval.last })
  return pieces
}

/** All intervals as one union, in any order given. */
export function uniteIntervals(intervals: readonly Interval[]): Union {
  const union: Interval[] = []
  for (const next of intervals.toSorted(compareStarts)) {
    const last = union.at(-1)
    if (last?.space !== next.space || last.last + 1 < next.first) union.push(next)
    else if (next.last > last.last) union[union.length - 1] = { ...last, last: next.last }
  }
  return union
}

/**
 * The intervals in the order given, each without what an earlier one holds already. Halving keeps it at n log² n and the
 * memory at the number of intervals, however many addresses they hold.
 */
export function claimInOrder(intervals: readonly Interval[]): Interval[] {
  if (intervals.length < 2) return [...intervals]
  const half = intervals.length >>> 1
  const early = claimInOrder(intervals.slice(0, half))
  const late = claimInOrder(intervals.slice(half))
  const taken = uniteIntervals(early)
  for (const interval of late) for (const piece of subtractUnion(interval, taken)) early.push(piece)
  return early
}
