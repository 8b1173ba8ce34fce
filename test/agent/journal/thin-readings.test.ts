import { describe, expect, it } from 'vitest'
import type { ThinningStep } from '../../../src/core/agent/journal/journal-row.ts'
import { makeThinner } from '../../../src/core/agent/journal/thin-readings.ts'
import { HOUR, MINUTE, NOW } from './open-temporary.ts'

type Row = readonly [minute: number, item: Record<string, unknown>]

/** The minutes of the readings that stay. */
function thin(step: ThinningStep, rows: readonly Row[]): number[] {
  const thinner = makeThinner(step)
  const removed = rows.map(([minute, item], entry) =>
    thinner.accept({ entry, recorded_at: NOW + minute * MINUTE, item: JSON.stringify({ serial: 'S1', ...item }) }),
  )
  return rows.filter((_, entry) => !removed.includes(entry)).map(([minute]) => minute)
}
const idle = (...minutes: number[]): Row[] => minutes.map((minute) => [minute, { status: 'idle', page_count: minute }])

describe('thinning', () => {
  it('keeps the first and the last of each hour', () => {
    expect(thin('hours', idle(0, 5, 10, 55, 60, 65, 119, 120))).toEqual([0, 55, 60, 119, 120])
    expect(thin('hours', idle(0))).toEqual([0])
    expect(thin('hours', idle(0, 5))).toEqual([0, 5])
  })

  it('and of each day, with nothing between', () => {
    const rows: Row[] = idle(0, 60, 120, 900)
    rows.splice(2, 0, [61, { status: 'error', page_count: 61 }])
    expect(thin('days', rows)).toEqual([0, 900])
    expect(thin('days', [...idle(0, 60), ...idle((24 * HOUR) / MINUTE)])).toEqual([0, 60, 1440])
  })

  it('the first reading with a status stays, those after it with the same one do not', () => {
    const status = (minute: number, word: string): Row => [minute, { status: word }]
    const words = ['idle', 'printing', 'idle', 'error', 'error', 'printing', 'idle', 'idle']
    expect(
      thin(
        'hours',
        words.map((word, i) => status(i, word)),
      ),
    ).toEqual([0, 1, 3, 7])
  })

  it('a counter that falls keeps what stood before and after it', () => {
    const counts = [10, 20, 30, 3, 4, 5]
    const rows = counts.map((page_count, i): Row => [i, { page_count }])
    for (const step of ['hours', 'days'] as const) expect(thin(step, rows)).toEqual([0, 2, 3, 5])
    // one that was not told is no zero
    expect(thin('hours', [...idle(1, 2), [3, { status: 'idle' }], ...idle(4, 5)])).toEqual([1, 5])
  })

  it('printers are told apart by what they show, and one that shows nothing is left alone', () => {
    const two = [0, 1, 2, 3].flatMap((minute): Row[] => [
      [minute, { printer_index: 1 }],
      [minute, { printer_index: 2 }],
    ])
    expect(thin('hours', two)).toEqual([0, 0, 3, 3])
    const byAddress = (ip: string): Row => [1, { serial: null, ip }]
    expect(thin('hours', ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(byAddress))).toEqual([1, 1, 1])
    const nameless = [0, 1, 2].map((minute): Row => [minute, { serial: null }])
    expect(thin('hours', nameless)).toEqual([0, 1, 2])
  })
})
