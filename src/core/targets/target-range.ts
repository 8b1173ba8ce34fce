import { parseAddress } from './address.ts'
import type { Interval } from './interval.ts'

/** `from` to `to`, both included, each times `unit`. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly unit: number
}

/**
 * Every sum of one number of each span, the largest unit first and unit 1 last: one span is a plain range, four with the
 * units 2^24, 2^16, 2^8 and 1 are ranges and wildcards by octet.
 */
export type Spans = readonly Span[]

/** What one target text means. Plain data: a /0 takes no more room than a single address. */
export interface TargetRange {
  /** As the user wrote it. */
  readonly text: string
  readonly space: string
  /** The addresses to ask. */
  readonly asked: Spans
  /** The addresses that the text covers as an exclusion or as a binding: network and broadcast address included. */
  readonly covered: Spans
}

/** How many numbers `spans` holds. */
export function countNumbers(spans: Spans): number {
  return spans.reduce((product, span) => product * (span.to - span.from + 1), 1)
}

/** How many intervals `listIntervals` will give. */
export function countPieces(spans: Spans): number {
  return countNumbers(spans.slice(0, -1))
}

/** The numbers of `spans` as ascending intervals, one at a time. */
export function* listIntervals(space: string, spans: Spans, base = 0): Generator<Interval> {
  const [span, ...rest] = spans
  if (span === undefined) return
  if (rest.length === 0) {
    yield { space, first: base + span.from * span.unit, last: base + span.to * span.unit }
    return
  }
  for (let i = span.from; i <= span.to; i++) yield* listIntervals(space, rest, base + i * span.unit)
}

/** True when `address` (text) is one that `range` covers; false also for what is no address. */
export function coversAddress(range: TargetRange, address: string): boolean {
  const parsed = parseAddress(address)
  if (parsed === null || parsed.space !== range.space) return false
  let rest = parsed.value
  return range.covered.every(({ from, to, unit }) => {
    const digit = Math.floor(rest / unit)
    rest -= digit * unit
    return digit >= from && digit <= to
  })
}
