import { expect, test } from 'vitest'
import { normalise } from '../../src/core/printer/normalise.ts'
import { findPrivateLevel } from '../../src/core/printer/private-level.ts'
import { Tables } from '../../src/core/printer/tables.ts'
import { BROTHER as BROTHER_PROFILE } from '../../src/core/profiles/makers/brother.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'

const integer = (value: number): SnmpValue => ({ type: 'integer', value })
const text = (value: string): SnmpValue => ({ type: 'octets', value: Buffer.from(value) })

/** A printer of one maker with toners given as [colour, standard level]; class consumed, maximum unknown. */
function readToners(sysObjectId: string, toners: Array<[string, number]>, own: Record<string, SnmpValue>) {
  const values = new Map<string, SnmpValue>([['1.3.6.1.2.1.1.2.0', { type: 'oid', value: sysObjectId }]])
  for (const [i, [color, level]] of toners.entries()) {
    const row = (column: number) => `1.3.6.1.2.1.43.11.1.1.${column}.1.${i + 1}`
    values
      .set(row(3), integer(i + 1))
      .set(row(4), integer(3))
      .set(row(5), integer(3))
    values.set(row(8), integer(-2)).set(row(9), integer(level))
    values.set(`1.3.6.1.2.1.43.12.1.1.4.1.${i + 1}`, text(color))
  }
  for (const [oid, value] of Object.entries(own)) values.set(oid, value)
  const reading = {
    address: '192.0.2.1',
    port: 161,
    snmp_version: '2c',
    sampled_at: '2026-01-01T00:00:00.000Z',
  } as const
  return normalise({ ...reading, values, missing: [] })[0]?.supplies.map(({ level }) => level)
}

const BROTHER = '1.3.6.1.4.1.2435.2.3.9.1'
const RECORDS = '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.8.0'
const records = (...list: Array<[id: number, value: number]>): SnmpValue => {
  const bytes = list.flatMap(([id, value]) => [id, 1, 4, ...Buffer.from(value.toString(16).padStart(8, '0'), 'hex')])
  return { type: 'octets', value: Buffer.from([...bytes, 0xff]) }
}

test('Brother\'s records give the number behind "some", each colour its own', () => {
  const own = { [RECORDS]: records([0x6f, 9100], [0x70, 6100], [0x84, 20]) }
  const toners: Array<[string, number]> = [
    ['black', -3],
    ['cyan', -3],
    ['magenta', -3],
    ['yellow', -3],
  ]
  expect(readToners(BROTHER, toners, own)).toEqual([
    { state: 'percent', percent: 91 },
    { state: 'percent', percent: 61 },
    { state: 'some' },
    { state: 'percent', percent: 20 },
  ])
})

test('a record over 100 % is not believed, and records of another size are left alone', () => {
  expect(readToners(BROTHER, [['black', -3]], { [RECORDS]: records([0x6f, 18_100]) })).toEqual([{ state: 'some' }])
  const short: SnmpValue = { type: 'octets', value: Buffer.from('a101020414a201020c14ff', 'hex') }
  expect(readToners(BROTHER, [['black', -3]], { [RECORDS]: short })).toEqual([{ state: 'some' }])
})

test('two blacks that both say "some" are not told apart by one record', () => {
  const own = { [RECORDS]: records([0x6f, 5000]) }
  expect(
    readToners(
      BROTHER,
      [
        ['black', -3],
        ['black', -3],
      ],
      own,
    ),
  ).toEqual([{ state: 'some' }, { state: 'some' }])
})

const RICOH = '1.3.6.1.4.1.367.1.1'
const TONERS = '1.3.6.1.4.1.367.3.2.1.2.24.1.1'

test("Ricoh's own table gives per cent and empty; its -100 in the standard table is empty too", () => {
  const own = {
    [`${TONERS}.3.1`]: text('Black Toner'),
    [`${TONERS}.5.1`]: integer(40),
    [`${TONERS}.3.2`]: text('Cyan Toner'),
    [`${TONERS}.5.2`]: integer(-100),
    [`${TONERS}.3.3`]: text('Magenta Toner'),
    [`${TONERS}.5.3`]: integer(-3),
  }
  const toners: Array<[string, number]> = [
    ['black', -3],
    ['cyan', -3],
    ['magenta', -3],
    ['yellow', -100],
  ]
  expect(readToners(RICOH, toners, own)).toEqual([
    { state: 'percent', percent: 40 },
    { state: 'empty' },
    { state: 'some' },
    { state: 'empty' },
  ])
})

test('on a printer of another maker the same objects mean nothing', () => {
  const own = { [RECORDS]: records([0x6f, 5000]) }
  expect(
    readToners(
      '1.3.6.1.4.1.1347.41',
      [
        ['black', -3],
        ['cyan', -100],
      ],
      own,
    ),
  ).toEqual([{ state: 'some' }, { state: 'unknown' }])
})

test('a waste box that says "some" has no level of the toner whose colour it has', () => {
  const own = { [RECORDS]: records([0x6f, 9100]) }
  const values = new Map<string, SnmpValue>([
    ['1.3.6.1.2.1.1.2.0', { type: 'oid', value: BROTHER }],
    ['1.3.6.1.2.1.43.11.1.1.4.1.1', integer(4)],
    ['1.3.6.1.2.1.43.11.1.1.5.1.1', integer(3)],
    ['1.3.6.1.2.1.43.11.1.1.6.1.1', text('Black Toner Collector')],
    ['1.3.6.1.2.1.43.11.1.1.9.1.1', integer(-3)],
    ...Object.entries(own),
  ])
  const sampled_at = '2026-01-01T00:00:00.000Z'
  const printers = normalise({ address: '192.0.2.1', port: 161, snmp_version: '2c', sampled_at, values, missing: [] })
  expect(printers[0]?.supplies).toMatchObject([{ kind: 'toner', color: 'black', level: { state: 'some' } }])
})

test("Brother's other ids of the same colours", () => {
  for (const [id, value] of [
    [0xa1, 4200],
    [0x81, 42],
  ] as const) {
    expect(readToners(BROTHER, [['black', -3]], { [RECORDS]: records([id, value]) })).toEqual([
      { state: 'percent', percent: 42 },
    ])
  }
})

test('a level comes with the object and the record that gave it', () => {
  const supply = { index: 1, kind: 'toner', name: null, unit: null, capacity: null, remaining: null } as const
  const some = { ...supply, level: { state: 'some' } } as const
  const tables = new Tables(new Map([[RECORDS, records([0x6f, 18_100], [0x81, 42])]]))
  expect(findPrivateLevel(tables, BROTHER_PROFILE, { ...some, color: 'black' })).toMatchObject({
    level: { state: 'percent', percent: 42 },
    oid: RECORDS,
    number: 42,
    source: { record: 0x81, divisor: 1 },
  })
  expect(findPrivateLevel(tables, BROTHER_PROFILE, { ...some, color: 'cyan' })).toBeNull()
})
