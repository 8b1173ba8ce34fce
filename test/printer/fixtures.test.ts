import { describe, expect, it } from 'vitest'
import { identify } from '../../src/core/printer/identify.ts'
import { compareExpected } from '../recordings/compare-expected.ts'
import { fixtureNames, normaliseFixture, readExpectation, readFixture } from '../recordings/printer-fixture.ts'

describe('recordings of printers', () => {
  it.each(fixtureNames('printers'))('%s gives what was worked out by hand', (name) => {
    expect(compareExpected(readExpectation(name), normaliseFixture(name))).toEqual([])
  })

  it.each(fixtureNames('printers'))('%s is a printer', (name) => {
    expect(identify(readFixture('printers', name).values)).toMatchObject({ isPrinter: true })
  })
})

describe('recordings of other devices', () => {
  it.each(fixtureNames('others'))('%s is no printer', (name) => {
    expect(identify(readFixture('others', name).values)).toMatchObject({ isPrinter: false, reason: expect.any(String) })
  })
})

describe('compareExpected', () => {
  it('names the path, what was expected and what came', () => {
    const expected = [{ supplies: [{ level: { percent: 1 } }, { level: { percent: 45 } }] }]
    const actual = [{ supplies: [{ level: { percent: 1 } }, { level: { percent: 46 } }], model: 'X' }]
    expect(compareExpected(expected, actual)).toEqual(['[0].supplies[1].level.percent: expected 45, got 46'])
  })

  it('compares the length of arrays, and no key that the expectation leaves out', () => {
    expect(compareExpected([{ trays: [] }], [{ trays: [{}], page_count: 4 }])).toEqual([
      '[0].trays: expected 0 rows, got 1: [{}]',
    ])
    expect(compareExpected([{ trays: [] }], [{ trays: [], page_count: 4 }])).toEqual([])
  })

  it('tells a missing value from null', () => {
    expect(compareExpected({ serial: null }, {})).toEqual(['serial: expected null, got nothing'])
    expect(compareExpected({ serial: null }, { serial: null })).toEqual([])
  })
})
