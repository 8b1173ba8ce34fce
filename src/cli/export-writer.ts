import { once } from 'node:events'
import { formatCsvRows } from '../core/output/csv.ts'
import { renderCells, renderJsonRow } from './export-columns.ts'
import type { ExportFormat } from './export-flags.ts'
import type { ExportRow } from './export-source.ts'

/** Puts rows on a stream as they come, no faster than they are taken. */
export interface RowWriter {
  write(rows: readonly ExportRow[]): Promise<void>
  /** What stands behind the last row. */
  end(): Promise<void>
  /** Ends with a whole line and leaves open what would look complete: the array of JSON. */
  abandon(): Promise<void>
}

interface Shape {
  readonly start: string
  render(rows: readonly ExportRow[]): string
  end(): string
  abandon(): string
}

export function createRowWriter(
  format: ExportFormat,
  columns: ReadonlySet<string>,
  stream: NodeJS.WritableStream,
): RowWriter {
  const shape = format === 'json' ? shapeArray(columns) : format === 'csv' ? shapeCsv(columns) : shapeLines(columns)
  let isStarted = false
  const put = async (text: string) => {
    const whole = isStarted ? text : shape.start + text
    isStarted = true
    if (whole !== '' && !stream.write(whole)) await once(stream, 'drain')
  }
  return {
    write: (rows) => put(shape.render(rows)),
    end: () => put(shape.end()),
    abandon: async () => {
      if (isStarted) await put(shape.abandon())
    },
  }
}

function shapeLines(columns: ReadonlySet<string>): Shape {
  return {
    start: '',
    render: (rows) => rows.map((row) => `${renderJsonRow(row, columns)}\n`).join(''),
    end: () => '',
    abandon: () => '',
  }
}

function shapeCsv(columns: ReadonlySet<string>): Shape {
  return {
    start: formatCsvRows([[...columns]]),
    render: (rows) => (rows.length === 0 ? '' : formatCsvRows(rows.map((row) => renderCells(row, columns)))),
    end: () => '',
    abandon: () => '',
  }
}

/** A row is held back until it is known whether a comma follows it. */
function shapeArray(columns: ReadonlySet<string>): Shape {
  let held: string | null = null
  return {
    start: '[',
    render: (rows) =>
      rows
        .map((row) => {
          const before = held === null ? '\n' : `${held},\n`
          held = renderJsonRow(row, columns)
          return before
        })
        .join(''),
    end: () => (held === null ? ']\n' : `${held}\n]\n`),
    abandon: () => `${held ?? ''}\n`,
  }
}
