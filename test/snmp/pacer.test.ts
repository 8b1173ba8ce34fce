import { describe, expect, it } from 'vitest'
import { Pacer } from '../../src/core/snmp/pacer.ts'

/** When datagrams go whose sender looks at the clock every `step` milliseconds, for a second. */
function sendFor(pacer: Pacer, step: number): number[] {
  const began = performance.now()
  const sent: number[] = []
  for (let at = 0; at < 1000; at += step) while (pacer.take(began + at)) sent.push(at)
  return sent
}

describe('Pacer', () => {
  it.each([
    [2000, 1],
    [2000, 3],
    [20_000, 1],
    [500, 7],
  ])('keeps %d a second, looked at every %d ms, to a third above it in any ten milliseconds', (rate, step) => {
    const sent = sendFor(new Pacer(rate), step)
    const burst = Math.max(1, rate * 0.002)
    expect(sent.length).toBeGreaterThan(Math.min(rate, (1000 / step) * Math.floor(burst)) * 0.9)
    expect(sent.length).toBeLessThan(rate * 1.01 + 10)
    const most = Math.max(...sent.map((at) => sent.filter((other) => other >= at && other < at + 10).length))
    expect(most).toBeLessThanOrEqual(Math.max(rate / 100 / 0.75, rate / 100 + step))
  })

  it('says how long to wait', () => {
    const pacer = new Pacer(100)
    expect(pacer.take()).toBe(true)
    expect(pacer.wait).toBeGreaterThan(5)
    expect(pacer.wait).toBeLessThanOrEqual(10)
  })

  it('lets all go where there is no limit', () => {
    const pacer = new Pacer(0)
    for (let i = 0; i < 100_000; i++) if (!pacer.take()) throw new Error('held back')
    expect(pacer.wait).toBe(0)
  })
})
