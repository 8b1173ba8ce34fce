import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { COUNTER_NAMES } from '../model/printer.ts'

/** What a reading tells of a printer's supplies as a number. */
export interface PointLevel {
  readonly supply: string
  readonly kind: string
  readonly color: string
  readonly percent: number
}

/** A reading, as far as days and months are made of it. */
export interface Point {
  /** Milliseconds: when it counts. */
  readonly at: number
  readonly status: string | null
  /** In the order of `COUNTER_NAMES`. */
  readonly counters: readonly (number | null)[]
  readonly levels: readonly PointLevel[]
}

export interface CounterPoint {
  readonly at: number
  readonly counters: readonly (number | null)[]
}
export interface StatePoint {
  readonly at: number
  readonly status: string
}
export interface LevelPoint {
  readonly at: number
  readonly percent: number
}
/** The levels of one supply. */
export interface LevelTrace {
  readonly supply: string
  readonly kind: string
  readonly color: string
  readonly points: readonly LevelPoint[]
}

/**
 * What the readings of a day or a month said, by time. Nothing of the counters and states is left out, so that a reading
 * that arrives late finds its neighbours; of a level that stays the same, the first and the last reading are kept.
 */
export interface Trace {
  readonly counters: readonly CounterPoint[]
  readonly states: readonly StatePoint[]
  readonly levels: readonly LevelTrace[]
}

export const EMPTY_TRACE: Trace = { counters: [], states: [], levels: [] }

/** The same, whatever order the points came in and however often each came. */
export function addPoints(trace: Trace, points: readonly Point[]): Trace {
  const counters = points.flatMap(({ at, counters }) =>
    counters.some((each) => each !== null) ? [{ at, counters }] : [],
  )
  const states = points.flatMap(({ at, status }) => (status === null ? [] : [{ at, status }]))
  const levels = new Map<string, { -readonly [K in keyof LevelTrace]: LevelTrace[K] }>()
  for (const each of trace.levels) levels.set(keyOf(each), { ...each })
  const news = new Map<string, LevelPoint[]>()
  for (const { at, levels: said } of points) {
    for (const { supply, kind, color, percent } of said) {
      const key = keyOf({ supply, kind, color })
      if (!levels.has(key)) levels.set(key, { supply, kind, color, points: [] })
      const list = news.get(key)
      if (list === undefined) news.set(key, [{ at, percent }])
      else list.push({ at, percent })
    }
  }
  for (const [key, list] of news) {
    const level = levels.get(key) as { points: readonly LevelPoint[] }
    level.points = dropRuns(unite(level.points, list, compareLevels))
  }
  return {
    counters: unite(trace.counters, counters, compareCounters),
    states: unite(trace.states, states, compareStates),
    levels: [...levels.values()].sort((a, b) => compareTexts(keyOf(a), keyOf(b))),
  }
}

/** Two traces as one: of devices that turned out to be one, of the days of a month. */
export function joinTraces(one: Trace, other: Trace): Trace {
  const levels = new Map(one.levels.map((each) => [keyOf(each), each]))
  for (const each of other.levels) {
    const known = levels.get(keyOf(each))
    const points = known === undefined ? each.points : dropRuns(unite(known.points, each.points, compareLevels))
    levels.set(keyOf(each), { ...each, points })
  }
  return {
    counters: unite(one.counters, other.counters, compareCounters),
    states: unite(one.states, other.states, compareStates),
    levels: [...levels.values()].sort((a, b) => compareTexts(keyOf(a), keyOf(b))),
  }
}

/** How many readings told a counter or a state. */
export function countReadings({ counters, states }: Pick<Trace, 'counters' | 'states'>): number {
  let [count, i] = [states.length, 0]
  for (const { at } of counters) {
    while (i < states.length && (states[i] as StatePoint).at < at) i += 1
    if (states[i]?.at !== at) count += 1
  }
  return count
}

const keyOf = ({ supply, kind, color }: Omit<LevelTrace, 'points'>) => `${supply}\n${kind}\n${color}`
const compareTexts = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const compareLevels = (a: LevelPoint, b: LevelPoint) => a.at - b.at || a.percent - b.percent
const compareStates = (a: StatePoint, b: StatePoint) => a.at - b.at || compareTexts(a.status, b.status)
function compareCounters(a: CounterPoint, b: CounterPoint): number {
  if (a.at !== b.at) return a.at - b.at
  for (let i = 0; i < COUNTER_NAMES.length; i += 1) {
    const difference = (a.counters[i] ?? -1) - (b.counters[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

/** In order, each once. */
function unite<T>(one: readonly T[], other: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  if (other.length === 0) return one
  const all = [...one, ...other].sort(compare)
  return all.filter((each, i) => i === 0 || compare(all[i - 1] as T, each) !== 0)
}

/** Without the readings between the first and the last of a level that stays. */
const dropRuns = (points: readonly LevelPoint[]) =>
  points.filter(({ percent }, i) => percent !== points[i - 1]?.percent || percent !== points[i + 1]?.percent)

export interface PackedTrace {
  readonly counters: Uint8Array | null
  readonly states: Uint8Array | null
  readonly levels: Uint8Array | null
}

/** Columns of differences, deflated. Null for what is empty. */
export function packTrace({ counters, states, levels }: Trace): PackedTrace {
  return {
    counters: counters.length === 0 ? null : pack([packTimes(counters), packCounters(counters)]),
    states: states.length === 0 ? null : pack([packTimes(states), packStates(states)]),
    levels:
      levels.length === 0
        ? null
        : pack(
            levels.map(({ supply, kind, color, points }) => [
              supply,
              kind,
              color,
              packTimes(points),
              points.map(({ percent }) => percent),
            ]),
          ),
  }
}

export function unpackTrace(packed: PackedTrace): Trace {
  return {
    counters: packed.counters === null ? [] : unpackCounters(packed.counters),
    states: packed.states === null ? [] : unpackStates(packed.states),
    levels: packed.levels === null ? [] : unpackLevels(packed.levels),
  }
}

const pack = (value: unknown) => deflateRawSync(JSON.stringify(value), { level: 1 })
const unpack = (bytes: Uint8Array): unknown => JSON.parse(inflateRawSync(bytes).toString())

const packTimes = (points: readonly { readonly at: number }[]) =>
  points.map(({ at }, i) => (i === 0 ? at : at - (points[i - 1] as { at: number }).at))

function unpackTimes(times: readonly number[]): number[] {
  let at = 0
  return times.map((step) => {
    at += step
    return at
  })
}

/** Each counter that is told: its number in `COUNTER_NAMES`, then what it differs from the last one told; null for none. */
function packCounters(points: readonly CounterPoint[]): unknown[] {
  return COUNTER_NAMES.flatMap((_, i) => {
    if (points.every(({ counters }) => counters[i] === null)) return []
    let last = 0
    const steps = points.map(({ counters }) => {
      const value = counters[i] ?? null
      if (value === null) return null
      const step = value - last
      last = value
      return step
    })
    return [[i, steps]]
  })
}

function unpackCounters(bytes: Uint8Array): CounterPoint[] {
  const [times, columns] = unpack(bytes) as [number[], [number, (number | null)[]][]]
  const rows = unpackTimes(times).map((at) => ({ at, counters: COUNTER_NAMES.map((): number | null => null) }))
  for (const [i, steps] of columns) {
    let last = 0
    for (const [row, step] of steps.entries()) {
      if (step === null) continue
      last += step
      ;(rows[row] as (typeof rows)[0]).counters[i] = last
    }
  }
  return rows
}

/** Each state and how many readings in a row said it. */
function packStates(points: readonly StatePoint[]): [string, number][] {
  const runs: [string, number][] = []
  for (const { status } of points) {
    const last = runs.at(-1)
    if (last?.[0] === status) last[1] += 1
    else runs.push([status, 1])
  }
  return runs
}

function unpackStates(bytes: Uint8Array): StatePoint[] {
  const [times, runs] = unpack(bytes) as [number[], [string, number][]]
  const statuses = runs.flatMap(([status, count]) => Array.from({ length: count }, () => status))
  return unpackTimes(times).map((at, i) => ({ at, status: statuses[i] as string }))
}

function unpackLevels(bytes: Uint8Array): LevelTrace[] {
  const rows = unpack(bytes) as [string, string, string, number[], number[]][]
  return rows.map(([supply, kind, color, times, percents]) => ({
    supply,
    kind,
    color,
    points: unpackTimes(times).map((at, i) => ({ at, percent: percents[i] as number })),
  }))
}
