import Table from 'cli-table3'
import type { Printer } from '../model/printer.ts'
import { fitColumns } from './column-widths.ts'
import type { FieldPath } from './field-path.ts'
import { measureText, padText, truncateText } from './fit-text.ts'
import { cutMark, type Look, paint } from './paint.ts'
import { drawProblems, listProblems, type Problem } from './problems.ts'
import { judgePrinter, rankLevel } from './severity.ts'
import { compareByAddress } from './sort.ts'
import { listChosenColumns, listDefaultColumns, type TableColumn } from './table-columns.ts'

const NARROWEST = 40
const WIDEST = 300
const GAP = 2

/** Stands for text while cli-table3 lays it out; no printer text holds it at that moment. */
const FILLER = '\ue000'

export interface TableOptions extends Look {
  /** Columns of the terminal; 40 to 300 count. */
  readonly width: number
  /** Null for the usual ones, with a second line under each printer that says what is wrong. */
  readonly columns: readonly FieldPath[] | null
  /** True when the printers are in the order the user asked for; else those with problems come first. */
  readonly sorted: boolean
}

/** Printers as a table for people; no line is wider than the terminal. Ends with a line break. */
export function formatTable(printers: readonly Printer[], options: TableOptions): string {
  const width = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(options.width) || 80))
  const rows = options.sorted ? [...printers] : sortByProblem(printers)
  const all = options.columns ? listChosenColumns(options.columns, options) : listDefaultColumns(rows, options)
  const wishes = all.map((column) => ({ ...column, natural: measureColumn(column, rows) }))
  const fitted = fitColumns(wishes, width, GAP)
  const columns = all.map((column, i) => ({ column, width: fitted[i] as number })).filter((shown) => shown.width > 0)

  const texts: string[] = []
  const place = (text: string, room: number, align: TableColumn['align'] = 'left') => {
    texts.push(padText(text, room, align))
    return FILLER.repeat(room)
  }
  const table = new Table({
    chars: noBorders(),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })

  table.push(
    columns.map(({ column, width: room }) => {
      const heading = truncateText(column.heading, room, cutMark(options))
      return place(paint(heading, 'bold', options), room, column.align)
    }),
    columns.map(({ width: room }) => place(paint((options.unicode ? '─' : '-').repeat(room), 'dim', options), room)),
  )
  for (const printer of rows) {
    table.push(
      columns.map(({ column, width: room }) => place(drawCell(column, printer, room, options), room, column.align)),
    )
    const problems = options.columns ? [] : listProblems(printer)
    if (problems.length > 0) {
      // One filler: a wider one would stretch the columns above it.
      texts.push(drawProblemLine(problems, width, options))
      const content = FILLER
      table.push([{ content, colSpan: columns.length }])
    }
  }
  return restoreTexts(table.toString(), texts)
}

/** Those that do not print first, then those that ask for attention, each with the worst supply first; then the rest. */
function sortByProblem(printers: readonly Printer[]): Printer[] {
  const ranked = printers.map((printer) => {
    const wants = listProblems(printer).some(({ severity }) => severity > 0) ? 1 : 0
    const severity = Math.max(judgePrinter(printer), wants)
    const worst = Math.min(...printer.supplies.map(({ level }) => rankLevel(level)), 101)
    return { printer, severity, worst: severity > 0 ? worst : 101 }
  })
  ranked.sort((a, b) => b.severity - a.severity || a.worst - b.worst || compareByAddress(a.printer, b.printer))
  return ranked.map(({ printer }) => printer)
}

function measureColumn(column: TableColumn, printers: readonly Printer[]): number {
  const cells = printers.map((printer) => measureText(column.draw(printer, Number.POSITIVE_INFINITY)))
  return Math.min(WIDEST, Math.max(measureText(column.heading), ...cells))
}

function drawCell(column: TableColumn, printer: Printer, width: number, look: Look): string {
  const drawn = column.draw(printer, width)
  const color = column.color?.(printer)
  const text = measureText(drawn) > width ? truncateText(drawn, width, cutMark(look)) : drawn
  return color ? paint(text, color, look) : text
}

function drawProblemLine(problems: readonly Problem[], width: number, look: Look): string {
  const severity = problems[0]?.severity ?? 0
  const mark = look.unicode ? '  └ ' : '  > '
  return (
    paint(mark, severity === 2 ? 'red' : severity === 1 ? 'yellow' : 'dim', look) +
    drawProblems(problems, width - 4, look)
  )
}

/**
 * cli-table3 measures with rules of its own, which differ from ours for emoji, combining marks and many scripts; a row
 * would come out too wide. So it lays out fillers of known width, and the texts take their places afterwards.
 */
function restoreTexts(layout: string, texts: readonly string[]): string {
  let next = 0
  const filled = layout.replace(new RegExp(`${FILLER}+`, 'g'), () => texts[next++] ?? '')
  return `${filled
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`
}

function noBorders(): Record<string, string> {
  const names =
    'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid'
  return { ...Object.fromEntries(names.split(' ').map((name) => [name, ''])), middle: ' '.repeat(GAP) }
}
