import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { AlertSchema, PrinterSchema } from '../../src/core/model/printer.ts'
import { compareOids, indexBehind, isOid, isWithin } from '../../src/core/snmp/oid.ts'
import { parseRecording } from '../../src/core/snmp/recording.ts'

const FOLDER = import.meta.dirname

/** What an expectation may hold: any field of a printer; an alert without the texts that the device does not give. */
const ExpectedSchema = Type.Array(
  Type.Partial(
    Type.Object({
      ...PrinterSchema.properties,
      alerts: Type.Array(Type.Partial(AlertSchema, { additionalProperties: false })),
    }),
    { additionalProperties: false },
  ),
  { minItems: 1 },
)

/** Fields that every expectation states. */
const STATED = [
  ...['manufacturer', 'model', 'serial', 'firmware', 'hostname', 'mac_address', 'location', 'contact', 'asset_number'],
  ...['device_id', 'printer_index', 'status', 'detected_error_state', 'page_count', 'supplies', 'trays', 'outputs'],
  ...['covers', 'alerts', 'console_text', 'uptime_seconds'],
]

/** Tables whose rows must all be named in the expectation, each with the column that every row has. */
const TABLES = {
  covers: '1.3.6.1.2.1.43.6.1.1.3',
  trays: '1.3.6.1.2.1.43.8.2.1.2',
  outputs: '1.3.6.1.2.1.43.9.2.1.2',
  supplies: '1.3.6.1.2.1.43.11.1.1.5',
} as const

const HR_DEVICE_PRINTER = '1.3.6.1.2.1.25.3.1.5'

const filesIn = (room: string, ending: string) =>
  readdirSync(join(FOLDER, room))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
const readText = (room: string, file: string) => readFileSync(join(FOLDER, room, file), 'utf8')
const readExpected = (name: string) =>
  JSON.parse(readText('printers', `${name}.expected.json`)) as Static<typeof ExpectedSchema>

/** What is wrong with one value, by the type in front of it; empty when nothing is. */
function judgeValue(type: string, value: string): string {
  const inRange = (least: bigint, most: bigint) => {
    const digits = /^(0|-?[1-9]\d*)$/.test(value)
    return digits && BigInt(value) >= least && BigInt(value) <= most ? '' : 'number'
  }
  switch (type) {
    case '2':
      return inRange(-(2n ** 31n), 2n ** 31n - 1n)
    case '4':
      return /^([!-~]([ -~]*[!-~])?)?$/.test(value) ? '' : 'text that belongs in hex'
    case '4x':
      return /^([0-9A-F]{2})+$/.test(value) ? '' : 'hex'
    case '6':
      return isOid(value) ? '' : 'object identifier'
    case '64':
      return /^(192\.0\.2|127\.0\.0|255\.\d+\.\d+)\.\d+$/.test(value) ? '' : 'address outside 192.0.2.0/24'
    case '65':
    case '66':
    case '67':
      return inRange(0n, 2n ** 32n - 1n)
    case '70':
      return inRange(0n, 2n ** 64n - 1n)
    default:
      return 'type'
  }
}

/** What is wrong with the form of a recording, as `LINE: WHAT`. */
function judgeForm(text: string): string[] {
  const wrong: string[] = []
  if (!text.endsWith('\n')) wrong.push('end: no line break')
  let before = ''
  for (const [i, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const [oid = '', type = '', ...rest] = line.split('|')
    const fault = isOid(oid) && rest.length === 1 ? judgeValue(type, rest[0] as string) : 'not OID|type|value'
    if (fault !== '') wrong.push(`${i + 1}: ${fault}`)
    if (before !== '' && compareOids(before, oid) >= 0) wrong.push(`${i + 1}: not behind the line before`)
    before = oid
  }
  return wrong
}

const printers = filesIn('printers', '.snmprec')
const others = filesIn('others', '.snmprec')

describe('the form check', () => {
  it('accepts the types and the order of a walk', () => {
    expect(judgeForm('1.3.6.1.9|4|\n1.3.6.1.9.1|4x|00FF\n1.3.6.1.10|2|-3\n1.3.6.1.10.2|64|192.0.2.1\n')).toEqual([])
  })

  it.each([
    ['1.3.6.1.10|2|1\n1.3.6.1.9|2|1\n', '2: not behind the line before'],
    ['1.3.6.1.9|2|1\n1.3.6.1.9|2|1\n', '2: not behind the line before'],
    ['1.3.6.1.9|2\n', '1: not OID|type|value'],
    ['1.3.6.1.9|65|-1\n', '1: number'],
    ['1.3.6.1.9|4x|0F0\n', '1: hex'],
    ['1.3.6.1.9|4| padded\n', '1: text that belongs in hex'],
    ['1.3.6.1.9|64|10.0.0.1\n', '1: address outside 192.0.2.0/24'],
    ['1.3.6.1.9|3|1\n', '1: type'],
    ['1.3.6.1.9|2|1', 'end: no line break'],
  ])('finds what is wrong in %j', (text, fault) => {
    expect(judgeForm(text)).toContain(fault)
  })
})

describe.each([
  ...printers.map((name) => ['printers', name] as const),
  ...others.map((name) => ['others', name] as const),
])('%s/%s.snmprec', (room, name) => {
  const text = readText(room, `${name}.snmprec`)

  it('has parsable rows in walk order', () => {
    expect(judgeForm(text)).toEqual([])
  })

  it('is read by the recording reader, row for row', () => {
    expect(parseRecording(text, name).values.size).toBe(text.trimEnd().split('\n').length)
  })

  it('says what the device is and how long it has been up', () => {
    for (const object of ['1|4', '2|6', '3|67', '5|4'])
      expect(text).toContain(`1.3.6.1.2.1.1.${object.replace('|', '.0|')}`)
  })
})

describe('expectations', () => {
  it('stand beside every printer, and only there', () => {
    expect(filesIn('printers', '.expected.json')).toEqual(printers)
    expect(filesIn('others', '.expected.json')).toEqual([])
    expect(printers.length).toBeGreaterThanOrEqual(18)
    expect(others.length).toBeGreaterThanOrEqual(4)
  })

  it.each(printers)('%s: matches the schema and states what it should', (name) => {
    const expected = readExpected(name)
    expect(Value.Errors(ExpectedSchema, expected)).toEqual([])
    for (const printer of expected) {
      for (const field of STATED) expect(printer, field).toHaveProperty(field)
      expect(printer.device_id).toBe(printer.serial ?? printer.mac_address)
    }
  })

  it.each(printers)('%s: names every supply, tray, bin, cover and listed alert of the recording', (name) => {
    const { values } = parseRecording(readText('printers', `${name}.snmprec`), name)
    const rowsOf = (column: string, device: number | undefined, keep: (value: unknown) => boolean = () => true) =>
      [...values]
        .filter(([oid, value]) => isWithin(oid, column) && 'value' in value && keep(value.value))
        .map(([oid]) => indexBehind(oid, column))
        // some agents leave out the hrDeviceIndex, which is then 1
        .map((index) => (index.length === 1 ? [1, ...index] : index))
        .filter(([deviceIndex]) => deviceIndex === device)
        .map(([, row]) => row)
    const expected = readExpected(name)
    for (const printer of expected) {
      for (const table of Object.keys(TABLES) as (keyof typeof TABLES)[]) {
        const named = printer[table]?.map((row) => row.index)
        expect(named, table).toEqual(rowsOf(TABLES[table], printer.printer_index))
      }
      const listed = rowsOf('1.3.6.1.2.1.43.18.1.1.2', printer.printer_index, (severity) => severity !== 1)
      expect(printer.alerts?.map((alert) => alert.index)).toEqual(listed)
    }
    const devices = [...values].filter(([, value]) => value.type === 'oid' && value.value === HR_DEVICE_PRINTER)
    if (devices.length > 0) expect(devices).toHaveLength(expected.length)
  })
})

it('the other devices have no Printer-MIB, the hosts with print queues included', () => {
  for (const name of others) {
    const { values } = parseRecording(readText('others', `${name}.snmprec`), name)
    expect([...values.keys()].filter((oid) => isWithin(oid, '1.3.6.1.2.1.43'))).toEqual([])
    const queues = [...values.values()].some((value) => value.type === 'oid' && value.value === HR_DEVICE_PRINTER)
    expect(queues, name).toBe(name.endsWith('-print-queues'))
  }
})
