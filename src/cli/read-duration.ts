import { parseDuration } from '../core/config/duration.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { quoteText } from '../core/targets/quote-text.ts'

const LONGEST = 10 * 31_536_000

/**
 * Seconds of a time such as `30m`, `12h`, `7d`, `4w` or `1y`, ten years at most.
 * @throws PrintMasterError bad_flag
 */
export function readDuration(text: string, flag: string): number {
  const seconds = parseDuration(text) ?? 0
  if (seconds >= 1 && seconds <= LONGEST) return seconds
  const problem = seconds > LONGEST ? 'is longer than ten years' : 'is no time'
  throw new PrintMasterError('bad_flag', `${flag}: ${quoteText(text)} ${problem}; write for example 12h, 7d or 4w`)
}
