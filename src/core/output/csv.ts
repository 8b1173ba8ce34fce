import { stringify } from 'csv-stringify/sync'
import type { Printer } from '../model/printer.ts'
import { readCell } from './cell-value.ts'
import { parseColumns } from './columns.ts'
import type { FieldPath } from './field-path.ts'
import { PRINTER_FIELDS } from './field-schema.ts'

/** What a spreadsheet takes for a formula at the start of a cell, full-width forms included. */
const FORMULA = /^\s*[=+\-@＝＋－＠\t\r]/u

/** Every single value of a printer in schema order, then its tables as text: fixed, whatever the printers offer. */
const DEFAULT_COLUMNS = [
  ...[...PRINTER_FIELDS.fields]
    .filter(([, node]) => node.kind !== 'list' && node.kind !== 'object')
    .map(([name]) => name),
  'supplies',
  'trays',
  'alerts',
].join(',')

/**
 * Printers as CSV after RFC 4180: a header, comma, CRLF, quotes where needed, UTF-8 without a byte order mark. Text that
 * a spreadsheet would take for a formula gets a leading apostrophe; numbers stay numbers. Cells with a semicolon are
 * quoted too, because spreadsheets in many countries split there.
 */
export function formatCsv(printers: readonly Printer[], columns: readonly FieldPath[] | null): string {
  const paths = columns ?? parseColumns(DEFAULT_COLUMNS)
  return formatCells([
    paths.map((path) => path.text),
    ...printers.map((printer) => paths.map((path) => readCell(path, printer))),
  ])
}

/** Any rows of cells, the header first, in the same form. Text has to be clean. */
export function formatCells(rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  const guarded = rows.map((row) => row.map(guardFormula))
  return stringify(guarded, { record_delimiter: '\r\n', quoted_match: /[;']/ })
}

function guardFormula(cell: string | number): string | number {
  return typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : cell
}

/**
 * Rows as CSV in the same manner, with a line break at the end of each. An empty text stands in quotes, so that it differs
 * from null, which is nothing at all.
 */
export function formatCsvRows(rows: ReadonlyArray<ReadonlyArray<string | number | null>>): string {
  return stringify(
    rows.map((row) => row.map((cell) => (cell === null ? null : guardFormula(cell)))),
    {
      record_delimiter: '\r\n',
      quoted_match: /[;']/,
      cast: { string: (text) => (text === '' ? { value: text, quoted_empty: true } : text) },
    },
  )
}
