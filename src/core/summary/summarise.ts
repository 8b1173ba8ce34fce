import { COUNTER_NAMES, type CounterName } from '../model/printer.ts'
import { hasRisen } from '../model/supply-refill.ts'
import { type Correction, type CounterState, countStep } from './count-pages.ts'
import { countReadings, type StatePoint, type Trace } from './trace.ts'

/** A state is taken to last until the next reading, and no longer than this. */
const STATE_LASTS_MS = 2 * 3_600_000

export interface CounterSummary {
  readonly first: number
  readonly last: number
  /** Printed (or scanned …) since the reading before the first one here. */
  readonly pages: number
}

export interface LevelSummary {
  readonly supply: string
  readonly kind: string
  readonly color: string
  /** Percent. */
  readonly min: number
  readonly max: number
  readonly last: number
  /** How often it was replaced or filled up. */
  readonly replaced: number
}

/** What must be known of the time before to go on. */
export interface Carry {
  readonly counters: Readonly<Partial<Record<CounterName, CounterState>>>
  readonly state: { readonly status: string; readonly at: number } | null
  /** The last level of each supply. */
  readonly levels: Readonly<Record<string, number>>
}

export interface Summary {
  readonly counters: Readonly<Partial<Record<CounterName, CounterSummary>>>
  readonly corrections: readonly Correction[]
  readonly levels: readonly LevelSummary[]
  /** Milliseconds in each state; what is not known is in none. */
  readonly states: Readonly<Record<string, number>>
  /** How many readings told a counter or a state. */
  readonly readings: number
  readonly carry: Carry
  /** What was let go: of that only the carry is known. */
  readonly dropped?: readonly PeriodPart[]
}

/** Kinds of content of days and months that leave each by its own policy. */
export const PERIOD_PARTS = ['counters', 'levels', 'states'] as const
export type PeriodPart = (typeof PERIOD_PARTS)[number]

/** How it ended stays known: what comes behind goes on from there. */
export function withoutPart(summary: Summary, part: PeriodPart): Summary {
  const dropped = [...new Set([...(summary.dropped ?? []), part])]
  if (part === 'counters') return { ...summary, counters: {}, corrections: [], dropped }
  if (part === 'levels') return { ...summary, levels: [], dropped }
  return { ...summary, states: {}, dropped }
}

export const NOTHING_BEFORE: Carry = { counters: {}, state: null, levels: {} }

/**
 * What the readings of a period come to. Pages belong to the period of the reading that showed them; seconds to the period
 * that they lie in.
 * @param begin of the period, milliseconds; `end` is out of it
 */
export function summarise(trace: Trace, before: Carry, begin: number, end: number): Summary {
  const { counters, corrections, carry: counterCarry } = sumCounters(trace, before)
  const { levels, carry: levelCarry } = sumLevels(trace, before)
  return {
    counters,
    corrections,
    levels,
    states: sumStates(trace, before, begin, end),
    readings: countReadings(trace),
    carry: {
      counters: counterCarry,
      state: trace.states.at(-1) ?? before.state,
      levels: levelCarry,
    },
  }
}

function sumCounters(trace: Trace, before: Carry) {
  const counters: Partial<Record<CounterName, CounterSummary>> = {}
  const corrections: Correction[] = []
  const carry: Partial<Record<CounterName, CounterState>> = { ...before.counters }
  for (const [i, counter] of COUNTER_NAMES.entries()) {
    let state = carry[counter] ?? null
    let first: number | null = null
    let pages = 0
    for (const { at, counters: said } of trace.counters) {
      const value = said[i] ?? null
      if (value === null) continue
      const step = countStep(state, value, at)
      state = step.state
      pages += step.pages
      first ??= value
      if (step.correction !== null) corrections.push({ counter, ...step.correction })
    }
    if (first === null || state === null) continue
    counters[counter] = { first, last: state.value, pages }
    carry[counter] = state
  }
  corrections.sort((a, b) => a.at - b.at)
  return { counters, corrections, carry }
}

function sumLevels(trace: Trace, before: Carry) {
  const carry: Record<string, number> = { ...before.levels }
  const levels = trace.levels.map(({ supply, kind, color, points }): LevelSummary => {
    const key = `${supply} ${kind} ${color}`
    let last = carry[key] ?? null
    let replaced = 0
    let [min, max] = [100, 0]
    for (const { percent } of points) {
      if (last !== null && hasRisen(last, percent)) replaced += 1
      min = Math.min(min, percent)
      max = Math.max(max, percent)
      last = percent
    }
    carry[key] = last as number
    return { supply, kind, color, min, max, last: last as number, replaced }
  })
  return { levels, carry }
}

function sumStates(trace: Trace, before: Carry, begin: number, end: number): Record<string, number> {
  const lasted: Record<string, number> = {}
  for (const { status, from, to } of listStays(trace, before, begin, end)) {
    lasted[status] = (lasted[status] ?? 0) + to - from
  }
  return lasted
}

/** When which state lasted, within a period. */
export function* listStays(
  { states }: Pick<Trace, 'states'>,
  { state }: Pick<Carry, 'state'>,
  begin: number,
  end: number,
): Generator<{ readonly status: string; readonly from: number; readonly to: number }> {
  const all: readonly StatePoint[] = state === null ? states : [state, ...states]
  for (const [i, { status, at }] of all.entries()) {
    const from = Math.max(at, begin)
    const to = Math.min(all[i + 1]?.at ?? end, endOfStay(at), end)
    if (to > from) yield { status, from, to }
  }
}

export const endOfStay = (at: number) => at + STATE_LASTS_MS
