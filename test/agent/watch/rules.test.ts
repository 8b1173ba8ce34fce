import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KnownPrinter } from '../../../src/core/agent/known-printer.ts'
import { Fleet, intervalOf } from '../../../src/core/agent/watch/fleet.ts'
import { createNetworkDoubt } from '../../../src/core/agent/watch/network-doubt.ts'
import { isQuiet } from '../../../src/core/agent/watch/quiet-hours.ts'
import { ruleFor } from '../../../src/core/agent/watch/reading-rules.ts'
import { hasComeSince, mostInSlot, nextDue, shareOf } from '../../../src/core/agent/watch/schedule.ts'
import { findReplacedSupplies, type SupplyMark } from '../../../src/core/agent/watch/supply-changes.ts'
import { RULE, rangesOf } from './site.ts'

describe('when a place is due', () => {
  const time = fc.double({ min: 0, max: 2e12, noNaN: true })
  const share = fc.double({ min: 0, max: 0.999999, noNaN: true })
  const interval = fc.integer({ min: 1000, max: 86_400_000 })

  it('is at its own place in each interval, at least a quarter and at most five quarters of it later', () => {
    fc.assert(
      fc.property(share, interval, time, (part, length, after) => {
        const due = nextDue(part, length, after)
        expect(due).toBeGreaterThanOrEqual(after + length * 0.25 - 1)
        expect(due).toBeLessThanOrEqual(after + length * 1.25 + 1)
        const place = (((due / length - part) % 1) + 1) % 1
        expect(Math.min(place, 1 - place)).toBeLessThan(0.001)
      }),
    )
  })

  it('comes every interval when it is read on time', () => {
    let at = nextDue(0.3, 300_000, 1e12)
    for (let i = 0; i < 10; i++) {
      const next = nextDue(0.3, 300_000, at + 2000)
      expect(next - at).toBeCloseTo(300_000, 0)
      at = next
    }
  })

  it('spreads 1,000 addresses evenly: some 3.3 a second in five minutes', () => {
    const perTenSeconds = new Array(30).fill(0)
    for (let i = 0; i < 1000; i++) {
      perTenSeconds[Math.floor(shareOf(`10.1.${i >> 8}.${i & 255} 161`) * 30)]++
    }
    expect(Math.max(...perTenSeconds)).toBeLessThan(60)
    expect(Math.min(...perTenSeconds)).toBeGreaterThan(12)
  })

  it('says whether its place has come since', () => {
    expect(hasComeSince(0.5, 1000, 1400, 1499)).toBe(false)
    expect(hasComeSince(0.5, 1000, 1400, 1501)).toBe(true)
    expect(hasComeSince(0.5, 1000, 1600, 2400)).toBe(false)
    expect(hasComeSince(0.5, 1000, Number.NEGATIVE_INFINITY, 10)).toBe(true)
  })

  it('lets no more through at one time than four times the usual number', () => {
    expect(mostInSlot(new Array(1000).fill(300_000), 3000)).toBe(40)
    expect(mostInSlot([86_400_000], 3000)).toBe(2)
    expect(mostInSlot([], 3000)).toBe(2)
  })
})

describe('an offline printer', () => {
  const gone = Date.UTC(2026, 2, 3)
  const known: KnownPrinter = {
    id: 'p',
    address: '192.0.2.1',
    port: 161,
    printer_index: 1,
    manufacturer: 'HP',
    model: null,
    serial: 'S1',
    mac_address: null,
    device_id: null,
    state: 'offline',
    offline_reason: 'silent',
    state_since: gone,
    misses: 3,
    first_seen: gone,
    last_seen: gone,
    last_full: gone,
  }
  const place = (state: KnownPrinter['state'], interval_seconds: number) => {
    const fleet = new Fleet([{ ...RULE, interval_seconds }])
    const rest = { basis: null, fullAt: gone, heardAt: gone, missedSince: gone, isLone: true, uptime: null }
    return fleet.placeOf(fleet.add({ ...known, state }, { ...rest, elsewhere: null }))
  }

  it.each([
    ['offline', 60, 1, 60],
    ['offline', 60, 899, 60],
    ['offline', 60, 901, 300],
    ['offline', 3600, 901, 3600],
    ['online', 60, 901, 60],
    // its clock was set back a little in between
    ['offline', 60, -30, 60],
  ] as const)('%s, at an interval of %i s, after %i s: asked every %i s', (state, interval, after, every) => {
    expect(intervalOf(place(state, interval), gone + after * 1000)).toBe(every * 1000)
  })
})

describe('quiet hours', () => {
  const at = (hours: number, minutes: number) => new Date(2026, 2, 3, hours, minutes).getTime()

  it.each([
    [{ from: 540, to: 600 }, 8, 59, false],
    [{ from: 540, to: 600 }, 9, 0, true],
    [{ from: 540, to: 600 }, 9, 59, true],
    [{ from: 540, to: 600 }, 10, 0, false],
    [{ from: 1320, to: 360 }, 22, 0, true],
    [{ from: 1320, to: 360 }, 0, 0, true],
    [{ from: 1320, to: 360 }, 5, 59, true],
    [{ from: 1320, to: 360 }, 6, 0, false],
    [{ from: 1320, to: 0 }, 23, 59, true],
    [{ from: 1320, to: 0 }, 0, 0, false],
  ])('%j at %i:%i: %s', (time, hours, minutes, expected) => {
    expect(isQuiet([time], at(hours, minutes))).toBe(expected)
  })

  it('may be several, or none', () => {
    const times = [
      { from: 1320, to: 360 },
      { from: 720, to: 780 },
    ]
    expect([
      isQuiet(times, at(12, 30)),
      isQuiet(times, at(23, 0)),
      isQuiet(times, at(14, 0)),
      isQuiet([], at(3, 0)),
    ]).toEqual([true, true, false, false])
  })
})

describe('the rule of a printer', () => {
  const rules = [
    { ...RULE, name: 'reading.a', ranges: rangesOf('10.0.0.0/24'), models: ['LaserJet'] },
    { ...RULE, name: 'reading.b', ranges: rangesOf('10.0.0.0/16') },
    { ...RULE, name: 'reading.c', models: ['hl-'] },
    RULE,
  ]
  it.each([
    ['10.0.0.5', 'LaserJet 4000', 'reading.a'],
    ['10.0.0.5', 'laserjet 4000', 'reading.a'],
    ['10.0.0.5', 'Color LaserJet', 'reading.b'],
    ['10.0.0.5', null, 'reading.b'],
    ['10.1.0.5', 'HL-5350DN', 'reading.c'],
    ['10.1.0.5', 'DCP-9020', 'reading'],
  ])('at %s, %s, is %s', (address, model, name) => {
    expect(ruleFor(rules, { address, model }).name).toBe(name)
  })
})

describe('a supply', () => {
  const mark = (percent: number | null, more: Partial<SupplyMark> = {}): SupplyMark => ({
    index: 1,
    kind: 'toner',
    color: 'black',
    name: 'Black',
    level: percent === null ? { state: 'some' } : { state: 'percent', percent },
    ...more,
  })
  it.each<[string, SupplyMark, SupplyMark, boolean]>([
    ['that is used', mark(50), mark(40), false],
    ['filled from empty', mark(0), mark(100), true],
    ['filled a little', mark(10), mark(35), false],
    ['of a gauge that wavers', mark(85), mark(100), false],
    ['up by 20 points to 80', mark(60), mark(80), true],
    ['up by 19 points to 80', mark(61), mark(80), false],
    ['with another cartridge', mark(90, { serial: 'A1' }), mark(88, { serial: 'B2' }), true],
    ['that tells its serial now', mark(90), mark(88, { serial: 'B2' }), false],
    ['that only says some', mark(null), mark(null), false],
    ['that begins to tell a number', mark(null), mark(100), false],
    ['at another index', mark(0), mark(100, { index: 2 }), false],
    ['of another colour', mark(0), mark(100, { color: 'cyan' }), false],
    ['of waste that was emptied', mark(5, { kind: 'waste_toner' }), mark(100, { kind: 'waste_toner' }), true],
  ])('%s', (_name, before, after, isReplaced) => {
    expect(findReplacedSupplies([before], [after])).toHaveLength(isReplaced ? 1 : 0)
  })

  it('is told with its levels', () => {
    expect(findReplacedSupplies([mark(3)], [mark(100)])).toEqual([{ supply: mark(100), from: '3%', to: '100%' }])
  })
})

describe('silence of all', () => {
  const log = () => {
    const lines: string[] = []
    const take = (_facts: object, message: string) => void lines.push(message)
    return { lines, info: take, warn: take, error: take }
  }

  it('is doubted, said once, and believed after half an hour', () => {
    const taken = log()
    const doubt = createNetworkDoubt(taken)
    doubt.heard(1000)
    expect([doubt.isLone(2000, 50, 100_000), doubt.isLone(2500, 50, 110_000)]).toEqual([false, false])
    expect(taken.lines).toHaveLength(1)
    expect(doubt.isLone(2000, 50, 2000 + 30 * 60_000)).toBe(true)
    doubt.heard(3_000_000)
    expect(taken.lines).toHaveLength(2)
    expect(doubt.isLone(2_900_000, 50, 3_000_100)).toBe(true)
  })

  it('of a few is what it looks like', () => {
    expect(createNetworkDoubt(log()).isLone(2000, 4, 100_000)).toBe(true)
  })
})
