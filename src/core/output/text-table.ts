import { cleanText } from './clean-text.ts'
import { fitColumns } from './column-widths.ts'
import { measureText, padText, truncateText } from './fit-text.ts'
import { cutMark, type Look, paint } from './paint.ts'

const NARROWEST = 40
const WIDEST = 300
const GAP = 2

export interface TextColumn<T> {
  readonly heading: string
  readonly align?: 'right'
  /** Columns of the terminal wanted at least before the table drops others. */
  readonly comfort: number
  /** The highest goes first when the terminal is narrow; 0 always stays. */
  readonly dropRank: number
  readonly read: (row: T) => string
}

/** Rows as a plain table; no line is wider than the terminal. Ends with a line break. */
export function formatTextTable<T>(
  rows: readonly T[],
  columns: ReadonlyArray<TextColumn<T>>,
  look: Look & { readonly width: number },
): string {
  const width = Math.min(WIDEST, Math.max(NARROWEST, look.width))
  const cells = rows.map((row) => columns.map((column) => cleanText(column.read(row))))
  const wishes = columns.map(({ heading, comfort, dropRank }, i) => {
    const natural = Math.max(measureText(heading), ...cells.map((line) => measureText(line[i] as string)))
    return { natural, comfort, dropRank }
  })
  const widths = fitColumns(wishes, width, GAP)
  const drawLine = (texts: readonly string[], style: (text: string) => string = (text) => text) =>
    columns
      .flatMap(({ align }, i) => {
        const room = widths[i] as number
        return room === 0 ? [] : [padText(style(truncateText(texts[i] as string, room, cutMark(look))), room, align)]
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  const rule = look.unicode ? '─' : '-'
  const lines = [
    drawLine(
      columns.map(({ heading }) => heading),
      (text) => paint(text, 'bold', look),
    ),
    drawLine(
      widths.map((room) => rule.repeat(room)),
      (text) => paint(text, 'dim', look),
    ),
    ...cells.map((line) => drawLine(line)),
  ]
  return `${lines.join('\n')}\n`
}
