import type { Printer } from '../model/printer.ts'
import { readCell, readSupplies } from './cell-value.ts'
import { cleanText } from './clean-text.ts'
import type { FieldPath } from './field-path.ts'
import type { Color, Look } from './paint.ts'
import { colorStatus } from './status-color.ts'
import { drawSupplies, measureSupplies } from './supply-bars.ts'
import { namePrinter } from './wording.ts'

/** A column of the table. `draw` gives the cell in at most `width` columns where it can; longer text is cut later. */
export interface TableColumn {
  readonly heading: string
  readonly align: 'left' | 'right'
  /** Columns wanted at least before the table drops others; a shorter content wants no more than itself. */
  readonly comfort: number
  /** The highest goes first when the terminal is narrow; 0 always stays. */
  readonly dropRank: number
  readonly draw: (printer: Printer, width: number) => string
  readonly color?: (printer: Printer) => Color | null
}

/** The columns of the table when the user names none; those that no printer fills are left out. */
export function listDefaultColumns(printers: readonly Printer[], look: Look): TableColumn[] {
  const nothing = look.unicode ? '–' : '-'
  const addresses = nameAddresses(printers)
  // One style for the whole table: long bars when four of them fit, or when nobody has more.
  const longWidth = Math.min(
    46,
    Math.max(0, ...printers.map(({ supplies }) => measureSupplies(supplies, 'long', look))),
  )
  const columns: TableColumn[] = [
    {
      heading: 'Address',
      align: 'left',
      comfort: 39,
      dropRank: 0,
      draw: (printer) => addresses.get(printer) ?? printer.ip,
    },
    {
      heading: 'Printer',
      align: 'left',
      comfort: 19,
      dropRank: 0,
      draw: (printer) => namePrinter(printer) ?? (cleanText(printer.hostname ?? printer.description ?? '') || nothing),
    },
    {
      heading: 'Serial',
      align: 'left',
      comfort: 16,
      dropRank: 3,
      draw: (printer) => cleanText(printer.serial ?? '') || nothing,
    },
    {
      heading: 'Location',
      align: 'left',
      comfort: 16,
      dropRank: 4,
      draw: (printer) => cleanText(printer.location ?? ''),
    },
    {
      heading: 'Status',
      align: 'left',
      comfort: 8,
      dropRank: 0,
      draw: (printer) => printer.status,
      color: (printer) => colorStatus(printer.status),
    },
    {
      heading: 'Pages',
      align: 'right',
      comfort: 10,
      dropRank: 2,
      draw: (printer) => printer.page_count?.toLocaleString('en') ?? nothing,
    },
    {
      heading: 'Supplies',
      align: 'left',
      comfort: 19,
      dropRank: 1,
      draw: (printer, width) => drawSupplies(printer.supplies, width, width >= longWidth ? 'long' : 'short', look),
    },
  ]
  return columns.filter(
    ({ heading, draw }) => heading !== 'Location' || printers.some((printer) => draw(printer, 40) !== ''),
  )
}

/** Columns that the user named: headings as typed; the last ones go first when the terminal is narrow. */
export function listChosenColumns(paths: readonly FieldPath[], look: Look): TableColumn[] {
  return paths.map((path, i) => ({
    heading: path.text,
    align: path.node.kind === 'number' && !path.many ? 'right' : 'left',
    comfort: 8,
    dropRank: i,
    draw: (printer, width) => {
      const supplies = readSupplies(path, printer)
      return supplies ? drawSupplies(supplies, width, 'short', look) : String(readCell(path, printer))
    },
    ...(path.text === 'status' && { color: (printer: Printer) => colorStatus(printer.status) }),
  }))
}

/** Addresses; with the port, or `#` and the printer index, where one address serves several printers. */
function nameAddresses(printers: readonly Printer[]): Map<Printer, string> {
  const byAddress = Map.groupBy(printers, ({ ip }) => ip)
  return new Map(
    printers.map((printer) => {
      const same = byAddress.get(printer.ip) ?? []
      const ports = new Set(same.map(({ port }) => port))
      const host = printer.ip.includes(':') && ports.size > 1 ? `[${printer.ip}]` : printer.ip
      const port = ports.size > 1 ? `:${printer.port}` : ''
      const isShared = same.filter(({ port }) => port === printer.port).length > 1
      return [printer, cleanText(`${host}${port}${isShared ? `#${printer.printer_index}` : ''}`)]
    }),
  )
}
