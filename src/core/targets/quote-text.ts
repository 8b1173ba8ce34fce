/** Longest piece of foreign text that a message repeats, in characters. */
const LONGEST = 60

/**
 * `text` in single quotes for a one-line message: clipped, with control, format and line-separating characters escaped,
 * so that nothing in it can move a cursor or break a log line.
 */
export function quoteText(text: string): string {
  const clipped = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
  const safe = clipped.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${(char.codePointAt(0) as number).toString(16)}}`,
  )
  return `'${safe}'`
}
