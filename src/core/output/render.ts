import type { Printer } from '../model/printer.ts'
import { parseColumns } from './columns.ts'
import { formatCsv } from './csv.ts'
import type { FieldPath } from './field-path.ts'
import { type PrinterFilter, parseFilters } from './filter.ts'
import type { Format } from './formats.ts'
import { formatJson, formatJsonLine } from './json.ts'
import type { Look } from './paint.ts'
import { compareByAddress, type PrinterOrder, parseSort } from './sort.ts'
import { formatTable } from './table.ts'

/** As the user wrote them; null or an empty list where a flag is absent. */
export interface RenderFlags extends Look {
  readonly format: Format
  readonly columns: string | null
  readonly sort: string | null
  readonly filter: readonly string[]
  /** Columns of the terminal, for the table. */
  readonly width: number
}

/** Checked, before anything is asked on the network. */
export interface RenderPlan extends Look {
  readonly format: Format
  readonly columns: readonly FieldPath[] | null
  readonly order: PrinterOrder | null
  readonly accepts: PrinterFilter
  readonly width: number
}

/** Raises PrintMasterError `bad_flag` (columns, sort) or `bad_filter`. */
export function planRender(flags: RenderFlags): RenderPlan {
  return {
    format: flags.format,
    columns: flags.columns === null ? null : parseColumns(flags.columns),
    order: flags.sort === null ? null : parseSort(flags.sort),
    accepts: parseFilters(flags.filter),
    width: flags.width,
    color: flags.color,
    unicode: flags.unicode,
  }
}

/**
 * The printers that the filters let through, in order; the pieces make one text that ends with a line break (empty NDJSON:
 * ''). JSON of a large fleet comes in many pieces, so that it never stands in memory whole.
 */
export function formatPrinters(printers: readonly Printer[], plan: RenderPlan): Iterable<string> {
  const shown = printers.filter(plan.accepts).toSorted(plan.order ?? compareByAddress)
  switch (plan.format) {
    case 'json':
      return formatJson(shown, plan.columns)
    case 'ndjson':
      return shown.map((printer) => formatJsonLine(printer, plan.columns))
    case 'csv':
      return [formatCsv(shown, plan.columns)]
    case 'table':
      return [shown.length === 0 ? 'No printers.\n' : formatTable(shown, { ...plan, sorted: plan.order !== null })]
  }
}

/** One printer for NDJSON as soon as it is read, with its line break; null when the filters leave it out. */
export function formatPrinterLine(printer: Printer, plan: RenderPlan): string | null {
  return plan.accepts(printer) ? formatJsonLine(printer, plan.columns) : null
}
