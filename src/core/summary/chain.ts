import { startOfDay, startOfMonth } from './periods.ts'
import { endOf, isEmptied, joinPeriods, type Period, refold } from './refold.ts'
import { type Carry, NOTHING_BEFORE } from './summarise.ts'
import type { Point } from './trace.ts'

/** A reading that is in no period yet, or was brought back from an archive. */
export interface WaitingPoint extends Point {
  readonly isRestored: boolean
}

/** The days and months of a device, wherever they are kept. */
export interface Chain {
  /** By time; those that begin from `from` on and before `to`. */
  list(from: number, to?: number): Iterable<Period>
  /** The last one that begins before a moment. */
  before(begin: number): { readonly begin: number; readonly carry: Carry } | null
  /** Whether the month that begins here is one already. */
  hasMonth(month: number): boolean
  /** Whether counters are kept of the day that begins here, by itself or in its month. */
  hasCounters(day: number): boolean
  /** End of the last period whose counters were let go; null where that never happened. */
  letGoBefore(): number | null
}

/** The first midnight of the period that a reading belongs to: of its month once its days are one, else of its day. */
const beginOf = (chain: Chain, at: number): number => {
  const month = startOfMonth(at)
  return chain.hasMonth(month) ? month : startOfDay(at)
}

/** The periods that these readings change, as they are then; nothing is written. */
export function composePeriods(chain: Chain, points: readonly Point[]): Period[] {
  if (points.length === 0) return []
  const grouped = new Map<number, Point[]>()
  let last: { readonly from: number; readonly to: number; readonly group: Point[] } | null = null
  for (const point of points) {
    // mostly of the same day as the one before
    if (last === null || point.at < last.from || point.at >= last.to) {
      const begin = beginOf(chain, point.at)
      const group = grouped.get(begin) ?? []
      grouped.set(begin, group)
      const day = startOfDay(point.at)
      last = { from: day, to: day + 86_400_000, group }
    }
    last.group.push(point)
  }
  const first = Math.min(...grouped.keys())
  return refold(chain.list(first), chain.before(first)?.carry ?? null, grouped)
}

/** What counts of readings that are in no period: not what was brought back of periods that are still known, and have it. */
export function chooseWaiting(chain: Chain, points: readonly WaitingPoint[]): Point[] {
  const known = new Map<number, boolean>()
  return points.filter(({ at, isRestored }) => {
    if (!isRestored) return true
    const day = startOfDay(at)
    if (!known.has(day)) known.set(day, chain.hasCounters(day))
    return !known.get(day)
  })
}

/** Devices that turned out to be one, as if they had always been. @param own comes first: where it has nothing, the ends of the others count */
export function uniteChains(own: Chain, others: readonly Chain[]): Chain {
  const ofOwn = [...own.list(Number.MIN_SAFE_INTEGER)]
  const strays = others.flatMap((chain) => [...chain.list(Number.MIN_SAFE_INTEGER)])
  const parts = [...ofOwn, ...(ofOwn.length === 0 ? strays : strays.filter((each) => !isEmptied(each)))]
  const months = new Set(parts.filter(({ length }) => length === 'month').map(({ begin }) => begin))
  const groups = new Map<number, Period[]>()
  for (const part of parts) {
    const month = startOfMonth(part.begin)
    const begin = months.has(month) ? month : part.begin
    groups.set(begin, [...(groups.get(begin) ?? []), part])
  }
  const joined = [...groups]
    .sort(([a], [b]) => a - b)
    .map(([begin, group]) => joinPeriods(group, { length: months.has(begin) ? 'month' : 'day', begin }, NOTHING_BEFORE))
  return chainOf(refold(joined, null, new Map(), Number.POSITIVE_INFINITY))
}

/** @param periods by time */
export function chainOf(periods: readonly Period[]): Chain {
  const find = (length: Period['length'], begin: number) =>
    periods.find((each) => each.length === length && each.begin === begin)
  return {
    list: (from, to = Number.MAX_SAFE_INTEGER) => periods.filter(({ begin }) => begin >= from && begin < to),
    before(begin) {
      const last = periods.findLast((each) => each.begin < begin)
      return last === undefined ? null : { begin: last.begin, carry: last.summary.carry }
    },
    hasMonth: (month) => find('month', month) !== undefined,
    hasCounters: (day) =>
      [find('day', day), find('month', startOfMonth(day))].some((each) => (each?.trace.counters.length ?? 0) > 0),
    letGoBefore: () => endOfLast(periods.filter(({ summary }) => summary.dropped?.includes('counters'))),
  }
}

function endOfLast(periods: readonly Period[]): number | null {
  const last = periods.at(-1)
  return last === undefined ? null : endOf(last)
}
