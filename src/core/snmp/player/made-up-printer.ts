import { compareOids } from '../oid.ts'
import type { Recording } from '../recording.ts'
import type { SnmpValue } from '../value.ts'

/** A printer that exists nowhere, in the words of whoever makes it up. */
export interface MadeUpPrinter {
  /** sysDescr and sysObjectID: what the maker puts there. */
  readonly description: string
  readonly object_id: string
  /** With the name of the maker, as hrDeviceDescr has it. */
  readonly model: string
  readonly serial: string
  /** Twelve hex digits. */
  readonly mac: string
  readonly name: string
  readonly location: string
  readonly pages: number
  readonly supplies: readonly MadeUpSupply[]
  readonly trays: readonly MadeUpTray[]
}

export interface MadeUpSupply {
  readonly kind: keyof typeof SUPPLY_TYPES
  readonly color?: string
  /** As the device calls it. */
  readonly name: string
  /** 0 to 100; of a waste box the room that is left. */
  readonly percent: number
}

export interface MadeUpTray {
  readonly name: string
  readonly media: string
  readonly capacity: number
  readonly sheets: number
}

/** PrtMarkerSuppliesTypeTC. */
const SUPPLY_TYPES = { toner: 21, ink: 6, waste_toner: 4, waste_ink: 8, drum: 9, fuser: 15, transfer: 20 } as const
/** PrtMarkerSuppliesClassTC. */
const CLASS = { consumed: 3, receptacle: 4 } as const
const HR_DEVICE_PRINTER = '1.3.6.1.2.1.25.3.1.5'
/** 1/100 s: eleven days. */
const UP_TIME = 95_040_000

const integer = (value: number): SnmpValue => ({ type: 'integer', value })
const counter = (value: number): SnmpValue => ({ type: 'counter32', value })
const text = (value: string): SnmpValue => ({ type: 'octets', value: Buffer.from(value) })
const hex = (value: string): SnmpValue => ({ type: 'octets', value: Buffer.from(value, 'hex') })
const oid = (value: string): SnmpValue => ({ type: 'oid', value })
const ticks = (value: number): SnmpValue => ({ type: 'timeticks', value })

/**
 * What such a printer answers: the objects of RFC 1213 (system, interfaces), RFC 2790 and RFC 3805 that say what it is and
 * how it is, one marker, no objects of a maker's own.
 */
export function makeUpPrinter(printer: MadeUpPrinter): Recording {
  const values = new Map<string, SnmpValue>()
  /** The columns of one row, each by its number. */
  const row = (table: string, index: string, columns: Readonly<Record<number, SnmpValue>>) => {
    for (const [column, value] of Object.entries(columns)) values.set(`${table}.${column}.${index}`, value)
  }
  describeDevice(printer, row)
  for (const [i, tray] of printer.trays.entries()) {
    row('1.3.6.1.2.1.43.8.2.1', `1.${i + 1}`, {
      2: integer(3),
      8: integer(8),
      9: integer(tray.capacity),
      10: integer(tray.sheets),
      11: integer(0),
      12: text(tray.media),
      13: text(tray.name),
      18: text(`${tray.capacity}-sheet tray`),
    })
  }
  const colors = [...new Set(printer.supplies.flatMap(({ color }) => color ?? []))]
  for (const [i, color] of colors.entries()) {
    row('1.3.6.1.2.1.43.12.1.1', `1.${i + 1}`, { 2: integer(1), 3: integer(3), 4: text(color) })
  }
  for (const [i, { kind, color, name, percent }] of printer.supplies.entries()) {
    row('1.3.6.1.2.1.43.11.1.1', `1.${i + 1}`, {
      2: integer(1),
      3: integer(color === undefined ? 0 : colors.indexOf(color) + 1),
      4: integer(kind.startsWith('waste_') ? CLASS.receptacle : CLASS.consumed),
      5: integer(SUPPLY_TYPES[kind]),
      6: text(name),
      7: integer(19),
      8: integer(100),
      9: integer(percent),
    })
  }
  return { name: printer.name, values, oids: [...values.keys()].sort(compareOids), skipped: 0 }
}

type Row = (table: string, index: string, columns: Readonly<Record<number, SnmpValue>>) => void

function describeDevice(printer: MadeUpPrinter, row: Row): void {
  row('1.3.6.1.2.1.1', '0', {
    1: text(printer.description),
    2: oid(printer.object_id),
    3: ticks(UP_TIME),
    5: text(printer.name),
    6: text(printer.location),
    7: integer(72),
  })
  row('1.3.6.1.2.1.2.2.1', '1', { 1: integer(1), 2: text('eth0'), 3: integer(6), 6: hex(printer.mac) })
  row('1.3.6.1.2.1.25.1', '0', { 1: ticks(UP_TIME) })
  row('1.3.6.1.2.1.25.3.2.1', '1', {
    1: integer(1),
    2: oid(HR_DEVICE_PRINTER),
    3: text(printer.model),
    4: oid('0.0'),
    5: integer(2),
    6: counter(0),
  })
  row('1.3.6.1.2.1.25.3.5.1', '1', { 1: integer(3), 2: hex('0000') })
  row('1.3.6.1.2.1.43.5.1.1', '1', {
    1: counter(4),
    2: integer(1),
    3: integer(3),
    16: text(printer.name),
    17: text(printer.serial),
  })
  row('1.3.6.1.2.1.43.6.1.1', '1.1', { 2: text('Front Door'), 3: integer(4) })
  row('1.3.6.1.2.1.43.7.1.1', '1.1', { 2: text('en'), 3: text('US'), 4: integer(106) })
  row('1.3.6.1.2.1.43.9.2.1', '1.1', {
    2: integer(4),
    3: integer(8),
    4: integer(250),
    5: integer(-2),
    6: integer(0),
    7: text('Output bin'),
  })
  row('1.3.6.1.2.1.43.10.2.1', '1.1', {
    2: integer(4),
    3: integer(7),
    4: counter(printer.pages),
    5: counter(122),
    15: integer(0),
  })
  row('1.3.6.1.2.1.43.16.5.1', '1.1', { 2: text('Ready') })
}
