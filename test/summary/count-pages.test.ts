import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CounterState, countStep } from '../../src/core/summary/count-pages.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const BEGIN = Date.UTC(2026, 0, 1)

interface Told {
  readonly at: number
  readonly value: number
}

function countAll(told: readonly Told[]) {
  let state: CounterState | null = null
  let pages = 0
  const kinds: string[] = []
  for (const { at, value } of told) {
    const step = countStep(state, value, at)
    state = step.state
    pages += step.pages
    if (step.correction !== null) kinds.push(step.correction.kind)
  }
  return { pages, kinds }
}

/** A printer and what it really printed: its counter tells zero while it starts, begins anew, rolls over, is on another board for days. */
const lives = fc
  .record({
    first: fc.integer({ min: 20_000, max: 900_000 }),
    events: fc.array(fc.constantFrom('zero', 'zeros', 'reset', 'board', 'end'), { minLength: 1, maxLength: 6 }),
    steps: fc.infiniteStream(fc.record({ hours: fc.double({ min: 0.5, max: 6, noNaN: true }), pages: fc.nat(9) })),
  })
  .map(({ first, events, steps }) => {
    const told: Told[] = []
    let [time, count, printed] = [BEGIN, first, 0]
    const kinds: string[] = []
    const live = () => {
      const { hours, pages } = steps.next().value as { hours: number; pages: number }
      time += Math.round(hours * HOUR)
      return pages
    }
    const print = (times: number) => {
      for (let i = 0; i < times; i += 1) {
        const pages = live()
        count += pages
        printed += pages
        told.push({ at: time, value: count })
      }
    }
    told.push({ at: time, value: count })
    print(3)
    for (const event of events) {
      if (event === 'zero' || event === 'zeros') {
        // it goes on counting all the while
        for (let i = 0; i < (event === 'zero' ? 1 : 3); i += 1) {
          const pages = live()
          count += pages
          printed += pages
          told.push({ at: time, value: 0 })
        }
        print(1)
        kinds.push('reset', 'return')
      }
      if (event === 'reset') {
        count = 0
        print(1)
        kinds.push('reset')
        // so far from where it was that nothing is taken for its return
        count += 20_000
        time += 30 * DAY
        printed += 20_000
        told.push({ at: time, value: count })
      }
      if (event === 'board') {
        const own = count
        time += HOUR
        count = own + 2_000_000
        told.push({ at: time, value: count })
        print(2)
        count = own
        time += HOUR
        told.push({ at: time, value: count })
        kinds.push('swap', 'return')
      }
      if (event === 'end' && count < 1_000_000) {
        // by a sum that a year of silence allows
        const pages = 1_000_000 - 3 - count
        time += 365 * DAY
        const seen = pages <= 700_000
        count = 999_997
        told.push({ at: time, value: count })
        if (seen) printed += pages
        else kinds.push('swap')
        time += HOUR
        count = 4
        printed += 7
        told.push({ at: time, value: count })
        kinds.push('roll_over')
        time += 30 * DAY
        count += 30_000
        printed += 30_000
        told.push({ at: time, value: count })
      }
      print(3)
    }
    return { told, printed, kinds }
  })

test('what is counted is what was printed, whatever the counter told meanwhile', () => {
  fc.assert(
    fc.property(lives, ({ told, printed, kinds }) => {
      const found = countAll(told)
      // a large step after long silence may be pointed out; it is counted all the same
      expect({ pages: found.pages, kinds: found.kinds.filter((kind) => kind !== 'jump') }).toEqual({
        pages: printed,
        kinds,
      })
    }),
    { numRuns: 500 },
  )
})

const hourly = (...values: number[]): Told[] => values.map((value, i) => ({ value, at: BEGIN + i * HOUR }))

test('a zero that is told once counts nothing, however the printer is seen next', () => {
  expect(countAll(hourly(10_000, 10_005, 0, 10_010, 10_020))).toEqual({ pages: 20, kinds: ['reset', 'return'] })
  const weekend = [...hourly(40_000, 40_010, 0), { at: BEGIN + 62 * HOUR, value: 40_050 }]
  expect(countAll(weekend)).toEqual({ pages: 50, kinds: ['reset', 'return'] })
})

test('a counter that began anew and slowly passes where it was has not returned', () => {
  const life = [60, ...Array.from({ length: 40 }, (_, i) => i * 5)]
  expect(countAll(hourly(...life))).toEqual({ pages: 195, kinds: ['reset'] })
})

test('a rise far beyond all before is counted, and pointed out once', () => {
  const quiet = hourly(...Array.from({ length: 72 }, (_, i) => 5000 + 10 * i))
  const { value, at } = quiet.at(-1) as Told
  const jumped = [
    ...quiet,
    { at: at + 60 * HOUR, value: value + 200_000 },
    { at: at + 61 * HOUR, value: value + 205_000 },
  ]
  expect(countAll(jumped)).toEqual({ pages: 710 + 205_000, kinds: ['jump'] })
  // a printer that is new is only being learned
  expect(countAll([...quiet.slice(0, 10), { at: BEGIN + 20 * HOUR, value: 15_000 }]).kinds).toEqual([])
})
