import { describe, expect, test } from 'vitest'
import { readCounters } from '../../src/core/printer/counters.ts'
import { identify } from '../../src/core/printer/identify.ts'
import { normalise } from '../../src/core/printer/normalise.ts'
import { Tables } from '../../src/core/printer/tables.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import type { CounterSource, Profile } from '../../src/core/profiles/profile.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'
import { compareExpected } from '../recordings/compare-expected.ts'
import { fixtureNames, readExpectation, readFixture, readingOf } from '../recordings/printer-fixture.ts'

const MINE = '1.3.6.1.4.1.99999'
const LABELS = `${MINE}.5.2`
const VALUES = `${MINE}.5.9`

const snmpValue = (value: number | string): SnmpValue =>
  typeof value === 'number' ? { type: 'counter32', value } : { type: 'octets', value: Buffer.from(value) }

/** What the counters of a profile say of objects, given by what stands behind the maker's number. */
function read(counters: CounterSource[], objects: Record<string, number | string | SnmpValue>) {
  const profile: Profile = { name: 'mine', manufacturer: 'Mine', sys_object_ids: [MINE], counters }
  const values = Object.entries(objects).map(
    ([oid, value]) => [`${MINE}.${oid}`, typeof value === 'object' ? value : snmpValue(value)] as const,
  )
  return readCounters(new Tables(new Map(values)), 1, profile)
}

describe('the life counts of several markers', () => {
  const LIFE = '1.3.6.1.2.1.43.10.2.1.4.1'
  const readMarkers = (counts: Record<number, number>, main?: number) => {
    const values = new Map(Object.entries(counts).map(([row, count]) => [`${LIFE}.${row}`, snmpValue(count)]))
    if (main !== undefined) values.set('1.3.6.1.2.1.43.5.1.1.8.1', snmpValue(main))
    return readCounters(new Tables(values), 1, null)
  }

  test('are not added up: they may repeat the same count', () => {
    expect(readMarkers({ 1: 500, 2: 500, 3: 500 }).pageCount).toBe(500)
  })

  test('the default marker counts, and the others keep their own', () => {
    const { pageCount, counters } = readMarkers({ 1: 400, 2: 700 }, 2)
    expect(pageCount).toBe(700)
    expect(counters.map(({ name, value }) => [name, value])).toEqual([
      ['page_count', 700],
      ['marker_1_life', 400],
    ])
  })
})

describe('a counter in one object', () => {
  const counters: CounterSource[] = [{ name: 'copy_pages', oid: `${MINE}.1.0` }]

  test('is its number, of whatever type', () => {
    expect(read(counters, { '1.0': 7 })).toEqual({
      pageCount: null,
      fields: { copy_pages: 7 },
      counters: [{ name: 'copy_pages', value: 7, unit: 'impressions', source: `${MINE}.1.0` }],
    })
    expect(read(counters, { '1.0': { type: 'integer', value: 0 } }).fields).toEqual({ copy_pages: 0 })
    expect(read(counters, { '1.0': { type: 'counter64', value: 5_000_000_000n } }).fields).toEqual({
      copy_pages: 5_000_000_000,
    })
  })

  test.each([{}, { '1.0': 'seven' }, { '1.0': { type: 'integer', value: -2 } as const }])(
    'is left out: %j',
    (objects) => {
      expect(read(counters, objects)).toEqual({ pageCount: null, fields: {}, counters: [] })
    },
  )

  test('can stand in a string of records', () => {
    const source: CounterSource = { name: 'duplex_pages', oid: `${MINE}.2.0`, record: 6 }
    const records: SnmpValue = { type: 'octets', value: Buffer.from('00010400000101060104000000c8ff', 'hex') }
    expect(read([source], { '2.0': records }).fields).toEqual({ duplex_pages: 200 })
    expect(read([{ ...source, record: 7 }], { '2.0': records }).fields).toEqual({})
    expect(read([source], { '2.0': 200 }).fields).toEqual({})
  })

  test('of several of one name all are kept, and the first that answers fills the field', () => {
    const both: CounterSource[] = [...counters, { name: 'copy_pages', oid: `${MINE}.3.0` }]
    const all = read(both, { '1.0': 7, '3.0': 9 })
    expect(all.fields).toEqual({ copy_pages: 7 })
    expect(all.counters.map(({ value }) => value)).toEqual([7, 9])
    expect(read(both, { '3.0': 9 }).fields).toEqual({ copy_pages: 9 })
  })
})

describe('a counter that is a sum', () => {
  const counters: CounterSource[] = [
    { name: 'scan_count', sum: [`${MINE}.1.0`, `${MINE}.2.0`], and_if_there: [`${MINE}.3.0`, `${MINE}.4.0`] },
  ]

  test('adds its objects, and of the others those that are there; the source names what was added', () => {
    expect(read(counters, { '1.0': 5, '2.0': 0, '4.0': 30 }).counters).toEqual([
      { name: 'scan_count', value: 35, unit: 'scans', source: `${MINE}.1.0 + ${MINE}.2.0 + ${MINE}.4.0` },
    ])
    expect(read(counters, { '1.0': 5, '2.0': 1 }).fields).toEqual({ scan_count: 6 })
  })

  test.each([
    ['a term is missing', { '1.0': 5, '3.0': 1, '4.0': 1 }],
    ['a term is no number', { '1.0': 5, '2.0': '1' }],
    ['a term is negative', { '1.0': 5, '2.0': { type: 'integer', value: -1 } as const }],
    [
      'a term that is there by chance is negative',
      { '1.0': 5, '2.0': 1, '3.0': { type: 'integer', value: -1 } as const },
    ],
    ['nothing is there', {}],
  ])('is nothing when %s', (_, objects) => {
    expect(read(counters, objects)).toEqual({ pageCount: null, fields: {}, counters: [] })
  })
})

describe('a counter in rows with labels', () => {
  const rows = (...list: Array<[index: string, label: number | string, value: number]>) =>
    Object.fromEntries(
      list.flatMap(([i, label, value]) => [[`5.2.${i}`, label] as const, [`5.9.${i}`, value] as const]),
    )
  const table = { labels: LABELS, values: VALUES }

  test('is found by number, in whatever row it stands', () => {
    const counters: CounterSource[] = [{ name: 'page_count', ...table, label: [10] }]
    expect(read(counters, rows(['1', 200, 3], ['1.7', 10, 90]))).toEqual({
      pageCount: 90,
      fields: {},
      counters: [{ name: 'page_count', value: 90, unit: 'impressions', source: `${VALUES}.1.7` }],
    })
  })

  test('is found by text, which must be the whole label', () => {
    const counters: CounterSource[] = [{ name: 'large_pages', ...table, label: ['A3', 'Ledger'] }]
    expect(
      read(counters, rows(['1', 'A3', 5], ['2', 'A3 Wide', 6], ['3', 'A4', 7], ['4', 'Ledger', 8])).counters,
    ).toEqual([{ name: 'large_pages', value: 13, unit: 'impressions', source: `${VALUES}.1 + ${VALUES}.4` }])
  })

  test('a number is not the text of that number', () => {
    expect(read([{ name: 'copy_pages', ...table, label: ['10'] }], rows(['1', 10, 90])).fields).toEqual({})
    expect(read([{ name: 'copy_pages', ...table, label: [10] }], rows(['1', '10', 90])).fields).toEqual({})
  })

  test('a column is not another whose number begins alike', () => {
    const near = { '5.20.1': 10, '5.9.1': 90 }
    expect(read([{ name: 'copy_pages', ...table, label: [10] }], near).fields).toEqual({})
  })

  test.each([
    ['a label is missing', rows(['1', 10, 5])],
    ['a label is there twice', rows(['1', 10, 5], ['2', 20, 6], ['3', 20, 6])],
    ['a row has no value', { ...rows(['1', 10, 5]), '5.2.2': 20 }],
    ['a value is negative', { ...rows(['1', 10, 5]), '5.2.2': 20, '5.9.2': { type: 'integer', value: -3 } as const }],
  ])('is nothing when %s', (_, objects) => {
    expect(read([{ name: 'copy_pages', ...table, label: [10, 20] }], objects).counters).toEqual([])
  })
})

describe('every counter of a maker', () => {
  const cases = MAKERS.flatMap(({ name, counters = [] }) =>
    counters.map((source) => ({
      maker: name,
      what: `${source.name} ${Object.values(source).slice(1).flat()}`,
      source,
    })),
  )
  const recordings = fixtureNames('printers').map((name) => {
    const { values } = readFixture('printers', name)
    const expected = readExpectation(name)
    return { expected, reading: readingOf(values), maker: identify(values).chosen?.profile.name }
  })

  test.each(cases)('$maker: $what is in an expectation', ({ maker, source }) => {
    const profiles = MAKERS.map((profile) =>
      profile.name === maker
        ? { ...profile, counters: (profile.counters ?? []).filter((each) => each !== source) }
        : profile,
    )
    const differing = recordings
      .filter((recording) => recording.maker === maker)
      .filter(({ expected, reading }) => compareExpected(expected, normalise(reading, profiles)).length > 0)
    expect(differing).not.toEqual([])
  })
})
