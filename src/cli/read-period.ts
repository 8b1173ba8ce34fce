import { parseDuration } from '../core/config/duration.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { closePeriod, DAY_MS, type Period, readTimeOrDate } from '../core/protocol/period.ts'
import { quoteText } from '../core/targets/quote-text.ts'

/** A hundred years: what lies further back is a slip of the finger. */
const LONGEST_MS = 100 * 365 * DAY_MS

/**
 * `--from` and `--to` as milliseconds: RFC 3339, a date in UTC, or a time before now such as `-2d`. `from` is in, `to` is
 * out; a date as `to` means the whole day.
 * @throws PrintMasterError bad_flag
 */
export function readPeriod(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): Period {
  const start = from === undefined ? undefined : readMoment('--from', from, now)
  const end = to === undefined ? undefined : readMoment('--to', to, now)
  const period = closePeriod(start, end, to)
  if (period !== null) return period
  throw new PrintMasterError(
    'bad_flag',
    `--to ${quoteText(to as string)} lies before --from ${quoteText(from as string)}`,
  )
}

function readMoment(flag: string, text: string, now: number): number {
  const ago = text.startsWith('-') ? parseDuration(text.slice(1)) : null
  const moment = ago === null ? readTimeOrDate(text) : now - ago * 1000
  if (moment !== null && moment > now - LONGEST_MS) return moment
  const problem = moment === null ? 'is no time' : 'lies more than a hundred years back'
  throw new PrintMasterError(
    'bad_flag',
    `${flag}: ${quoteText(text)} ${problem}; write for example 2026-03-01T12:00:00Z, 2026-03-01 or -2d`,
  )
}
