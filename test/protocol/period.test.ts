import { describe, expect, test } from 'vitest'
import { closePeriod, readTimeOrDate } from '../../src/core/protocol/period.ts'

const at = (text: string) => readTimeOrDate(text) as number
const between = (from: string, to: string) => closePeriod(at(from), at(to), to)

describe('a period', () => {
  test('takes a date as "to" for the whole of that day', () => {
    expect(between('2026-03-01', '2026-03-01')).toEqual({ from: at('2026-03-01'), to: at('2026-03-02') })
  })

  test('may begin in the middle of the day with which it ends', () => {
    expect(between('2026-03-01T12:03:00Z', '2026-03-01')).toEqual({
      from: at('2026-03-01T12:03:00Z'),
      to: at('2026-03-02'),
    })
  })

  test('is none when "to" lies before "from"', () => {
    expect(between('2026-03-02', '2026-03-01')).toBeNull()
    expect(between('2026-03-01T12:03:00Z', '2026-03-01T12:02:00Z')).toBeNull()
  })

  test('may be open at either end', () => {
    expect(closePeriod(undefined, undefined)).toEqual({})
    expect(closePeriod(at('2026-03-01'), undefined)).toEqual({ from: at('2026-03-01') })
    expect(closePeriod(undefined, at('2026-03-01'), '2026-03-01')).toEqual({ to: at('2026-03-02') })
  })

  test.each(['', '2026-02-30', '2026-3-1', '1 March', '2026-03-01 12:00'])('%s is no time', (text) => {
    expect(readTimeOrDate(text)).toBeNull()
  })
})
