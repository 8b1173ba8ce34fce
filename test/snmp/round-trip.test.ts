import { describe, expect, it } from 'vitest'
import { LossMeter, MAX_TRIES } from '../../src/core/snmp/loss-meter.ts'
import { RoundTrip } from '../../src/core/snmp/round-trip.ts'

describe('RoundTrip', () => {
  it('gives a device that was never heard its retries: a quarter of the timeout, a half, the whole', () => {
    expect(new RoundTrip().waits(1000, 0)).toEqual([1000])
    expect(new RoundTrip().waits(1000, 2)).toEqual([250, 500, 1000])
    expect(new RoundTrip().waits(1000, 3)).toEqual([250, 500, 1000, 1000])
  })

  it('asks a fast device again soon, and more often in the same time', () => {
    const fast = new RoundTrip()
    for (let i = 0; i < 50; i++) fast.heard(5)
    expect(fast.waits(1000, 2)).toEqual([50, 100, 200, 400, 800, 1000])
    expect(fast.waits(1000, 0)).toEqual([1000])
  })

  it('uses all tries, soon, where packets get lost', () => {
    const fast = new RoundTrip()
    for (let i = 0; i < 50; i++) fast.heard(5)
    const waits = fast.waits(1000, 2, true)
    expect(waits).toHaveLength(MAX_TRIES)
    expect(waits.slice(0, 3)).toEqual([50, 70, 98])
    expect(waits.at(-1)).toBe(1000)
    expect(fast.waits(1000, 0, true)).toEqual([1000])
  })

  it('does not ask a slow device twice for nothing', () => {
    const slow = new RoundTrip(1500)
    expect(slow.waits(1000, 2)[0]).toBe(3000)
    slow.heard(1400)
    expect(slow.waits(1000, 2)[0]).toBeGreaterThanOrEqual(2800)
    expect(slow.waits(1000, 2).at(-1)).toBeLessThanOrEqual(4000)
  })

  it('waits longer for a device whose answers vary', () => {
    const even = new RoundTrip()
    const uneven = new RoundTrip()
    for (let i = 0; i < 20; i++) {
      even.heard(100)
      uneven.heard(i % 2 ? 20 : 180)
    }
    expect(uneven.waits(1000, 2)[0]).toBeGreaterThan((even.waits(1000, 2)[0] as number) * 1.5)
  })
})

describe('LossMeter', () => {
  const heard = (first: number, second: number) => {
    const loss = new LossMeter()
    for (let i = 0; i < first; i++) loss.heard(0)
    for (let i = 0; i < second; i++) loss.heard(1)
    return loss
  }

  it('asks no more on a quiet network, whatever its size', () => {
    expect(new LossMeter().triesFor(3)).toBe(3)
    expect(heard(1, 0).triesFor(3)).toBe(3)
    expect(heard(1000, 1).triesFor(3)).toBe(3)
  })

  it('asks more the more gets lost: so often that one address of 100,000 is missed', () => {
    expect(heard(380, 16).triesFor(3)).toBe(4)
    const bad = heard(324, 76)
    expect(bad.rate).toBeCloseTo(0.16, 1)
    expect(bad.rate ** bad.triesFor(3)).toBeLessThanOrEqual(1e-5)
    expect(heard(10, 400).triesFor(3)).toBe(MAX_TRIES)
  })

  it('takes one lost packet of few for no bad network', () => {
    expect(heard(0, 1).triesFor(3)).toBeLessThanOrEqual(5)
    expect(heard(24, 1).triesFor(3)).toBe(4)
  })
})
