import { decodeText } from '../mib/character-set.ts'
import { cleanDeviceText } from '../mib/device-text.ts'
import { HOST_RESOURCES_MIB, IF_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { UTF_16_SETS } from '../mib/iana-charset.ts'
import { PORT_MONITOR_MIB } from '../mib/port-monitor.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import { remember } from '../model/remember.ts'
import type { SnmpValue } from '../snmp/value.ts'

const MAX_INDEX_PARTS = 4
/** A fleet answers with the same few thousand OIDs. */
const MOST_PLACES = 16_384
const KNOWN_COLUMNS = new Set<string>(
  [SNMPV2_MIB, IF_MIB, HOST_RESOURCES_MIB, PRINTER_MIB, PORT_MONITOR_MIB].flatMap((mib) => Object.values(mib)),
)

const PRINTER_COLUMNS = new Set<string>(Object.values(PRINTER_MIB))

/** Printer-MIB columns but those of prtGeneralTable: hrDeviceIndex and a row. Some agents leave the device out. */
const TWO_INDEX_COLUMNS = new Set<string>(
  Object.values(PRINTER_MIB).filter((column) => !column.startsWith('1.3.6.1.2.1.43.5.')),
)

/** A cell's value with the OID it was read from. */
export interface Cell {
  oid: string
  value: SnmpValue
}

/** A reading's values as the tables they come from, with text decoded as the device wrote it. */
export class Tables {
  readonly values: ReadonlyMap<string, SnmpValue>
  /** Column OID -> index behind it ("1.3") -> cell. */
  private readonly columns = new Map<string, Map<string, Cell>>()

  constructor(values: ReadonlyMap<string, SnmpValue>) {
    this.values = values
    for (const [oid, value] of values) {
      const place = placeOf(oid)
      if (!place) continue
      let cells = this.columns.get(place.column)
      if (!cells) {
        cells = new Map()
        this.columns.set(place.column, cells)
      }
      cells.set(place.index, { oid, value })
    }
  }

  column(oid: string): ReadonlyMap<string, Cell> {
    return this.columns.get(oid) ?? new Map()
  }

  cell(column: string, index: string): Cell | undefined {
    return this.columns.get(column)?.get(index)
  }

  /** A whole number; null when the cell is missing or no number. Counters and gauges are numbers too. */
  number(column: string, index: string): number | null {
    return numberOf(this.cell(column, index)?.value)
  }

  /** The same for an object of type Integer32; agents that send -3 as an unsigned number mean the same bits. */
  signed(column: string, index: string): number | null {
    const value = this.number(column, index)
    return value !== null && value > 0x7fffffff && value <= 0xffffffff ? value | 0 : value
  }

  bytes(column: string, index: string): Uint8Array | null {
    const value = this.cell(column, index)?.value
    return value?.type === 'octets' ? value.value : null
  }

  /** Decoded, cleaned text; null when the cell is missing, no text, or empty. */
  text(column: string, index: string, charset: number | null): string | null {
    return textOf(this.cell(column, index)?.value, charset)
  }

  /** The row numbers of a table under one hrDeviceIndex, ascending: every index that any of the columns has. */
  rows(columns: readonly string[], device: number): number[] {
    const prefix = `${device}.`
    const rows = new Set<number>()
    for (const column of columns) {
      for (const index of this.column(column).keys()) {
        if (!index.startsWith(prefix)) continue
        const row = Number(index.slice(prefix.length))
        if (Number.isInteger(row)) rows.add(row)
      }
    }
    return [...rows].sort((a, b) => a - b)
  }
}

interface Place {
  column: string
  index: string
}

/** The known column that an OID is a cell of, and its index there; null for any other. */
const placeOf = remember((oid): Place | null => {
  let cut = oid.length
  for (let dots = 0; dots < MAX_INDEX_PARTS; dots++) {
    cut = oid.lastIndexOf('.', cut - 1)
    if (cut < 0) return null
    const column = oid.slice(0, cut)
    if (KNOWN_COLUMNS.has(column)) return { column, index: indexOf(oid.slice(cut + 1), dots, column) }
  }
  return null
}, MOST_PLACES)

/** The index as it should be: some agents leave hrDeviceIndex out of the Printer-MIB, and some say 0, which is none. */
function indexOf(index: string, dots: number, column: string): string {
  if (!PRINTER_COLUMNS.has(column)) return index
  if (dots === 0) return TWO_INDEX_COLUMNS.has(column) ? `1.${index}` : index === '0' ? '1' : index
  return index.startsWith('0.') ? `1${index.slice(1)}` : index
}

export function numberOf(value: SnmpValue | undefined): number | null {
  switch (value?.type) {
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeticks':
      return value.value
    case 'counter64':
      return value.value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value.value) : null
    default:
      return null
  }
}

/**
 * Printable ASCII with single spaces, and no bytes spelled in hexadecimal: most texts are, and need no decoding. But where
 * UTF-16 is declared, two such characters may be one.
 */
const PLAIN = /^(?!0x|[\da-f]{2}[ :-])[!-~]+(?: [!-~]+)*$/i
const MAX_PLAIN = 256

function latin1Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}

export function textOf(value: SnmpValue | undefined, charset: number | null): string | null {
  if (value?.type !== 'octets') return null
  if (value.value.length <= MAX_PLAIN && UTF_16_SETS[charset ?? 0] === undefined) {
    const text = latin1Of(value.value)
    if (PLAIN.test(text)) return text
  }
  return cleanDeviceText(decodeText(value.value, charset).text) || null
}
