import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRINTER_MIB } from '../../src/core/mib/printer-mib.ts'
import type { Evidence, Printer } from '../../src/core/model/printer.ts'
import { normalise } from '../../src/core/printer/normalise.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'
import { fixtureNames, readFixture, readingOf } from '../recordings/printer-fixture.ts'

const explain = (values: ReadonlyMap<string, SnmpValue>) =>
  normalise(readingOf(new Map(values)), MAKERS, { explain: true }) as [Printer, ...Printer[]]
const explainFixture = (name: string) => explain(readFixture('printers', name).values)
const explainRows = (rows: Record<string, number | string>) =>
  explain(
    new Map(
      Object.entries(rows).map(([oid, value]): [string, SnmpValue] => [
        oid,
        typeof value === 'number' ? { type: 'integer', value } : { type: 'octets', value: Buffer.from(value) },
      ]),
    ),
  )[0]

function evidenceOf(printer: Printer, field: string): Evidence {
  const found = printer.evidence?.filter((each) => each.field === field) ?? []
  expect(found, field).toHaveLength(1)
  return found[0] as Evidence
}

/** Where and when the printer was asked, and what was not: no answer of the device. */
const OF_THE_SCAN = ['ip', 'port', 'profile', 'sampled_at', 'snmp_version', 'missing', 'evidence', 'counters']
const LISTS = ['supplies', 'trays', 'outputs', 'covers', 'alerts'] as const

/** Every field of a printer as evidence names it, with its value. */
function fieldsOf(printer: Printer): Map<string, unknown> {
  const lists: readonly string[] = [...LISTS, 'console_text', ...OF_THE_SCAN]
  const fields = new Map<string, unknown>(Object.entries(printer).filter(([name]) => !lists.includes(name)))
  for (const list of LISTS) {
    for (const { index, ...row } of printer[list])
      for (const [name, value] of Object.entries(row)) fields.set(`${list}[${index}].${name}`, value)
  }
  return fields
}

/** A raw answer as evidence words it. */
function word(value: SnmpValue | undefined): string | null {
  if (value?.type !== 'octets') return value && 'value' in value ? String(value.value) : null
  const bytes = Buffer.from(value.value)
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? `"${bytes}"` : `0x${bytes.toString('hex')}`
}

describe.each(fixtureNames('printers'))('%s', (name) => {
  const { values } = readFixture('printers', name)
  const printers = explain(values)

  it('has one piece of evidence for each field, with its value', () => {
    for (const printer of printers) {
      const evidence = printer.evidence ?? []
      const isLine = ({ field }: Evidence) => field.startsWith('console_text')
      const others = evidence.filter((each) => !isLine(each) && !/^marker_\d+_life$/.test(each.field))
      expect(Object.fromEntries(others.map(({ field, value }) => [field, value]))).toEqual(
        Object.fromEntries(fieldsOf(printer)),
      )
      expect(new Set(evidence.map(({ field }) => field)).size).toBe(evidence.length)
      const lines = evidence.filter(isLine)
      if (printer.console_text.length > 0) expect(lines.map(({ value }) => value)).toEqual(printer.console_text)
      else expect(lines).toMatchObject([{ field: 'console_text', value: [], source: null }])
    }
  })

  it('gives the raw answer of each object that it names', () => {
    const identity = ['manufacturer', 'model', 'serial', 'firmware', 'asset_number', 'ieee1284_id', 'device_id']
    for (const { field, source, raw, tried } of printers.flatMap(({ evidence = [] }) => evidence)) {
      if (identity.includes(field)) continue
      for (const each of source === null ? tried : [{ source, raw }, ...tried]) {
        const oids = each.source.split(' + ')
        for (const oid of oids) expect(oid, field).toMatch(/^1\.3\.6\.1(\.\d+)+$/)
        const words = oids.map((oid) => word(values.get(oid)))
        expect(each.raw, `${field} ${each.source}`).toBe(words.length === 1 ? words[0] : words.join(' + '))
      }
      if (source === null) expect(raw).toBeNull()
    }
  })
})

const SUPPLY = '1.3.6.1.2.1.43.11.1.1'
const SOME = 'prtMarkerSuppliesLevel -3: at least something, no number (RFC 3805)'
const records = (name: string, oid: string) => word(readFixture('printers', name).values.get(oid))

describe('a level of the maker’s own', () => {
  it('names the object and the record of a Brother, and what the standard says', () => {
    const [printer] = explainFixture('brother-private')
    const oid = '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.8.0'
    const raw = records('brother-private', oid)
    expect(raw).toMatch(/^0x6f010400001c20/)
    const reasons = ['0x6f of the maker’s object: 7200', '0x70 of the maker’s object: 5000']
    for (const [i, reason] of reasons.entries()) {
      expect(evidenceOf(printer, `supplies[${i + 1}].level`)).toEqual({
        field: `supplies[${i + 1}].level`,
        value: { state: 'percent', percent: [72, 50][i] },
        source: oid,
        raw,
        reason: `record ${reason.replace('’', "'")} in 1/100 %`,
        tried: [{ source: `${SUPPLY}.9.1.${i + 1}`, raw: '-3', reason: SOME }],
      })
    }
    expect(evidenceOf(printer, 'supplies[5].level')).toMatchObject({
      source: `${SUPPLY}.9.1.5`,
      raw: '-3',
      reason: SOME,
      tried: [],
    })
  })

  it("names the row of Ricoh's table, and says why -100 is empty", () => {
    const [printer] = explainFixture('ricoh-toner-table')
    expect(evidenceOf(printer, 'supplies[2].level')).toEqual({
      field: 'supplies[2].level',
      value: { state: 'percent', percent: 8 },
      source: '1.3.6.1.4.1.367.3.2.1.2.24.1.1.5.2',
      raw: '8',
      reason: '8 %, in the maker\'s row that is named "Cyan Toner"',
      tried: [{ source: `${SUPPLY}.9.1.2`, raw: '-3', reason: SOME }],
    })
    expect(evidenceOf(printer, 'supplies[4].level')).toMatchObject({
      value: { state: 'empty' },
      source: `${SUPPLY}.9.1.4`,
      raw: '-100',
      reason: expect.stringMatching(/^-100 is empty here: .*librenms\/librenms #4177/),
    })
  })

  it("names Pantum's number", () => {
    const printer = explainRows({
      '1.3.6.1.4.1.40093.6.3.1': 37,
      '1.3.6.1.4.1.40093.6.1.2': 'CB1X000000',
      [`${SUPPLY}.3.1.1`]: 1,
      [`${SUPPLY}.5.1.1`]: 3,
      [`${SUPPLY}.9.1.1`]: -3,
      '1.3.6.1.2.1.43.12.1.1.4.1.1': 'black',
    })
    expect(evidenceOf(printer, 'supplies[1].level')).toEqual({
      field: 'supplies[1].level',
      value: { state: 'percent', percent: 37 },
      source: '1.3.6.1.4.1.40093.6.3.1',
      raw: '37',
      reason: "the maker's object: 37 %",
      tried: [{ source: `${SUPPLY}.9.1.1`, raw: '-3', reason: SOME }],
    })
  })

  it('is named as tried where it says nothing, or not of which supply', () => {
    const black = { '1.3.6.1.2.1.43.12.1.1.4.1.1': 'black', '1.3.6.1.4.1.40093.6.1.2': 'CB1X000000' }
    const toner = (row: number) => ({
      [`${SUPPLY}.3.1.${row}`]: 1,
      [`${SUPPLY}.5.1.${row}`]: 3,
      [`${SUPPLY}.9.1.${row}`]: -3,
    })
    const source = '1.3.6.1.4.1.40093.6.3.1'
    const one = explainRows({ ...black, ...toner(1) })
    expect(evidenceOf(one, 'supplies[1].level')).toMatchObject({
      source: `${SUPPLY}.9.1.1`,
      tried: [{ source, raw: null, reason: 'says no level of it' }],
    })
    const two = explainRows({ ...black, ...toner(1), ...toner(2), [source]: 37 })
    expect(evidenceOf(two, 'supplies[2].level')).toMatchObject({
      source: `${SUPPLY}.9.1.2`,
      tried: [{ source, raw: '37', reason: 'does not say which of the supplies it means' }],
    })
  })
})

describe('supplies', () => {
  it.each([
    [100, 100, 40, 'prtMarkerSuppliesLevel 40 of 100'],
    [100, 19, 150, 'prtMarkerSuppliesLevel 150 of 100: taken for full'],
    [5, 7, 2, 'prtMarkerSuppliesLevel 2 of 5; its gauge moves in steps of 20 %'],
    [-2, 19, 40, 'prtMarkerSuppliesLevel 40, and its unit is per cent'],
    [-2, 7, 40, 'prtMarkerSuppliesLevel 40 of -2 is no level'],
    [100, 7, -2, 'prtMarkerSuppliesLevel -2: unknown (RFC 3805)'],
    [100, 7, -1, 'prtMarkerSuppliesLevel -1: no limit (RFC 3805)'],
  ])('maximum %d, unit %d, level %d: %s', (maximum, unit, level, reason) => {
    const printer = explainRows({
      [`${SUPPLY}.7.1.1`]: unit,
      [`${SUPPLY}.8.1.1`]: maximum,
      [`${SUPPLY}.9.1.1`]: level,
    })
    expect(evidenceOf(printer, 'supplies[1].level')).toMatchObject({ raw: `${level}`, reason, tried: [] })
  })

  it('says for each type whether it or the name gave the kind', () => {
    for (let type = 1; type <= 40; type++) {
      const [drum, staples] = ['Drum', 'Staples'].map((name) =>
        explainRows({ [`${SUPPLY}.5.1.1`]: type, [`${SUPPLY}.6.1.1`]: name }),
      ) as [Printer, Printer]
      const isNamed = drum.supplies[0]?.kind !== staples.supplies[0]?.kind
      expect(evidenceOf(drum, 'supplies[1].kind').source, `type ${type}`).toBe(`${SUPPLY}.${isNamed ? 6 : 5}.1.1`)
    }
  })

  it('kind by type, by name, and by neither', () => {
    const kind = (rows: Record<string, number | string>) => {
      const { source, raw, reason, tried } = evidenceOf(explainRows(rows), 'supplies[1].kind')
      return [source, raw, reason, ...tried.map((each) => [each.source, each.raw, each.reason])]
    }
    const typeOid = `${SUPPLY}.5.1.1`
    const nameOid = `${SUPPLY}.6.1.1`
    expect(kind({ [typeOid]: 9, [nameOid]: 'Toner' })).toEqual([typeOid, '9', 'prtMarkerSuppliesType 9 is opc'])
    expect(kind({ [typeOid]: 2, [nameOid]: 'Fuser Unit' })).toEqual([
      nameOid,
      '"Fuser Unit"',
      'by the words of its name',
      [typeOid, '2', 'prtMarkerSuppliesType 2 is unknown, no kind'],
    ])
    expect(kind({ [typeOid]: 1, [nameOid]: 'Item 3' })).toEqual([
      typeOid,
      '1',
      'prtMarkerSuppliesType 1 is other, and its name says no more',
    ])
  })

  it('colour by colorant, by name, and by neither', () => {
    const rows = {
      [`${SUPPLY}.3.1.1`]: 2,
      [`${SUPPLY}.6.1.1`]: 'Toner',
      '1.3.6.1.2.1.43.12.1.1.4.1.2': 'Magenta',
      [`${SUPPLY}.3.1.2`]: 0,
      [`${SUPPLY}.6.1.2`]: 'Cyan Toner',
      [`${SUPPLY}.3.1.3`]: 4,
      [`${SUPPLY}.6.1.3`]: 'Toner Set',
      '1.3.6.1.2.1.43.12.1.1.4.1.4': 'other',
    }
    const printer = explainRows(rows)
    expect(evidenceOf(printer, 'supplies[1].color')).toMatchObject({
      source: '1.3.6.1.2.1.43.12.1.1.4.1.2',
      raw: '"Magenta"',
      reason: 'colorant 2, which the supply points to',
      tried: [],
    })
    expect(evidenceOf(printer, 'supplies[2].color')).toMatchObject({
      source: `${SUPPLY}.6.1.2`,
      raw: '"Cyan Toner"',
      reason: 'by the words of its name',
      tried: [{ source: `${SUPPLY}.3.1.2`, raw: '0', reason: '0 points to no colorant' }],
    })
    expect(evidenceOf(printer, 'supplies[3].color')).toMatchObject({
      source: null,
      reason: 'neither colorant nor name say one',
      tried: [
        { source: '1.3.6.1.2.1.43.12.1.1.4.1.4', raw: '"other"', reason: /no colour$/ },
        { source: `${SUPPLY}.6.1.3`, raw: '"Toner Set"' },
      ].map((each) => ({ ...each, ...('reason' in each && { reason: expect.stringMatching(each.reason as RegExp) }) })),
    })
  })

  it('name, part number and serial number come from one description', () => {
    const description = 'Black Cartridge HP CF300A;SN1234567'
    const printer = explainRows({ [`${SUPPLY}.6.1.1`]: description })
    const source = `${SUPPLY}.6.1.1`
    const raw = `"${description}"`
    expect(evidenceOf(printer, 'supplies[1].name')).toMatchObject({
      value: 'Black Cartridge',
      source,
      raw,
      reason: 'prtMarkerSuppliesDescription without part number and serial number',
    })
    const cut = { source, raw, reason: 'cut out of prtMarkerSuppliesDescription' }
    expect(evidenceOf(printer, 'supplies[1].part_number')).toMatchObject({ value: 'CF300A', ...cut })
    expect(evidenceOf(printer, 'supplies[1].serial')).toMatchObject({ value: '1234567', ...cut })
  })

  it('are named by the object as it stood, hrDeviceIndex or not', () => {
    const printer = explainRows({ [`${SUPPLY}.6.2`]: 'Toner', [`${SUPPLY}.8.2`]: 100, [`${SUPPLY}.9.2`]: 40 })
    for (const [field, column] of [
      ['name', 6],
      ['capacity', 8],
      ['remaining', 9],
      ['level', 9],
    ] as const) {
      expect(evidenceOf(printer, `supplies[2].${field}`).source).toBe(`${SUPPLY}.${column}.2`)
    }
    expect(evidenceOf(printer, 'printer_index')).toMatchObject({
      value: 1,
      source: `${SUPPLY}.6.2`,
      reason: 'its rows have no hrDeviceIndex: taken for 1',
    })
  })
})

describe('oki-attached-to', () => {
  const [printer] = explainFixture('oki-attached-to')

  it('says why sysDescr names the model, and what was looked at before', () => {
    expect(evidenceOf(printer, 'model')).toMatchObject({
      value: 'C9960',
      source: '1.3.6.1.2.1.1.1.0',
      raw: expect.stringContaining('Attached to C9960 Rev.01.17'),
      reason: expect.stringMatching(/^cut out of it|^without maker/),
    })
    const tried = evidenceOf(printer, 'model').tried
    expect(tried).toContainEqual({ source: '1.3.6.1.2.1.25.3.2.1.3.1', raw: null, reason: 'not there, or empty' })
  })

  it('says which objects hold a number, a code and nothing', () => {
    expect(evidenceOf(printer, 'supplies[1].unit')).toMatchObject({
      value: 'percent',
      source: `${SUPPLY}.7.1.1`,
      raw: '19',
      reason: 'prtMarkerSuppliesSupplyUnit 19 is percent',
    })
    expect(evidenceOf(printer, 'trays[1].media')).toMatchObject({
      value: null,
      source: '1.3.6.1.2.1.43.8.2.1.12.1.1',
      raw: '""',
      reason: 'prtInputMediaName is empty',
    })
    expect(evidenceOf(printer, 'trays[1].name')).toMatchObject({
      source: '1.3.6.1.2.1.43.8.2.1.13.1.1',
      raw: '"Tray 1"',
      reason: 'prtInputName, as it stands',
      tried: [
        {
          source: '1.3.6.1.2.1.43.8.2.1.18.1.1',
          raw: '"Tray 1"',
          reason: 'prtInputDescription, but another object comes first',
        },
      ],
    })
    expect(evidenceOf(printer, 'outputs[1].name').tried).toEqual([
      { source: '1.3.6.1.2.1.43.9.2.1.12.1.1', raw: null, reason: 'prtOutputDescription is not there' },
    ])
    expect(evidenceOf(printer, 'outputs[1].remaining')).toMatchObject({
      value: null,
      source: '1.3.6.1.2.1.43.9.2.1.5.1.1',
      raw: '-2',
      reason: 'prtOutputRemainingCapacity -2: unknown (RFC 3805)',
    })
  })
})

describe('counters', () => {
  it('xerox-total-below-life-count: the total that differs stands under tried', () => {
    const [printer] = explainFixture('xerox-total-below-life-count')
    expect(evidenceOf(printer, 'page_count')).toEqual({
      field: 'page_count',
      value: 8190,
      source: '1.3.6.1.2.1.43.10.2.1.4.1.1',
      raw: '8190',
      reason: 'prtMarkerLifeCount counts impressions',
      tried: [
        {
          source: '1.3.6.1.4.1.253.8.53.13.2.1.6.1.20.1',
          raw: '8186',
          reason: "the maker's object counts impressions; another source comes first",
        },
      ],
    })
  })

  it('names the record, and the sum', () => {
    expect(evidenceOf(explainFixture('brother-private')[0], 'color_pages')).toMatchObject({
      value: 25100,
      source: '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.10.0',
      raw: '0x0001040000b09a01010400004e8e0201040000620c0601040000234aff',
      reason: "record 0x02 of the maker's object counts impressions",
    })
    expect(evidenceOf(explainFixture('ricoh-toner-table')[0], 'scan_count')).toMatchObject({
      value: 5580,
      raw: '3333 + 2247',
      reason: "the sum of the maker's objects counts scans",
    })
  })

  it('says why there is no page count', () => {
    const [printer] = explainFixture('plotter-roll')
    expect(evidenceOf(printer, 'page_count')).toMatchObject({
      value: null,
      source: null,
      reason: 'no counter of impressions or sheets is there',
      tried: [{ source: `${PRINTER_MIB.prtMarkerLifeCount}.1.1`, reason: 'prtMarkerLifeCount counts meters' }],
    })
  })
})

describe('jam-and-alerts', () => {
  const [printer] = explainFixture('jam-and-alerts')
  const ALERT = '1.3.6.1.2.1.43.18.1.1'

  it.each([
    ['alerts[14].severity', 'critical', `${ALERT}.2.1.14`, '3', 'prtAlertSeverityLevel 3 is critical'],
    ['alerts[14].group', 'cover', `${ALERT}.4.1.14`, '6', 'prtAlertGroup 6 is cover'],
    ['alerts[14].group_index', 2, `${ALERT}.5.1.14`, '2', 'prtAlertGroupIndex, as it stands'],
    ['alerts[14].code', 'coverOpen', `${ALERT}.7.1.14`, '3', 'prtAlertCode 3 is coverOpen'],
    [
      'alerts[14].part',
      'Right Side Cover',
      `${ALERT}.5.1.14`,
      '2',
      'the row that group and prtAlertGroupIndex point to',
    ],
    [
      'alerts[14].description',
      'Cover open: Right Side Cover',
      `${ALERT}.8.1.14`,
      '""',
      'prtAlertDescription is empty: composed of its code and what it speaks of',
    ],
    [
      'alerts[18].description',
      'Tray 1 is empty',
      `${ALERT}.8.1.18`,
      '"Tray 1 is empty"',
      'prtAlertDescription, as it stands',
    ],
    ['alerts[27].group_index', null, `${ALERT}.5.1.27`, '-1', 'prtAlertGroupIndex -1 is no row'],
    [
      'alerts[11].since',
      '2025-12-31T22:20:00.000Z',
      `${ALERT}.9.1.11`,
      '179400000',
      'prtAlertTime: sysUpTime when it came',
    ],
    ['covers[2].status', 'coverOpen', '1.3.6.1.2.1.43.6.1.1.3.1.2', '3', 'prtCoverStatus 3 is coverOpen'],
    [
      'console_text[2]',
      'Open the right side cover',
      '1.3.6.1.2.1.43.16.5.1.2.1.2',
      '"Open the right side cover"',
      'prtConsoleDisplayBufferText, as it stands',
    ],
    ['printer_index', 1, '1.3.6.1.2.1.43.5.1.1.1.1', '21', 'hrDeviceIndex of its rows'],
    ['device_id', 'PMXVL70103', '1.3.6.1.2.1.43.5.1.1.17.1', 'PMXVL70103', 'the serial number'],
  ])('%s', (field, value, source, raw, reason) => {
    expect(evidenceOf(printer, field)).toEqual({ field, value, source, raw, reason, tried: [] })
  })

  it('passes the interface without an address', () => {
    expect(evidenceOf(printer, 'mac_address')).toEqual({
      field: 'mac_address',
      value: '02:50:4d:00:00:20',
      source: '1.3.6.1.2.1.2.2.1.6.2',
      raw: '0x02504d000020',
      reason: 'the first interface with a real address',
      tried: [{ source: '1.3.6.1.2.1.2.2.1.6.1', raw: '""', reason: 'no address of an interface' }],
    })
  })
})

it('says of what is not there that it is not there', () => {
  const printer = explainRows({ '1.3.6.1.2.1.43.18.1.1.7.1.1': 8, '1.3.6.1.2.1.1.6.0': 5 })
  expect(evidenceOf(printer, 'hostname')).toMatchObject({ value: null, raw: null, reason: 'sysName is not there' })
  expect(evidenceOf(printer, 'location')).toMatchObject({ value: null, raw: '5', reason: 'sysLocation is no text' })
  expect(evidenceOf(printer, 'device_id')).toMatchObject({
    value: null,
    source: null,
    reason: 'neither a serial number nor a MAC address',
  })
  expect(evidenceOf(printer, 'alerts[1].group')).toMatchObject({
    raw: null,
    reason: 'prtAlertGroup is not there: taken for other',
  })
  expect(evidenceOf(printer, 'console_text')).toMatchObject({ source: null, reason: 'its display shows nothing' })
})

it('explains whatever values a reading holds', () => {
  const names = fixtureNames('printers')
  const value: fc.Arbitrary<SnmpValue> = fc.oneof(
    fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
    fc.record({ type: fc.constant('integer' as const), value: fc.integer({ min: -5, max: 110 }) }),
    fc.record({ type: fc.constant('gauge32' as const), value: fc.constantFrom(0, 7, 0xfffffffd, 0xffffffff) }),
    fc.record({ type: fc.constant('octets' as const), value: fc.uint8Array({ maxLength: 20 }) }),
    fc.constantFrom<SnmpValue>({ type: 'oid', value: '0.0' }, { type: 'ip', value: '192.0.2.1' }),
  )
  const changes = fc.array(fc.tuple(fc.nat(), value), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(fc.constantFrom(...names), changes, (name, replaced) => {
      const entries = [...readFixture('printers', name).values]
      const reading = new Map(entries)
      for (const [at, other] of replaced) reading.set((entries[at % entries.length] as [string, SnmpValue])[0], other)
      for (const { evidence = [] } of explain(reading)) {
        expect(new Set(evidence.map(({ field }) => field)).size).toBe(evidence.length)
        for (const { field, reason } of evidence)
          expect(`${field}: ${reason}`).not.toMatch(/undefined|NaN|null|object Object/)
      }
    }),
    { numRuns: 500 },
  )
})
