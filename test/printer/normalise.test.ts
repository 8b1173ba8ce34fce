import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { HOST_RESOURCES_MIB, IF_MIB, SNMPV2_MIB } from '../../src/core/mib/host-resources.ts'
import { PORT_MONITOR_MIB } from '../../src/core/mib/port-monitor.ts'
import { PRINTER_MIB } from '../../src/core/mib/printer-mib.ts'
import { type Level, type Printer, PrinterSchema } from '../../src/core/model/printer.ts'
import { normalise } from '../../src/core/printer/normalise.ts'
import { privateScalars } from '../../src/core/printer/plan.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'
import { fixtureNames, normaliseFixture, readFixture, readingOf } from '../recordings/printer-fixture.ts'

const schema = Compile(PrinterSchema)
const RUNS = 3000

const columns = [SNMPV2_MIB, IF_MIB, HOST_RESOURCES_MIB, PRINTER_MIB, PORT_MONITOR_MIB].flatMap((mib) =>
  Object.values<string>(mib),
)
const id = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom(0xffffffff, 0x7fffffff, 100_000))
const oid = fc.oneof(
  fc
    .tuple(fc.constantFrom(...columns), fc.array(id, { maxLength: 3 }))
    .map(([column, index]) => [column, ...index].join('.')),
  fc.constantFrom(...MAKERS.flatMap(privateScalars)),
)
const unsigned32 = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 200 }))
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
  fc.constantFrom('MFG:HP;MDL:X;SN:1', 'MDL:', 'Sleep', ';;;', 'HP', '\x1b[31m').map((text) => Buffer.from(text)),
)
const value: fc.Arbitrary<SnmpValue> = fc.oneof(
  fc.record({
    type: fc.constant('integer' as const),
    value: fc.oneof(fc.integer({ min: -5, max: 110 }), fc.integer()),
  }),
  fc.record({ type: fc.constant('octets' as const), value: octets }),
  fc.record({
    type: fc.constant('oid' as const),
    value: fc.constantFrom('0.0', '1.3.6.1.2.1.25.3.1.5', '1.3.6.1.4.1.11.2.3.9.1', '1.3.6.1.4.1.236.11.5.1'),
  }),
  fc.record({ type: fc.constantFrom('counter32', 'gauge32', 'timeticks'), value: unsigned32 }),
  fc.record({ type: fc.constant('counter64' as const), value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }),
  fc.record({ type: fc.constant('ip' as const), value: fc.constant('192.0.2.1') }),
  fc.record({ type: fc.constant('opaque' as const), value: octets }),
  fc.record({ type: fc.constant('null' as const) }),
)
const values = fc.array(fc.tuple(oid, value), { maxLength: 60 }).map((entries) => new Map(entries))

function levelsOf({ supplies, trays, outputs }: Printer): Level[] {
  return [...supplies, ...trays, ...outputs].map(({ level }) => level)
}

function checkPrinters(printers: readonly Printer[]): void {
  expect(printers.length).toBeGreaterThan(0)
  for (const printer of printers) {
    if (!schema.Check(printer)) throw new Error(JSON.stringify([Value.Errors(PrinterSchema, printer)[0], printer]))
    for (const { state, percent } of levelsOf(printer)) expect(percent !== undefined).toBe(state === 'percent')
    // the maker's own objects may give the number that the Printer-MIB keeps back
    const isPrivate = MAKERS.some(({ name, supply_levels }) => name === printer.profile && supply_levels !== undefined)
    for (const { remaining, level } of [...(isPrivate ? [] : printer.supplies), ...printer.trays, ...printer.outputs]) {
      if (remaining === null) expect(level.percent).toBeUndefined()
    }
  }
}

describe('normalise', () => {
  it.each(fixtureNames('printers'))('%s keeps to the schema', (name) => {
    checkPrinters(normaliseFixture(name))
  })

  it('takes whatever values a reading holds', () => {
    fc.assert(
      fc.property(values, (reading) => checkPrinters(normalise(readingOf(reading)))),
      { numRuns: RUNS },
    )
  })

  it('takes a real reading in which values were replaced', () => {
    const real = fixtureNames('printers').map((name) => [...readFixture('printers', name).values])
    const changes = fc.array(fc.tuple(fc.nat(), value), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.constantFrom(...real), changes, (entries, replaced) => {
        const reading = new Map(entries)
        for (const [at, other] of replaced) reading.set((entries[at % entries.length] as [string, SnmpValue])[0], other)
        checkPrinters(normalise(readingOf(reading)))
      }),
      { numRuns: RUNS / 4 },
    )
  })

  it('makes no number of "some", whatever the maximum and the unit are', () => {
    const cell = fc.option(value)
    fc.assert(
      fc.property(cell, cell, fc.boolean(), (maximum, unit, isUnsigned) => {
        const some: SnmpValue = isUnsigned ? { type: 'gauge32', value: 4294967293 } : { type: 'integer', value: -3 }
        const reading = new Map<string, SnmpValue>([[`${PRINTER_MIB.prtMarkerSuppliesLevel}.1.1`, some]])
        if (maximum) reading.set(`${PRINTER_MIB.prtMarkerSuppliesMaxCapacity}.1.1`, maximum)
        if (unit) reading.set(`${PRINTER_MIB.prtMarkerSuppliesSupplyUnit}.1.1`, unit)
        const supplies = normalise(readingOf(reading))[0]?.supplies
        expect(supplies).toMatchObject([{ index: 1, level: { state: 'some' }, remaining: null }])
      }),
    )
  })

  it('gives per cents from 0 to 100 for whatever numbers meet in one row', () => {
    const near = fc.oneof(fc.integer({ min: -4, max: 300 }), fc.integer(), fc.constantFrom(0xfffffffd, 0xfffffffe))
    const number = near.map((each): SnmpValue => ({ type: each > 0x7fffffff ? 'gauge32' : 'integer', value: each }))
    const sysObjectId = fc.constantFrom(...MAKERS.flatMap(({ sys_object_ids }) => sys_object_ids))
    fc.assert(
      fc.property(sysObjectId, number, number, number, number, (id, maximum, level, unit, kind) => {
        const reading = new Map<string, SnmpValue>([
          ['1.3.6.1.2.1.1.2.0', { type: 'oid', value: id }],
          [`${PRINTER_MIB.prtMarkerSuppliesMaxCapacity}.1.1`, maximum],
          [`${PRINTER_MIB.prtMarkerSuppliesLevel}.1.1`, level],
          [`${PRINTER_MIB.prtMarkerSuppliesSupplyUnit}.1.1`, unit],
          [`${PRINTER_MIB.prtMarkerSuppliesClass}.1.1`, kind],
          [`${PRINTER_MIB.prtInputMaxCapacity}.1.1`, maximum],
          [`${PRINTER_MIB.prtInputCurrentLevel}.1.1`, level],
          [`${PRINTER_MIB.prtOutputMaxCapacity}.1.1`, maximum],
          [`${PRINTER_MIB.prtOutputRemainingCapacity}.1.1`, level],
        ])
        const printers = normalise(readingOf(reading))
        checkPrinters(printers)
        const isCode = 'value' in level && ((level.value as number) < 0 || (level.value as number) > 0x7fffffff)
        for (const { percent } of levelsOf(printers[0] as Printer)) if (isCode) expect(percent).toBeUndefined()
      }),
      { numRuns: RUNS },
    )
  })

  it('gives the same printers for the same reading', () => {
    fc.assert(
      fc.property(values, (reading) => {
        expect(normalise(readingOf(reading))).toEqual(normalise(readingOf(reading)))
      }),
      { numRuns: 50 },
    )
  })

  const octets = (text: string): SnmpValue => ({ type: 'octets', value: Buffer.from(text) })

  it('takes a colorant that is no colour for none, and lets the name speak', () => {
    const reading = new Map<string, SnmpValue>([[`${PRINTER_MIB.prtMarkerColorantValue}.1.1`, octets('other')]])
    for (const [row, name] of ['Toner (Cyan)', 'Waste Toner Bottle'].entries()) {
      reading.set(`${PRINTER_MIB.prtMarkerSuppliesColorantIndex}.1.${row + 1}`, { type: 'integer', value: 1 })
      reading.set(`${PRINTER_MIB.prtMarkerSuppliesDescription}.1.${row + 1}`, octets(name))
    }
    expect(normalise(readingOf(reading))[0]?.supplies.map(({ color }) => color)).toEqual(['cyan', null])
  })

  it('takes hrDeviceIndex 0, which is none, for the printer itself', () => {
    const reading = new Map<string, SnmpValue>([
      [`${PRINTER_MIB.prtMarkerLifeCount}.0.1`, { type: 'counter32', value: 712 }],
      [`${PRINTER_MIB.prtMarkerSuppliesLevel}.0.1`, { type: 'integer', value: 40 }],
      [`${PRINTER_MIB.prtMarkerSuppliesMaxCapacity}.0.1`, { type: 'integer', value: 80 }],
      [`${PRINTER_MIB.prtGeneralSerialNumber}.1`, octets('CNX1Q2W3E4')],
      [`${HOST_RESOURCES_MIB.hrPrinterStatus}.1`, { type: 'integer', value: 3 }],
    ])
    const printers = normalise(readingOf(reading), MAKERS, { explain: true })
    const level = { state: 'percent', percent: 50 }
    expect(printers).toMatchObject([{ page_count: 712, serial: 'CNX1Q2W3E4', status: 'idle', supplies: [{ level }] }])
    expect(printers[0]?.evidence?.find(({ field }) => field === 'supplies[1].level')).toMatchObject({
      source: `${PRINTER_MIB.prtMarkerSuppliesLevel}.0.1`,
      raw: '40',
    })
  })

  it.each([4294967293, -3])('takes a level of %d for "some", whatever type it has', (level) => {
    for (const type of ['integer', 'gauge32', 'counter32'] as const) {
      const reading = new Map<string, SnmpValue>([
        [`${PRINTER_MIB.prtMarkerSuppliesLevel}.1.1`, { type, value: level }],
        [`${PRINTER_MIB.prtMarkerSuppliesMaxCapacity}.1.1`, { type: 'integer', value: 100 }],
        [`${PRINTER_MIB.prtInputCurrentLevel}.1.1`, { type, value: level }],
        [`${PRINTER_MIB.prtInputMaxCapacity}.1.1`, { type, value: 4294967294 }],
      ])
      const [printer] = normalise(readingOf(reading))
      expect(printer?.supplies).toMatchObject([{ level: { state: 'some' }, remaining: null }])
      expect(printer?.trays).toMatchObject([{ level: { state: 'some' }, capacity: null, remaining: null }])
    }
  })

  it('does not take a network card for a second printer because of one stray row', () => {
    const reading = new Map(readFixture('printers', 'brother-private').values)
    reading.set(`${PRINTER_MIB.prtInputCurrentLevel}.2.1`, { type: 'integer', value: -2 })
    const [expected] = normaliseFixture('brother-private')
    const printers = normalise(readingOf(reading))
    expect(printers).toHaveLength(1)
    expect(printers[0]?.firmware).toBe(expected?.firmware)
  })

  it('uses no profile where several printers stand behind one address', () => {
    const printers = normaliseFixture('three-port-print-server')
    expect(printers).toHaveLength(3)
    const reading = new Map(readFixture('printers', 'three-port-print-server').values)
    reading.set('1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.3.0', octets('CNPM0000099'))
    expect(normalise(readingOf(reading)).map(({ serial }) => serial)).toEqual(printers.map(({ serial }) => serial))
  })

  it('finds a printer that the Host-Resources-MIB has under another index', () => {
    const [printer] = normalise(
      readingOf(
        new Map<string, SnmpValue>([
          [`${PRINTER_MIB.prtMarkerLifeCount}.1.1`, { type: 'counter32', value: 5 }],
          [`${HOST_RESOURCES_MIB.hrDeviceType}.7`, { type: 'oid', value: '1.3.6.1.2.1.25.3.1.5' }],
          [`${HOST_RESOURCES_MIB.hrDeviceDescr}.7`, octets('HP LaserJet X1')],
          [`${HOST_RESOURCES_MIB.hrPrinterStatus}.7`, { type: 'integer', value: 4 }],
        ]),
      ),
    )
    expect(printer).toMatchObject({ printer_index: 1, model: 'LaserJet X1', status: 'printing' })
  })

  it('names a maker that no badge knows as its device id does', () => {
    const id = `${PORT_MONITOR_MIB.ppmPrinterIEEE1284DeviceId}.1`
    const reading = new Map<string, SnmpValue>([
      [id, octets('MFG:Acme;MDL:X1 series;')],
      [`${HOST_RESOURCES_MIB.hrDeviceDescr}.1`, octets('Acme X1')],
    ])
    expect(normalise(readingOf(reading))[0]).toMatchObject({ manufacturer: 'Acme', model: 'X1' })
  })

  it('lists an alert row that does not say how bad it is', () => {
    const reading = new Map<string, SnmpValue>([
      [`${PRINTER_MIB.prtAlertCode}.1.1`, { type: 'integer', value: 8 }],
      [`${PRINTER_MIB.prtAlertCode}.1.2`, { type: 'integer', value: 99999 }],
    ])
    expect(normalise(readingOf(reading))[0]?.alerts).toMatchObject([
      { severity: 'warning', code: 'jam', description: 'Jam' },
      { severity: 'warning', code: '99999', description: 'Alert 99999' },
    ])
  })

  it.each([
    ['since two minutes', 88_000, '2025-12-31T23:58:00.000Z'],
    ['of before the clock began anew', 200_000, undefined],
    ['without a time', 0, undefined],
  ])('dates an alert %s', (_, ticks, since) => {
    const reading = new Map<string, SnmpValue>([
      ['1.3.6.1.2.1.1.3.0', { type: 'timeticks', value: 100_000 }],
      [`${PRINTER_MIB.prtAlertSeverityLevel}.1.1`, { type: 'integer', value: 3 }],
      [`${PRINTER_MIB.prtAlertCode}.1.1`, { type: 'integer', value: 8 }],
      [`${PRINTER_MIB.prtAlertTime}.1.1`, { type: 'timeticks', value: ticks }],
    ])
    const dated = { ...readingOf(reading), sampled_at: '2026-01-01T00:00:00.000Z' }
    expect(normalise(dated)[0]?.alerts[0]?.since).toBe(since)
  })

  it('joins an alert to its part by index, not by place', () => {
    const reading = new Map<string, SnmpValue>([
      [`${PRINTER_MIB.prtAlertSeverityLevel}.1.9`, { type: 'integer', value: 4 }],
      [`${PRINTER_MIB.prtAlertGroup}.1.9`, { type: 'integer', value: 8 }],
      [`${PRINTER_MIB.prtAlertGroupIndex}.1.9`, { type: 'integer', value: 3 }],
      [`${PRINTER_MIB.prtAlertCode}.1.9`, { type: 'integer', value: 808 }],
    ])
    for (const row of [2, 3, 5]) {
      reading.set(`${PRINTER_MIB.prtInputCurrentLevel}.1.${row}`, { type: 'integer', value: 0 })
      reading.set(`${PRINTER_MIB.prtInputName}.1.${row}`, octets(`Tray ${row}`))
    }
    expect(normalise(readingOf(reading))[0]?.alerts).toMatchObject([
      { index: 9, code: 'inputMediaSupplyEmpty', part: 'Tray 3', description: 'Input media supply empty: Tray 3' },
    ])
  })

  it('reads declared UTF-16 whose bytes look like ASCII', () => {
    const location = Buffer.from('印刷できます', 'utf16le').swap16()
    expect(location.toString('latin1')).toMatch(/^[!-~]+$/)
    const reading = new Map<string, SnmpValue>([
      [`${PRINTER_MIB.prtGeneralCurrentLocalization}.1`, { type: 'integer', value: 1 }],
      [`${PRINTER_MIB.prtLocalizationCharacterSet}.1.1`, { type: 'integer', value: 1013 }],
      [`${SNMPV2_MIB.sysLocation}.0`, { type: 'octets', value: location }],
      [`${SNMPV2_MIB.sysName}.0`, octets('printer-7')],
    ])
    expect(normalise(readingOf(reading))[0]).toMatchObject({ location: '印刷できます', hostname: 'printer-7' })
  })

  it('reads a device id that stands where the name belongs', () => {
    const id = 'MFG:Pantum;CMD:DW-PS;MDL:BMX100ADW series;CLS:PRINTER;'
    const [printer] = normalise(readingOf(new Map([['1.3.6.1.2.1.1.1.0', octets(id)]])))
    expect(printer).toMatchObject({ manufacturer: 'Pantum', model: 'BMX100ADW', ieee1284_id: id })
    const [plain] = normalise(readingOf(new Map([['1.3.6.1.2.1.1.1.0', octets('Pantum BMX100ADW')]])))
    expect(plain).toMatchObject({ manufacturer: 'Pantum', model: 'BMX100ADW', ieee1284_id: null })
  })
})
