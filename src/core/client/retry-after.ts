type Headers = Readonly<Record<string, string | string[] | undefined>>

/**
 * Milliseconds that the answer asks to wait (RFC 9110, section 10.2.3), null when it does not. A date is held against that
 * of the answer: the clock of this machine may be anywhere.
 */
export function readRetryAfter({ 'retry-after': wait, date }: Headers): number | null {
  if (typeof wait !== 'string') return null
  const text = wait.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const until = Date.parse(text)
  if (Number.isNaN(until) || !/^[A-Za-z]{3}/.test(text)) return null
  const sent = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Math.max(0, until - (Number.isNaN(sent) ? Date.now() : sent))
}
