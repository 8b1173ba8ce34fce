import { endOfDay, startOfDay, startOfMonth } from './periods.ts'
import { endOf, joinSummaries, type Period } from './refold.ts'
import { type Carry, endOfStay, listStays, type Summary, summarise } from './summarise.ts'
import { countReadings, EMPTY_TRACE, type Trace } from './trace.ts'

/** An hour, a day or a month of which something is known. */
export interface PeriodSlice {
  readonly begin: number
  readonly summary: Omit<Summary, 'carry'>
  readonly last_status: string | null
}

const STARTS = {
  hour: (at: number) => Math.floor(at / 3_600_000) * 3_600_000,
  day: startOfDay,
  month: startOfMonth,
} as const

/**
 * What was read, in hours, days or months, by time.
 * @param from readings of before and of `to` and later are in no slice
 */
export function* slicePeriods(
  { before, list }: { readonly before: Carry; readonly list: readonly Period[] },
  resolution: keyof typeof STARTS,
  from: number,
  to: number,
): Generator<PeriodSlice> {
  const startOf = STARTS[resolution]
  let carry = before
  let open: { begin: number; parts: Omit<Summary, 'carry'>[]; last_status: string | null } | null = null
  for (const period of withNights(list, before, from, to)) {
    for (const { begin, summary } of cut(period, carry, startOf, from, to)) {
      if (open !== null && open.begin !== startOf(begin)) {
        yield close(open)
        open = null
      }
      open ??= { begin: startOf(begin), parts: [], last_status: null }
      open.parts.push(summary)
      if (summary.readings > 0) open.last_status = summary.carry.state?.status ?? open.last_status
    }
    carry = period.summary.carry
  }
  if (open !== null) yield close(open)
}

/** With the days in which nothing was read, where a state of the day before lasts into them. */
function* withNights(list: readonly Period[], before: Carry, from: number, to: number): Generator<Period> {
  let carry = before
  let end: number | null = null
  for (const period of [...list, null]) {
    const { state } = carry
    const begin = end ?? (state === null ? to : Math.max(from, endOfDay(startOfDay(state.at))))
    const until = Math.min(period?.begin ?? to, to)
    if (state !== null && begin < until && endOfStay(state.at) > begin) {
      const summary = summarise(EMPTY_TRACE, carry, begin, Math.min(until, endOfDay(startOfDay(begin))))
      yield { length: 'day', begin: startOfDay(begin), trace: EMPTY_TRACE, summary }
    }
    if (period === null) return
    yield period
    carry = period.summary.carry
    end = endOf(period)
  }
}

/** A period in the parts that belong to different slices, or whole where all of it belongs to one. */
function* cut(
  period: Period,
  before: Carry,
  startOf: (at: number) => number,
  from: number,
  to: number,
): Generator<{ readonly begin: number; readonly summary: Summary }> {
  const end = endOf(period)
  const isWhole = period.begin >= from && end <= to && startOf(period.begin) === startOf(end - 1)
  if (isWhole) {
    yield period
    return
  }
  const { counters, states, levels } = period.trace
  const times = [...counters, ...states, ...levels.flatMap(({ points }) => points)].map(({ at }) => at)
  const begins = new Set(times.filter((at) => at >= from && at < to).map(startOf))
  for (const stay of listStays(period.trace, before, Math.max(period.begin, from), Math.min(end, to))) {
    for (let begin = startOf(stay.from); begin < stay.to; begin = nextStart(begin, startOf)) begins.add(begin)
  }
  let carry = summarise(within(period.trace, Number.MIN_SAFE_INTEGER, from), before, period.begin, period.begin).carry
  for (const begin of [...begins].sort((a, b) => a - b)) {
    const [since, until] = [Math.max(begin, from, period.begin), Math.min(nextStart(begin, startOf), to, end)]
    const trace = within(period.trace, since, until)
    const summary = summarise(trace, carry, since, until)
    carry = summary.carry
    yield { begin, summary: { ...summary, readings: countReadings(trace) } }
  }
}

const nextStart = (begin: number, startOf: (at: number) => number) => {
  for (const hours of [1, 24, 24 * 31]) {
    const next = startOf(begin + hours * 3_600_000)
    if (next !== begin) return next
  }
  return Number.MAX_SAFE_INTEGER
}

function within(trace: Trace, from: number, to: number): Trace {
  const isIn = ({ at }: { readonly at: number }) => at >= from && at < to
  return {
    counters: trace.counters.filter(isIn),
    states: trace.states.filter(isIn),
    levels: trace.levels.flatMap((each) => {
      const points = each.points.filter(isIn)
      return points.length === 0 ? [] : [{ ...each, points }]
    }),
  }
}

function close({
  begin,
  parts,
  last_status,
}: {
  begin: number
  parts: readonly Omit<Summary, 'carry'>[]
  last_status: string | null
}): PeriodSlice {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return { begin, summary: only, last_status }
  const counters: Record<string, { first: number; last: number; pages: number }> = {}
  for (const part of parts) {
    for (const [name, news] of Object.entries(part.counters)) {
      const known = counters[name]
      counters[name] = { first: known?.first ?? news.first, last: news.last, pages: (known?.pages ?? 0) + news.pages }
    }
  }
  const corrections = parts.flatMap((part) => part.corrections)
  return { begin, summary: { ...joinSummaries(parts), counters, corrections }, last_status }
}
