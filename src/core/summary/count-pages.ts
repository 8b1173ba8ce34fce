import type { CounterName } from '../model/printer.ts'

/** More sheets a minute than any printer that is fed with sheets. */
const MOST_PER_MINUTE = 200
/**
 * What is believed of one step, however long it took: more than two days of the fastest printer that never stops. All of a step is
 * told for one day.
 */
const MOST_IN_STEP = 700_000
/** A counter may lag behind what it counts, and readings may be close to each other. */
const LAG_MS = 15 * 60_000
/** A printer whose counter fell so low has just begun to count anew. */
const MOST_AFTER_RESET = 1000
/** A counter that jumped comes back to where it was within so long, or not at all. */
const RETURNS_WITHIN_MS = 7 * 86_400_000
/** Where counters begin anew by themselves. */
const ENDS = [1e6, 1e7, 1e8, 2 ** 24, 2 ** 31, 2 ** 32]
/** How near to its end a counter was, and how near to zero it is, as a share of the whole. */
const NEAR_END = 0.02
/** A step of so many pages, so many times as fast as any before, after so long a time of looking, is pointed out. */
const LEAST_JUMP = 2000
const JUMP_FACTOR = 10
const LOOKED_FOR_MS = 2 * 86_400_000
const HOUR_MS = 3_600_000

/**
 * What somebody should know of a counter's step. `reset`: began anew at zero. `roll_over`: went past its last number. `swap`:
 * it is another counter now (another board, another machine). `return`: the counter of before is back (a swap that was undone,
 * a zero told while starting). `jump`: it rose far faster than it ever did, which is counted and may be a swap.
 */
export type CorrectionKind = 'reset' | 'roll_over' | 'swap' | 'return' | 'jump'

export interface Correction {
  readonly counter: CounterName
  /** Of the reading that showed it; milliseconds. */
  readonly at: number
  readonly kind: CorrectionKind
  readonly before: number
  readonly after: number
  /** What was counted for this step. */
  readonly pages: number
}

/** Where a counter is, and where it was before it jumped last. */
export interface CounterState {
  readonly value: number
  readonly at: number
  readonly left: { readonly value: number; readonly at: number; readonly counted: number } | null
  /** When it was read for the first time, and the most pages an hour that it rose by since. */
  readonly since: number
  readonly fastest: number
}

export interface Step {
  readonly state: CounterState
  /** Never negative. */
  readonly pages: number
  readonly correction: Omit<Correction, 'counter'> | null
}

/**
 * What was printed between two readings that follow each other: the difference where a printer can have printed that, and
 * else as much as is sure. What a counter began with is nobody's pages.
 * @param before null for the first reading of all
 */
export function countStep(before: CounterState | null, value: number, at: number): Step {
  if (before === null) {
    return { state: { value, at, left: null, since: at, fastest: 0 }, pages: 0, correction: null }
  }
  const { since, fastest } = before
  const left = before.left !== null && at - before.left.at <= RETURNS_WITHIN_MS ? before.left : null
  const grown = value - before.value
  const elapsed = at - before.at
  const correct = (kind: CorrectionKind, pages: number, next: CounterState['left']): Step => ({
    state: { value, at, left: next, since, fastest },
    pages,
    correction: { at, kind, before: before.value, after: value, pages },
  })
  if (left !== null && isReturn(left, grown, value, at)) {
    // what was counted from zero in between is part of what the counter of before counted, if it was the same machine
    return correct('return', Math.max(0, value - left.value - left.counted), null)
  }
  if (grown >= 0 && grown <= mostIn(elapsed)) {
    const rate = grown / ((elapsed + LAG_MS) / HOUR_MS)
    const counted = left && { ...left, counted: left.counted + grown }
    const state = { value, at, left: counted, since, fastest: Math.max(fastest, rate) }
    const isJump = grown >= LEAST_JUMP && at - since >= LOOKED_FOR_MS && rate > fastest * JUMP_FACTOR
    return { ...correct('jump', grown, counted), state, ...(!isJump && { correction: null }) }
  }
  const leaves = (counted: number) => ({ value: before.value, at: before.at, counted })
  if (grown < 0) {
    const end = ENDS.find((each) => before.value < each && before.value >= each * (1 - NEAR_END))
    const past = end === undefined ? Number.POSITIVE_INFINITY : end - before.value + value
    if (end !== undefined && value <= end * NEAR_END && past <= mostIn(elapsed)) return correct('roll_over', past, null)
    if (value <= MOST_AFTER_RESET && value <= mostIn(elapsed)) return correct('reset', value, leaves(value))
  }
  return correct('swap', 0, leaves(0))
}

/**
 * Whether a counter is where it was before it jumped. One that rose would have to have risen at once by more than all that
 * it counted since, and by so much that it is closer to the counter of before than to where it was last.
 */
function isReturn(left: NonNullable<CounterState['left']>, grown: number, value: number, at: number): boolean {
  const beyond = value - left.value
  if (beyond < 0 || beyond > mostIn(at - left.at)) return false
  return grown < 0 || (grown > left.counted && beyond * 2 <= grown)
}

/** Pages that may be printed in a time. */
const mostIn = (elapsed: number) => Math.min(((elapsed + LAG_MS) / 60_000) * MOST_PER_MINUTE, MOST_IN_STEP)
