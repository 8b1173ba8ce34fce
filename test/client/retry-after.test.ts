import { describe, expect, it } from 'vitest'
import { readRetryAfter } from '../../src/core/client/retry-after.ts'

describe('readRetryAfter', () => {
  const date = 'Sun, 06 Nov 1994 08:49:37 GMT'

  it('reads seconds, and a date by the clock of the answer', () => {
    expect(readRetryAfter({ 'retry-after': '120' })).toBe(120_000)
    expect(readRetryAfter({ 'retry-after': 'Sun, 06 Nov 1994 08:50:07 GMT', date })).toBe(30_000)
    expect(readRetryAfter({ 'retry-after': 'Sun, 06 Nov 1994 08:00:00 GMT', date })).toBe(0)
  })

  it.each([undefined, '', 'soon', '-5', '1.5', '12h', '2026'.repeat(2).concat('x')])('takes %j for nothing', (wait) => {
    expect(readRetryAfter({ 'retry-after': wait, date })).toBeNull()
  })
})
