import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOff } from '../../../src/core/agent/uplink/backoff.ts'

describe('backOff', () => {
  it('doubles its bound from 1 second to 5 minutes', () => {
    const bounds = Array.from({ length: 12 }, (_, i) => backOff(i + 1, null, () => 1) / 1000)
    expect(bounds).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  })

  it('draws from nothing up to the bound', () => {
    expect(backOff(5, null, () => 0)).toBe(0)
    expect(backOff(5, null, () => 0.5)).toBe(8000)
  })

  it('never comes before the server asked for, nor after a quarter of an hour', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.nat(1e12),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, asked, r) => {
          const wait = backOff(n, asked, () => r)
          expect(wait).toBeLessThanOrEqual(900_000)
          expect(wait).toBeGreaterThanOrEqual(Math.min(asked, 900_000))
        },
      ),
    )
  })
})
