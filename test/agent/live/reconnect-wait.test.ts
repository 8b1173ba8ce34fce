import { describe, expect, it } from 'vitest'
import { waitToReconnect } from '../../../src/core/agent/live/reconnect-wait.ts'
import { createRandom } from '../../fault-proxy.ts'

describe('the wait before the next connection', () => {
  it('is anything up to a bound that doubles from five seconds to five minutes', () => {
    const bounds = Array.from({ length: 12 }, (_, i) => waitToReconnect(i + 1, null, () => 1) / 1000)
    expect(bounds).toEqual([5, 5, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300])
    expect(waitToReconnect(5, null, () => 0)).toBe(0)
    expect(waitToReconnect(1000, null, () => 0.5)).toBe(150_000)
  })

  it('is never less than the server asked for, and never much more than five minutes for its asking', () => {
    expect(waitToReconnect(1, 20_000, () => 0)).toBe(20_000)
    expect(waitToReconnect(1, 3_600_000, () => 1)).toBe(305_000)
  })

  it('brings ten thousand agents back over five seconds, not in one', () => {
    const random = createRandom(5)
    const seconds = Array.from({ length: 5 }, () => 0)
    for (let i = 0; i < 10_000; i++) {
      const second = Math.floor(waitToReconnect(1, null, random) / 1000)
      seconds[second] = (seconds[second] ?? 0) + 1
    }
    expect(seconds).toHaveLength(5)
    expect(Math.max(...seconds)).toBeLessThan(2300)
  })
})
