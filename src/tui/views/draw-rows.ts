import { cleanText } from '../../core/output/clean-text.ts'
import { fitColumns } from '../../core/output/column-widths.ts'
import { padText, truncateText } from '../../core/output/fit-text.ts'
import { cutMark, paint } from '../../core/output/paint.ts'
import type { Frame } from './frame.ts'
import type { ListColumn } from './list-column.ts'
import { wrapLines } from './wrap-lines.ts'

const GAP = 2
const MARK = 2

/** The heading and the rows that are in sight; the selected one is marked with `>`, and reversed where there is colour. */
export function drawRows<T>(
  rows: readonly T[],
  columns: ReadonlyArray<ListColumn<T>>,
  selected: number,
  frame: Frame,
): string[] {
  if (frame.isPlain) return rows.flatMap((row, i) => wrapLines(speakRow(row, columns, i === selected), frame))
  const { look } = frame
  const wishes = columns.map(({ widest, comfort, dropRank }) => ({ natural: widest, comfort, dropRank }))
  const widths = fitColumns(wishes, frame.width - MARK, GAP)
  const drawLine = (draw: (column: ListColumn<T>, room: number) => string) =>
    columns
      .flatMap((column, i) => {
        const room = widths[i] as number
        return room === 0 ? [] : [padText(draw(column, room), room, column.align)]
      })
      .join(' '.repeat(GAP))
  const cut = (text: string, room: number) => truncateText(text, room, cutMark(look))
  const heading = drawLine(({ heading: text }, room) => paint(cut(text, room), 'bold', look))
  return [
    ' '.repeat(MARK) + heading,
    ...rows.map((row, i) => {
      const line = drawLine((column, room) => {
        const text = cut(cleanText(column.read(row)), room)
        const color = column.color?.(row) ?? null
        return color === null ? text : paint(text, color, look)
      })
      return i === selected ? paint(`> ${line}`, 'inverse', look) : `  ${line}`
    }),
  ]
}

/**
 * How many rows fit on the frame: as sentences they take several lines, and all of those in sight are taken for as high as the
 * highest of them.
 * @param at the row that has to be in sight
 */
export function countRows<T>(
  rows: readonly T[],
  columns: ReadonlyArray<ListColumn<T>>,
  at: number,
  frame: Frame,
): number {
  // the heading takes a line
  if (!frame.isPlain) return Math.max(1, frame.height - 1)
  const near = rows.slice(Math.max(0, at - frame.height), at + frame.height)
  const highest = Math.max(1, ...near.map((row) => wrapLines(speakRow(row, columns, true), frame).length))
  return Math.max(1, Math.floor(frame.height / highest))
}

/** `Selected: printer HP LaserJet, status error, lowest 3%` */
function speakRow<T>(row: T, columns: ReadonlyArray<ListColumn<T>>, isSelected: boolean): string {
  const parts = columns.flatMap(({ heading, read }) => {
    const text = cleanText(read(row))
    return text === '' ? [] : [`${heading.toLowerCase()} ${text}`]
  })
  return `${isSelected ? 'Selected: ' : ''}${parts.join(', ')}`
}
