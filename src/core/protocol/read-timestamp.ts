const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const [DOT, COMMA, PLUS, MINUS, COLON, BLANK] = [0x2e, 0x2c, 0x2b, 0x2d, 0x3a, 0x20]
const [T, Z, TO_LOWER] = [0x74, 0x7a, 0x20]
/** `2026-01-31T23:59:59`, before decimals and offset. */
const FIXED = 19
const LONGEST = 64
/** The years that can be written, 0000 to 9999, in UTC. */
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * RFC 3339 as programs write it: any offset, any number of decimals, a blank for the T, lower case, a leap second.
 * Gives milliseconds since 1970, or null for what names no moment; a time without an offset names none, nor does one that
 * has no four digits for its year in UTC.
 */
export function readTimestamp(text: string): number | null {
  if (text.length <= FIXED || text.length > LONGEST || !hasSeparators(text)) return null
  const year = readDigits(text, 0, 2) * 100 + readDigits(text, 2, 2)
  const [month, day] = [readDigits(text, 5, 2), readDigits(text, 8, 2)]
  const [hour, minute, second] = [readDigits(text, 11, 2), readDigits(text, 14, 2), readDigits(text, 17, 2)]
  // every comparison with NaN is false
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return null
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return null

  let end = FIXED
  let millisecond = 0
  const mark = text.charCodeAt(end)
  if (mark === DOT || mark === COMMA) {
    end = findEndOfDigits(text, end + 1)
    const decimals = end - FIXED - 1
    if (decimals === 0) return null
    millisecond = readDigits(text, FIXED + 1, Math.min(decimals, 3)) * 10 ** Math.max(0, 3 - decimals)
  }
  const offset = readOffset(text, end)
  const time =
    daysSince1970(year, month, day) * 86_400_000 + ((hour * 60 + minute - offset) * 60 + second) * 1000 + millisecond
  return time >= EARLIEST && time <= LATEST ? time : null
}

function hasSeparators(text: string): boolean {
  const middle = text.charCodeAt(10)
  return (
    text.charCodeAt(4) === MINUS &&
    text.charCodeAt(7) === MINUS &&
    ((middle | TO_LOWER) === T || middle === BLANK) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  )
}

/** NaN where one is no digit. */
function readDigits(text: string, start: number, count: number): number {
  let value = 0
  for (let i = start; i < start + count; i += 1) {
    const digit = text.charCodeAt(i) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function findEndOfDigits(text: string, start: number): number {
  let end = start
  while (!Number.isNaN(readDigits(text, end, 1))) end += 1
  return end
}

/** Minutes east of Greenwich; NaN for what is none. */
function readOffset(text: string, start: number): number {
  const sign = text.charCodeAt(start)
  if ((sign | TO_LOWER) === Z) return text.length === start + 1 ? 0 : Number.NaN
  if (sign !== PLUS && sign !== MINUS) return Number.NaN
  const minutesAt = text.charCodeAt(start + 3) === COLON ? start + 4 : start + 3
  const [hours, minutes] = [readDigits(text, start + 1, 2), readDigits(text, minutesAt, 2)]
  if (text.length !== minutesAt + 2 || !(hours <= 23 && minutes <= 59)) return Number.NaN
  return (sign === MINUS ? -1 : 1) * (hours * 60 + minutes)
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const daysOf = (year: number, month: number) => (DAYS[month - 1] as number) + (month === 2 && isLeap(year) ? 1 : 0)

/** In the Gregorian calendar, whose years of 365.2425 days are counted from March, so that a leap day ends them. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return shifted * 365 + leapDays + dayOfYear - 719_468
}
