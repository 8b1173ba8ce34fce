import { PrintMasterError } from '../model/error.ts'
import { formatAddress } from './address.ts'
import { claimInOrder, type Interval, subtractUnion, uniteIntervals } from './interval.ts'
import { countNumbers, countPieces, listIntervals, type Spans, type TargetRange } from './target-range.ts'

/** Without `--max-hosts`: the addresses of a /16. */
export const DEFAULT_MAX_HOSTS = 65_536

/** Pieces that targets and exclusions together may fall into; bounds memory (about 100 bytes each) and time. */
const MOST_PIECES = 2_000_000

/** Addresses to ask: iterates as canonical texts, as often as wanted, without ever holding them all. */
export interface TargetSet extends Iterable<string> {
  /** How many addresses there are. */
  readonly size: number
}

/**
 * The addresses of `targets` without those of `exclude`, each once: targets in the order given, ascending inside.
 *
 * @throws PrintMasterError `too_many_targets` above `maxHosts` addresses, `bad_target` when `exclude` leaves none
 */
export function expandTargets(selection: {
  targets: readonly TargetRange[]
  exclude?: readonly TargetRange[]
  maxHosts?: number
}): TargetSet {
  const { targets, exclude = [], maxHosts = DEFAULT_MAX_HOSTS } = selection
  const asked = collectIntervals(targets, (range) => range.asked)
  const excluded = uniteIntervals(collectIntervals(exclude, (range) => range.covered))
  const intervals = claimInOrder(asked).flatMap((interval) => subtractUnion(interval, excluded))
  const size = intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  if (size === 0 && targets.length > 0) {
    throw new PrintMasterError('bad_target', 'nothing is left to ask: the exclusions cover every target')
  }
  if (size > maxHosts) {
    throw new PrintMasterError(
      'too_many_targets',
      `these targets are ${size} addresses, more than ${maxHosts}; name fewer, or allow them with --max-hosts ${size}`,
    )
  }
  return { size, [Symbol.iterator]: () => listAddresses(intervals) }
}

function collectIntervals(ranges: readonly TargetRange[], spansOf: (range: TargetRange) => Spans): Interval[] {
  const pieces = ranges.reduce((sum, range) => sum + countPieces(spansOf(range)), 0)
  if (pieces > MOST_PIECES) {
    const count = ranges.reduce((sum, range) => sum + countNumbers(spansOf(range)), 0)
    throw new PrintMasterError(
      'too_many_targets',
      `these targets fall into ${pieces} separate pieces (${count} addresses), more than ${MOST_PIECES}; name whole networks`,
    )
  }
  return ranges.flatMap((range) => [...listIntervals(range.space, spansOf(range))])
}

function* listAddresses(intervals: readonly Interval[]): Generator<string> {
  for (const { space, first, last } of intervals) {
    for (let value = first; value <= last; value++) yield formatAddress(space, value)
  }
}
