import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readTimestamp } from '../../src/core/protocol/read-timestamp.ts'

it.each([
  ['2026-01-15T12:00:00Z', '2026-01-15T12:00:00.000Z'],
  ['2026-01-15t12:00:00.1z', '2026-01-15T12:00:00.100Z'],
  ['2026-01-15 12:00:00,123456789+02:00', '2026-01-15T10:00:00.123Z'],
  ['2026-01-15T12:00:00-0330', '2026-01-15T15:30:00.000Z'],
  ['2024-02-29T23:59:60Z', '2024-03-01T00:00:00.000Z'],
  ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
])('%s', (text, utc) => {
  expect(new Date(readTimestamp(text) as number).toISOString()).toBe(utc)
})

it.each([
  '',
  'now',
  '2026-01-15',
  '2026-01-15T12:00:00',
  '2026-01-15T12:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-01-15T24:00:00Z',
  '2026-01-15T12:60:00Z',
  '2026-01-15T12:00:61Z',
  '2026-01-15T12:00:00.Z',
  '2026-01-15T12:00:00+24:00',
  '2026-01-15T12:00:00+01:60',
  '2026-01-15T12:00:00+1:00',
  '2026-01-15T12:00:00Zulu',
  '+2026-01-15T12:00:00Z',
  '2026-01-15T12:00:00.123',
  ' 2026-01-15T12:00:00Z',
  '２026-01-15T12:00:00Z',
  `2026-01-15T12:00:00.${'0'.repeat(100)}Z`,
])('%s names no moment', (text) => {
  expect(readTimestamp(text)).toBeNull()
})

it('reads back every moment of the years that can be written', () => {
  const first = Date.parse('0000-01-01T00:00:00Z')
  const last = Date.parse('9999-12-31T23:59:59.999Z')
  fc.assert(
    fc.property(fc.integer({ min: first, max: last }), (time) => {
      expect(readTimestamp(new Date(time).toISOString())).toBe(time)
    }),
    { numRuns: 2000 },
  )
})
