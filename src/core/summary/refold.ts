import { isDeepStrictEqual } from 'node:util'
import { endOfDay, endOfMonth } from './periods.ts'
import { type Carry, type LevelSummary, NOTHING_BEFORE, type Summary, summarise } from './summarise.ts'
import { addPoints, EMPTY_TRACE, joinTraces, type Point, type Trace } from './trace.ts'

/** A day or a month of a printer. Months keep the counters of every reading; of levels and states only what they come to. */
export interface Period {
  readonly length: 'day' | 'month'
  /** Milliseconds of its first midnight (UTC). */
  readonly begin: number
  readonly trace: Trace
  readonly summary: Summary
}

export const endOf = ({ length, begin }: Pick<Period, 'length' | 'begin'>): number =>
  length === 'day' ? endOfDay(begin) : endOfMonth(begin)

/**
 * Brings readings into the periods that they belong to, and corrects those behind, as far as something changes for them.
 * @param periods by time, those from the first one that gets readings on; read only as far as needed
 * @param points by `begin` of their periods; a period that is not among `periods` is a new day
 * @returns the periods that changed, by time
 */
export function refold(
  periods: Iterable<Period>,
  before: Carry | null,
  points: ReadonlyMap<number, readonly Point[]>,
): Period[] {
  const changed: Period[] = []
  const waiting = [...points.keys()].sort((a, b) => b - a)
  let carry = before ?? NOTHING_BEFORE
  /** False while all is as it was. */
  let isOther = false
  const put = (period: Period, news: readonly Point[]) => {
    const trace = addPoints(period.trace, news)
    const summary =
      period.length === 'day' ? summariseDay(trace, carry, period) : summariseMonth(trace, carry, period, news)
    isOther = !isDeepStrictEqual(summary.carry, period.summary.carry)
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

const summariseDay = (trace: Trace, before: Carry, day: Period): Summary =>
  summarise(trace, before, day.begin, endOf(day))

/** Counters anew; levels and states of late readings on top of what is known, because their neighbours are gone. */
function summariseMonth(trace: Trace, before: Carry, month: Period, late: readonly Point[]): Summary {
  const { summary } = month
  const { counters, corrections, carry } = summarise(
    { ...trace, states: [], levels: [] },
    before,
    month.begin,
    endOf(month),
  )
  const told = late.filter(({ status }) => status !== null).length
  const levels = summarise(addPoints(EMPTY_TRACE, late), NOTHING_BEFORE, month.begin, endOf(month)).levels
  return {
    ...summary,
    counters,
    corrections,
    levels: joinLevels(levels, summary.levels),
    readings: summary.readings + told,
    carry: { ...summary.carry, counters: carry.counters },
  }
}

/** Days as one month: exactly what they came to. */
export function joinSummaries(
  days: readonly Omit<Summary, 'carry'>[],
): Omit<Summary, 'counters' | 'corrections' | 'carry'> {
  const states: Record<string, number> = {}
  for (const day of days)
    for (const [status, seconds] of Object.entries(day.states)) states[status] = (states[status] ?? 0) + seconds
  return {
    levels: days.reduce<readonly LevelSummary[]>((sum, { levels }) => joinLevels(sum, levels), []),
    states,
    readings: days.reduce((sum, { readings }) => sum + readings, 0),
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

/** Days of one month, whole. @param before of the first day */
export function joinDays(days: readonly Period[], month: number, before: Carry): Period {
  const whole = days.reduce((sum, { trace }) => joinTraces(sum, trace), EMPTY_TRACE)
  const trace: Trace = { counters: whole.counters, states: [], levels: [] }
  const { counters, corrections } = summarise(trace, before, month, endOfMonth(month))
  const carry = days.at(-1)?.summary.carry ?? before
  const rest = joinSummaries(days.map(({ summary }) => summary))
  return { length: 'month', begin: month, trace, summary: { ...rest, counters, corrections, carry } }
}
