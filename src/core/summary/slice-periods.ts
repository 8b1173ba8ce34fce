import { startOfDay, startOfMonth } from './periods.ts'
import { endOf, joinSummaries, type Period } from './refold.ts'
import { type Carry, type Summary, summarise } from './summarise.ts'
import type { Trace } from './trace.ts'

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
 * What was read, in hours, days or months, by time. Of days that are months already there are the counters alone.
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
  for (const period of list) {
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
    yield { begin: period.begin, summary: { ...period.summary, readings: countReadings(period) } }
    return
  }
  const { counters, states, levels } = period.trace
  const times = [...counters, ...states, ...levels.flatMap(({ points }) => points)].map(({ at }) => at)
  const begins = [...new Set(times.filter((at) => at >= from && at < to).map(startOf))].sort((a, b) => a - b)
  let carry = summarise(within(period.trace, Number.MIN_SAFE_INTEGER, from), before, period.begin, period.begin).carry
  for (const begin of begins) {
    const until = nextStart(begin, startOf)
    const trace = within(period.trace, Math.max(begin, from), Math.min(until, to))
    const summary = summarise(trace, carry, Math.max(begin, from), Math.min(until, to))
    carry = summary.carry
    yield { begin, summary: { ...summary, readings: Math.max(trace.counters.length, trace.states.length) } }
  }
}

const countReadings = ({ trace, summary }: Period) => Math.max(trace.counters.length, summary.readings)

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
