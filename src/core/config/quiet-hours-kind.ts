import type { QuietHours } from '../agent/watch/quiet-hours.ts'
import { quoteText } from '../targets/quote-text.ts'
import { type Complain, type Kind, splitList } from './kinds.ts'

const DAY = 24 * 60

/** Times of the day (`22:00-06:00, 12:00-13:00`), or `none`; a minute of the day has to be left. */
export const quietHours: Kind<QuietHours[]> = {
  secret: false,
  parse: (text, complain) => {
    if (text.toLowerCase() === 'none') return []
    const times = splitList(text).map((part) => parseOne(part, complain))
    if (!times.every((time) => time !== undefined)) return undefined
    if (times.length === 0) complain('write one or more times of the day, for example 22:00-06:00, or none')
    else if (leavesNothing(times)) complain('this is the whole day; nothing would ever be asked')
    else return times
    return undefined
  },
}

function parseOne(text: string, complain: Complain): QuietHours | undefined {
  const match = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/.exec(text)
  const from = match && readMinute(match[1] as string, match[2] as string)
  const to = match && readMinute(match[3] as string, match[4] as string)
  // 24:00 is the midnight that a time ends with
  if (from !== null && to !== null && from < DAY && from !== to % DAY) return { from, to: to % DAY }
  complain(`${quoteText(text)} is no time of the day; write for example 22:00-06:00`)
  return undefined
}

/** Minutes since midnight; null for what no clock shows. */
function readMinute(hours: string, minutes: string): number | null {
  const minute = Number(hours) * 60 + Number(minutes)
  return Number(minutes) < 60 && minute <= DAY ? minute : null
}

function leavesNothing(times: readonly QuietHours[]): boolean {
  for (let minute = 0; minute < DAY; minute++) {
    if (!times.some(({ from, to }) => (from < to ? minute >= from && minute < to : minute >= from || minute < to))) {
      return false
    }
  }
  return true
}
