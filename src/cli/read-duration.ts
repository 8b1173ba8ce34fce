import { PrintMasterError } from '../core/model/error.ts'
import { quoteText } from '../core/targets/quote-text.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 }
const LONGEST = 10 * 31_536_000

/**
 * Seconds of a time such as `30m`, `12h`, `7d`, `4w` or `1y`, ten years at most.
 * @throws PrintMasterError bad_flag
 */
export function readDuration(text: string, flag: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhdwy])$/i.exec(text) ?? []
  const seconds = Number(number) * (UNITS[unit.toLowerCase()] ?? 0)
  if (seconds >= 1 && seconds <= LONGEST) return seconds
  const problem = seconds > LONGEST ? 'is longer than ten years' : 'is no time'
  throw new PrintMasterError('bad_flag', `${flag}: ${quoteText(text)} ${problem}; write for example 12h, 7d or 4w`)
}
