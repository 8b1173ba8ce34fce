import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { levelOf, quantityOf } from '../../src/core/printer/level.ts'

const SHEETS = 8
const PERCENT = 19

/** RFC 3805, prtMarkerSuppliesLevel: -1 no restrictions, -2 unknown, -3 some is left. */
describe('levelOf', () => {
  it.each([
    [100, -3, { state: 'some' }],
    [-2, -3, { state: 'some' }],
    [null, -3, { state: 'some' }],
    [100, -2, { state: 'unknown' }],
    [100, -1, { state: 'unlimited' }],
    [100, -4, { state: 'unknown' }],
    [100, null, { state: 'unknown' }],
    [-2, 40, { state: 'unknown' }],
    [0, 0, { state: 'unknown' }],
    [null, 40, { state: 'unknown' }],
    [6000, 2520, { state: 'percent', percent: 42 }],
    [3, 2, { state: 'percent', percent: 67 }],
    [250, 0, { state: 'percent', percent: 0 }],
    [250, 300, { state: 'percent', percent: 100 }],
  ])('maximum %j, level %j', (maximum, level, expected) => {
    expect(levelOf(maximum, level, SHEETS)).toEqual(expected)
  })

  it('takes the unit per cent for a maximum of 100 where none is given', () => {
    expect(levelOf(-2, 45, PERCENT)).toEqual({ state: 'percent', percent: 45 })
    expect(levelOf(null, 0, PERCENT)).toEqual({ state: 'percent', percent: 0 })
    expect(levelOf(-2, 150, PERCENT)).toEqual({ state: 'unknown' })
    expect(levelOf(-2, -3, PERCENT)).toEqual({ state: 'some' })
    expect(levelOf(200, 50, PERCENT)).toEqual({ state: 'percent', percent: 25 })
  })

  it('never leaves 0 to 100, and gives a number for no code', () => {
    const number = fc.option(fc.oneof(fc.integer({ min: -10, max: 10 }), fc.integer(), fc.maxSafeInteger()))
    fc.assert(
      fc.property(number, number, fc.option(fc.integer({ min: 0, max: 20 })), (maximum, level, unit) => {
        const { state, percent } = levelOf(maximum, level, unit)
        expect(percent !== undefined).toBe(state === 'percent')
        if (percent !== undefined) {
          expect(Number.isInteger(percent) && percent >= 0 && percent <= 100).toBe(true)
          expect(level).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

describe('quantityOf', () => {
  it('keeps quantities and drops codes', () => {
    expect([0, 7, -1, -2, -3, null].map(quantityOf)).toEqual([0, 7, null, null, null, null])
  })
})
