import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Columns that `text` takes on a terminal; colour codes count nothing, CJK and emoji count two. */
export function measureText(text: string): number {
  return stringWidth(text)
}

/** `text` cut to at most `width` columns, ending in `mark` when something was cut. No colour codes in `text`. */
export function truncateText(text: string, width: number, mark = '…'): string {
  if (measureText(text) <= width) return text
  const room = width - measureText(mark)
  if (room < 0) return ''
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const wide = measureText(segment)
    if (used + wide > room) break
    used += wide
    kept += segment
  }
  return kept.trimEnd() + mark
}

/** `text` filled with blanks to `width` columns; `text` may hold colour codes and must not be wider. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - measureText(text)))
  return align === 'left' ? text + blanks : blanks + text
}

/** Lines of at most `width` columns, broken between words; a word that is longer stays whole. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && measureText(last) + 1 + measureText(word) <= width) lines[lines.length - 1] += ` ${word}`
    else lines.push(word)
  }
  return lines
}
