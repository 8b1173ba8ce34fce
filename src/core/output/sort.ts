import { PrintMasterError } from '../model/error.ts'
import type { Printer } from '../model/printer.ts'
import { type FieldPath, parseFieldPath } from './field-path.ts'
import { compareNaturally } from './natural-order.ts'

export type PrinterOrder = (a: Printer, b: Printer) => number

/** The default order: address, port, printer index. */
export function compareByAddress(a: Printer, b: Printer): number {
  return compareNaturally(a.ip, b.ip) || a.port - b.port || a.printer_index - b.printer_index
}

/**
 * `--sort field[,-field]`: addresses and numbers by value, texts in natural order, `-` turns a field around, null stays
 * last either way. A field over a list counts with its smallest value, with `-` its largest. Ties go by address.
 * Raises PrintMasterError `bad_flag`.
 */
export function parseSort(text: string): PrinterOrder {
  if (text.length > 2000) throw new PrintMasterError('bad_flag', '--sort is longer than 2,000 characters')
  const keys = text.split(',').map((part) => {
    const field = part.trim()
    const descending = field.startsWith('-')
    const path = parseFieldPath(descending ? field.slice(1) : field, '--sort', 'bad_flag')
    if ((path.node.kind === 'list' ? path.node.item : path.node).kind === 'object') {
      throw new PrintMasterError('bad_flag', `--sort: ${path.text} is not a single value; name one of its fields`)
    }
    return { path, direction: descending ? -1 : 1 }
  })
  return (a, b) => {
    for (const { path, direction } of keys) {
      const x = findFirst(path, a, direction)
      const y = findFirst(path, b, direction)
      if (x === null && y === null) continue
      if (x === null || y === null) return x === null ? 1 : -1
      const order = compareNaturally(x, y) * direction
      if (order !== 0) return order
    }
    return compareByAddress(a, b)
  }
}

function findFirst(path: FieldPath, printer: Printer, direction: number): string | number | null {
  let first: string | number | null = null
  for (const value of path.read(printer)) {
    if (value === null) continue
    const key = typeof value === 'number' ? value : String(value)
    if (first === null || compareNaturally(key, first) * direction < 0) first = key
  }
  return first
}
