import { findNearest } from '../model/nearest.ts'
import { PrinterSchema } from '../model/printer.ts'

/** What a filter or a column needs to know of a field: its type, and what lies inside it. */
export type FieldNode =
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, FieldNode> }
  | { readonly kind: 'list'; readonly item: FieldNode }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'text' | 'number' | 'any' }

export type ObjectNode = Extract<FieldNode, { kind: 'object' }>

/** The parts of JSON Schema that PrinterSchema uses. */
interface JsonSchema {
  type?: string
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  enum?: string[]
  anyOf?: JsonSchema[]
}

function describeSchema(schema: JsonSchema): FieldNode {
  if (schema.anyOf) return describeSchema(schema.anyOf.find((option) => option.type !== 'null') ?? {})
  if (schema.enum) return { kind: 'enum', values: schema.enum }
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(([name, field]) => [name, describeSchema(field)] as const)
    return { kind: 'object', fields: new Map(fields) }
  }
  if (schema.items) return { kind: 'list', item: describeSchema(schema.items) }
  if (schema.type === 'integer' || schema.type === 'number') return { kind: 'number' }
  return { kind: schema.type === 'string' ? 'text' : 'any' }
}

/** The fields of a printer, read off PrinterSchema, in schema order. */
export const PRINTER_FIELDS = describeSchema(PrinterSchema as JsonSchema) as ObjectNode

/** What people call a field that has another name here. */
const SYNONYMS: Record<string, string> = {
  address: 'ip',
  host: 'hostname',
  id: 'device_id',
  mac: 'mac_address',
  vendor: 'manufacturer',
  make: 'manufacturer',
  maker: 'manufacturer',
  brand: 'manufacturer',
  printer: 'model',
  version: 'firmware',
  state: 'status',
  pages: 'page_count',
  toner: 'supplies.toner',
  ink: 'supplies.ink',
  colour: 'color',
  uptime: 'uptime_seconds',
}

/** The name out of `known` that `name` was most likely meant to be; null when nothing is near. */
export function findNearestName(name: string, known: readonly string[]): string | null {
  const wanted = name.toLowerCase()
  const synonym = Object.hasOwn(SYNONYMS, wanted) ? SYNONYMS[wanted] : undefined
  if (synonym && known.includes(synonym.split('.')[0] as string)) return synonym
  return (
    findNearest(wanted, known) ?? known.find((candidate) => wanted.length >= 3 && candidate.includes(wanted)) ?? null
  )
}
