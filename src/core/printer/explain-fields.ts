import { SNMPV2_MIB } from '../mib/host-resources.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import type { Evidence } from '../model/printer.ts'
import type { SnmpValue } from '../snmp/value.ts'
import { type Cell, type Tables, textOf } from './tables.ts'

export type Tried = Evidence['tried'][number]

/** Why a value that stands in one object was believed; `object` is the object's name in its MIB. */
type Reason = (value: unknown, raw: SnmpValue | undefined, object: string) => string
/** A field, the objects it may stand in (the first with a value was taken), and why it was believed. */
export type FieldRow = readonly [field: string, columns: readonly string[], reason: Reason]

export const ABSENT = 'not there'

export const asText: Reason = (value, raw, object) => {
  if (!raw) return `${object} is ${ABSENT}`
  if (value === null) return `${object} is ${raw.type === 'octets' ? 'empty' : 'no text'}`
  return `${object}, ${value === plainText(raw) ? 'as it stands' : 'decoded and cleaned'}`
}
export const asNumber: Reason = (value, raw, object) => {
  if (!raw) return `${object} is ${ABSENT}`
  return value === null ? `${object} ${wordCode(raw)}` : `${object}, as it stands`
}
export const asOid: Reason = (value, raw, object) =>
  raw && value === null ? `${object} is no object identifier` : asNumber(value, raw, object)
export const asName: Reason = (value, raw, object) => {
  if (!raw) return `${object} is ${ABSENT}${value === null ? '' : `: taken for ${value}`}`
  const text = describeValue(raw)
  return value === null || value === text
    ? `${object} ${text} is no number that has a name`
    : `${object} ${text} is ${value}`
}
export const asIndex: Reason = (value, raw, object) =>
  raw && value === null ? `${object} ${describeValue(raw)} is no row` : asNumber(value, raw, object)
export const asAlertText: Reason = (value, raw, object) =>
  textOf(raw, null) === null
    ? `${asText(null, raw, object)}: composed of its code and what it speaks of`
    : asText(value, raw, object)
export const asSupplyName: Reason = (value, raw, object) =>
  typeof value === 'string' && value !== plainText(raw) && plainText(raw)?.includes(value)
    ? `${object} without part number and serial number`
    : asText(value, raw, object)
export const asPart: Reason = (_value, _raw, object) => `cut out of ${object}`

/** What stands in the objects of one printer. */
export class Look {
  readonly tables: Tables
  readonly device: number

  constructor(tables: Tables, device: number) {
    this.tables = tables
    this.device = device
  }

  cell(column: string, row: number): Cell | undefined {
    return this.tables.cell(column, `${this.device}.${row}`)
  }

  number(column: string, row: number): number | null {
    return this.tables.signed(column, `${this.device}.${row}`)
  }

  /** The OID a cell was read from, which may lack the device's index or say 0. */
  at(column: string, row: number): string {
    return this.cell(column, row)?.oid ?? `${column}.${this.device}.${row}`
  }

  read(field: string, value: unknown, source: string, reason: string, tried: Tried[] = []): Evidence {
    return { field, value, source, raw: this.raw(source), reason, tried }
  }

  tried(source: string, reason: string): Tried {
    return { source, raw: this.raw(source), reason }
  }

  private raw(oid: string): string | null {
    return describeValue(this.tables.values.get(oid))
  }
}

/** Fields that stand in one object each; those that a row does not have are left out. */
export function explainColumns(look: Look, row: object, index: string, fields: readonly FieldRow[]): Evidence[] {
  return fields.flatMap(([field, columns, reason]) => {
    const value = (row as Record<string, unknown>)[field]
    if (value === undefined) return []
    const cells = columns.map((column) => ({
      object: OBJECT_NAMES.get(column) ?? column,
      oid: `${column}.${index}`,
      ...look.tables.cell(column, index),
    })) as [NamedCell, ...NamedCell[]]
    const taken = cells.find((cell) => textOf(cell.value, null) !== null) ?? cells[0]
    const tried = cells
      .filter((cell) => cell !== taken)
      .map(({ object, oid, value: raw }) => {
        const reason =
          textOf(raw, null) === null ? asText(null, raw, object) : `${object}, but another object comes first`
        return look.tried(oid, reason)
      })
    return look.read(field, value, taken.oid, reason(value, taken.value, taken.object), tried)
  })
}

interface NamedCell {
  object: string
  oid: string
  value?: SnmpValue
}

export const OBJECT_NAMES: ReadonlyMap<string, string> = new Map(
  [SNMPV2_MIB, PRINTER_MIB].flatMap((mib) => Object.entries<string>(mib).map(([name, oid]) => [oid, name])),
)

/** Levels and capacities below zero (RFC 3805). */
export const LEVEL_CODES: Readonly<Record<number, string>> = {
  [-1]: '-1: no limit (RFC 3805)',
  [-2]: '-2: unknown (RFC 3805)',
  [-3]: '-3: at least something, no number (RFC 3805)',
}

export function unread(field: string, value: unknown, reason: string): Evidence {
  return { field, value, source: null, raw: null, reason, tried: [] }
}

/** `-2: unknown (RFC 3805)`; of what is no code, that it is no quantity. */
function wordCode(raw: SnmpValue): string {
  const number = 'value' in raw && typeof raw.value === 'number' ? raw.value | 0 : 0
  return LEVEL_CODES[number] ?? `${describeValue(raw)} is no quantity`
}

/** The bytes as they are, for comparing with what was made of them. */
function plainText(raw: SnmpValue | undefined): string | null {
  return raw?.type === 'octets' ? Buffer.from(raw.value).toString('latin1') : null
}

/** A raw answer in one line: text as text, other bytes in hex. */
export function describeValue(value: SnmpValue | undefined): string | null {
  if (!value) return null
  if (value.type === 'octets' || value.type === 'opaque') {
    const bytes = Buffer.from(value.value)
    const text = bytes.toString('latin1')
    return /^[\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : `0x${bytes.toString('hex')}`
  }
  return 'value' in value ? String(value.value) : value.type
}
