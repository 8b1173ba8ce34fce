import { describe, expect, it } from 'vitest'
import { FastClock } from './fast-clock.ts'

describe('the fast clock', () => {
  it('runs faster, sleeps by its own time, and wakes when told to', async () => {
    const clock = new FastClock(1000, Date.parse('2026-01-01T00:00:00Z'))
    const [began, real] = [clock.monotonic(), performance.now()]
    await clock.sleep(60_000, new AbortController().signal)
    expect(clock.monotonic() - began).toBeGreaterThan(58_000)
    expect(performance.now() - real).toBeLessThan(10_000)
    expect(new Date(clock.now()).getUTCFullYear()).toBe(2026)
    await clock.sleep(1e15, AbortSignal.abort())
  })

  it('jumps with the wall alone', () => {
    const clock = new FastClock(1)
    const before = [clock.now(), clock.monotonic()] as const
    clock.jump(-3_600_000)
    expect(clock.now()).toBeLessThan(before[0] - 3_500_000)
    expect(clock.monotonic()).toBeGreaterThanOrEqual(before[1])
  })
})
