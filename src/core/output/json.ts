import type { Printer } from '../model/printer.ts'
import type { FieldPath } from './field-path.ts'
import { type FieldNode, PRINTER_FIELDS } from './field-schema.ts'

/** What JSON.stringify leaves as it is and a terminal may act on: DEL, C1, bidi and other unseen formats. */
const UNSEEN = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Printers as a JSON array, indented by 2, keys in schema order, a line break at the end; a piece for each printer. */
export function* formatJson(printers: readonly Printer[], columns: readonly FieldPath[] | null): Generator<string> {
  if (printers.length === 0) yield '[]\n'
  for (const [i, printer] of printers.entries()) {
    const [first] = escapeUnseen(JSON.stringify([selectFields(printer, columns)], null, 2)).split(/\n\]$/)
    yield `${i === 0 ? '' : ',\n'}${i === 0 ? first : first?.slice('[\n'.length)}`
    if (i === printers.length - 1) yield '\n]\n'
  }
}

/** One printer as one line of JSON, with its line break. */
export function formatJsonLine(printer: Printer, columns: readonly FieldPath[] | null): string {
  return `${escapeUnseen(JSON.stringify(selectFields(printer, columns)))}\n`
}

/**
 * The whole printer, or an object with the columns as keys: a value where the path leads to one (null when absent), an
 * array where it may lead to several.
 */
function selectFields(printer: Printer, columns: readonly FieldPath[] | null): unknown {
  if (!columns) return orderKeys(printer, PRINTER_FIELDS)
  return Object.fromEntries(
    columns.map((path) => {
      const values = path
        .read(printer)
        .map((value) => orderKeys(value, path.node.kind === 'list' ? path.node.item : path.node))
      return [path.text, path.many || path.node.kind === 'list' ? values : (values[0] ?? null)]
    }),
  )
}

/** Keys in schema order; keys that the schema does not know stay, behind the others. */
function orderKeys(value: unknown, node: FieldNode | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => orderKeys(item, node?.kind === 'list' ? node.item : undefined))
  if (typeof value !== 'object' || value === null || node?.kind !== 'object') return value
  const ordered: Record<string, unknown> = {}
  for (const [key, field] of node.fields) {
    if (Object.hasOwn(value, key)) ordered[key] = orderKeys(value[key as never], field)
  }
  for (const key of Object.keys(value)) if (!node.fields.has(key)) ordered[key] = value[key as never]
  return ordered
}

/** JSON without what a terminal may act on: it only stands inside strings, where an escape means the same. */
export function escapeUnseen(json: string): string {
  return json.replace(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
