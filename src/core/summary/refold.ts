import { isDeepStrictEqual } from 'node:util'
import { endOfDay, endOfMonth } from './periods.ts'
import {
  type Carry,
  type LevelSummary,
  NOTHING_BEFORE,
  PERIOD_PARTS,
  type PeriodPart,
  type Summary,
  summarise,
} from './summarise.ts'
import { addPoints, EMPTY_TRACE, joinTraces, type Point, type Trace } from './trace.ts'

/** A day or a month of a printer, with all that its readings said of counters, levels and states. */
export interface Period {
  readonly length: 'day' | 'month'
  /** Milliseconds of its first midnight (UTC). */
  readonly begin: number
  readonly trace: Trace
  readonly summary: Summary
}

export const endOf = ({ length, begin }: Pick<Period, 'length' | 'begin'>): number =>
  length === 'day' ? endOfDay(begin) : endOfMonth(begin)

/** Nothing of it is left but how it ended. */
export const isEmptied = ({ trace }: Pick<Period, 'trace'>): boolean =>
  trace.counters.length + trace.states.length + trace.levels.length === 0

/**
 * Brings readings into the periods that they belong to, and corrects those behind, as far as something changes for them.
 * @param periods by time, those from the first one that gets readings on; read only as far as needed
 * @param points by `begin` of their periods; a period that is not among `periods` is a new day
 * @param stale so many periods at the beginning were made of other readings before them than there are now
 * @returns the periods that changed, by time
 */
export function refold(
  periods: Iterable<Period>,
  before: Carry | null,
  points: ReadonlyMap<number, readonly Point[]>,
  stale = 0,
): Period[] {
  const changed: Period[] = []
  const waiting = [...points.keys()].sort((a, b) => b - a)
  let carry = before ?? NOTHING_BEFORE
  /** Periods that have to be made anew, whatever those before came to. */
  let left = stale
  /** False while all is as it was. */
  let isOther = left > 0
  const put = (period: Period, news: readonly Point[]) => {
    const trace = addPoints(period.trace, news)
    const summary = sumPeriod({ ...period, trace }, carry)
    left -= 1
    isOther = left > 0 || !isDeepStrictEqual(summary.carry, period.summary.carry)
    carry = summary.carry
    changed.push({ ...period, trace, summary })
  }
  const makeDaysUntil = (begin: number) => {
    while (waiting.length > 0 && (waiting.at(-1) as number) < begin) {
      const day = waiting.pop() as number
      put({ length: 'day', begin: day, trace: EMPTY_TRACE, summary: NO_SUMMARY }, points.get(day) ?? [])
      isOther = true
    }
  }
  for (const period of periods) {
    makeDaysUntil(period.begin)
    const news = points.get(period.begin)
    if (waiting.at(-1) === period.begin) waiting.pop()
    if (news !== undefined || isOther) put(period, news ?? [])
    else if (waiting.length === 0) break
    else carry = period.summary.carry
  }
  makeDaysUntil(Number.POSITIVE_INFINITY)
  return changed
}

const NO_SUMMARY: Summary = {
  counters: {},
  corrections: [],
  levels: [],
  states: {},
  readings: 0,
  carry: NOTHING_BEFORE,
}

/** What a period comes to. Of what was let go it is known how it ended, and that stays: later periods go on from there. */
function sumPeriod(period: Period, before: Carry): Summary {
  const { trace, begin, summary: known } = period
  const summary = summarise(trace, before, begin, endOf(period))
  const { dropped = [] } = known
  if (dropped.length === 0) return summary
  return {
    ...summary,
    readings: Math.max(summary.readings, known.readings),
    carry: {
      counters: dropped.includes('counters') ? known.carry.counters : summary.carry.counters,
      levels: dropped.includes('levels') ? known.carry.levels : summary.carry.levels,
      state: dropped.includes('states') ? known.carry.state : summary.carry.state,
    },
    dropped,
  }
}

/** Several spans as one: exactly what they came to. */
export function joinSummaries(
  parts: readonly Omit<Summary, 'carry'>[],
): Omit<Summary, 'counters' | 'corrections' | 'carry'> {
  const states: Record<string, number> = {}
  for (const part of parts)
    for (const [status, lasted] of Object.entries(part.states)) states[status] = (states[status] ?? 0) + lasted
  return {
    levels: parts.reduce<readonly LevelSummary[]>((sum, { levels }) => joinLevels(sum, levels), []),
    states,
    readings: parts.reduce((sum, { readings }) => sum + readings, 0),
  }
}

/** Of two spans, one after the other. */
function joinLevels(earlier: readonly LevelSummary[], later: readonly LevelSummary[]): LevelSummary[] {
  const keyOf = ({ supply, kind, color }: LevelSummary) => `${supply}\n${kind}\n${color}`
  const joined = new Map(earlier.map((each) => [keyOf(each), each]))
  for (const each of later) {
    const known = joined.get(keyOf(each))
    joined.set(keyOf(each), {
      ...each,
      min: Math.min(each.min, known?.min ?? each.min),
      max: Math.max(each.max, known?.max ?? each.max),
      replaced: each.replaced + (known?.replaced ?? 0),
    })
  }
  return [...joined.values()]
}

/** Whether what was let go of one of them was let go of all that had any of it. */
export const areAlike = (parts: readonly Period[]): boolean =>
  PERIOD_PARTS.every(
    (kind) => isGoneOfAll(parts, kind) || !parts.some(({ summary }) => summary.dropped?.includes(kind)),
  )

const isGoneOfAll = (parts: readonly Period[], kind: PeriodPart): boolean =>
  parts.every(({ summary, trace }) => summary.dropped?.includes(kind) || trace[kind].length === 0)

/**
 * Days of one month as that month, or the same period of devices that turned out to be one. What was let go of all that had
 * it was let go of the whole; that it ended as the latest of them did is all that is known then.
 * @param before of the first of them
 */
export function joinPeriods(
  parts: readonly Period[],
  { length, begin }: Pick<Period, 'length' | 'begin'>,
  before: Carry,
): Period {
  const trace = parts.reduce((sum, part) => joinTraces(sum, part.trace), EMPTY_TRACE)
  const dropped = PERIOD_PARTS.filter(
    (kind) => parts.some(({ summary }) => summary.dropped?.includes(kind)) && isGoneOfAll(parts, kind),
  )
  const latest = parts.reduce((sum, { summary }) => joinCarries(sum, summary.carry), NOTHING_BEFORE)
  const known = { ...NO_SUMMARY, carry: latest, ...(dropped.length > 0 && { dropped }) }
  const period: Period = { length, begin, trace, summary: known }
  return { ...period, summary: sumPeriod(period, before) }
}

/** What each said last. */
function joinCarries(one: Carry, other: Carry): Carry {
  const counters: Record<string, unknown> = { ...one.counters }
  for (const [name, state] of Object.entries(other.counters)) {
    const known = one.counters[name as keyof Carry['counters']]
    if (known === undefined || state.at >= known.at) counters[name] = state
  }
  const isLater = one.state === null || (other.state !== null && other.state.at >= one.state.at)
  return {
    counters,
    levels: isLater ? { ...one.levels, ...other.levels } : { ...other.levels, ...one.levels },
    state: isLater ? other.state : one.state,
  }
}
