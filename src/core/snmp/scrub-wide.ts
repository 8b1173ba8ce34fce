/**
 * Runs of UTF-16 text, little and big endian, in a text of one character a byte. The second byte of a byte order mark
 * begins none.
 */
export const WIDE = /(?<!\xfe(?=\xff))(?:[\x20-\x7e\xa0-\xff]\0){4,}|(?:\0[\x20-\x7e\xa0-\xff]){4,}/g

interface Wide {
  /** A byte order mark, zero bytes. */
  readonly before: string
  readonly plain: string
  readonly after: string
  readonly isBig: boolean
}

function readWide(text: string): Wide | undefined {
  const [run] = text.match(WIDE) ?? []
  if (run === undefined) return undefined
  const at = text.indexOf(run)
  const before = text.slice(0, at)
  const after = text.slice(at + run.length)
  if (!/^(?:\xfe\xff|\xff\xfe)?\0*$/.test(before) || !/^\0*$/.test(after)) return undefined
  return { before, plain: run.replaceAll('\0', ''), after, isBig: run.startsWith('\0') }
}

/** The text that `text` spells in UTF-16, or undefined where it is not that from end to end. */
export function narrow(text: string): string | undefined {
  return readWide(text)?.plain
}

/** `treat`s what UTF-16 spells and writes it in the same byte order; any other text as it is. */
export function treatWide(text: string, treat: (plain: string) => string): string {
  const wide = readWide(text)
  if (!wide) return treat(text)
  const other = [...treat(wide.plain)].map((character) => (wide.isBig ? `\0${character}` : `${character}\0`))
  return wide.before + other.join('') + wide.after
}
