import { statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Journal } from '../../../src/core/agent/journal/journal.ts'
import {
  BOTH,
  DAY,
  expectError,
  HOUR,
  itemsOf,
  LIMITS,
  MINUTE,
  NOW,
  openAt,
  openTemporary,
  sendAll,
  workFor,
} from './open-temporary.ts'

const NONE = { expired: 0, thinned: 0, dropped: 0, events_dropped: 0 }
const TEXT = 'x'.repeat(900)

/** One reading of each printer every five minutes. Gives when the last was. */
function watch(journal: Journal, printers: number, from: number, until: number): number {
  let now = from
  for (; now < until; now += 5 * MINUTE) {
    const readings = Array.from({ length: printers }, (_, i) => ({
      serial: `S${i}`,
      status: 'idle',
      at: now,
      text: TEXT,
    }))
    journal.record({ readings }, now)
  }
  return now
}

const reading = (n: number) => ({ serial: 'S1', n })
const send = (journal: Journal, now: number) => {
  const batch = journal.nextBatch(BOTH, LIMITS, now)
  if (batch) journal.acknowledge(batch, now)
}

describe('by age', () => {
  it('acknowledged entries stay for 7 days of work, then they go', () => {
    const { journal } = openTemporary()
    journal.record({ readings: [reading(1), reading(2)] }, NOW)
    send(journal, NOW)
    expect(workFor(journal, NOW, 7 * DAY - HOUR)).toEqual(NONE)
    journal.record({ readings: [reading(3)] }, NOW)
    send(journal, NOW)
    expect(workFor(journal, NOW + 7 * DAY - HOUR, HOUR)).toEqual({ ...NONE, expired: 2 })
    expect(journal.renumber(null, NOW)).toEqual({ resent: 1 })
    expect(sendAll(journal, 'n')).toEqual([3])
  })

  it('unsent ones stay as many days as config says; the loss is counted for good and told', () => {
    const { journal, file } = openTemporary({ days: 2 })
    journal.record({ readings: [reading(1), reading(2)], devices: [{ printer_id: 'a', item: { n: 3 } }] }, NOW)
    const flying = journal.nextBatch(['metrics'], { ...LIMITS, items: 1 }, NOW)
    journal.trim(NOW)
    expect(workFor(journal, NOW, 2 * DAY - HOUR)).toEqual(NONE)
    journal.record({ readings: [reading(4)] }, NOW + 2 * DAY - HOUR)
    expect(workFor(journal, NOW + 2 * DAY - HOUR, 2 * HOUR)).toEqual({ ...NONE, dropped: 2 })
    // never what is on its way
    expect(journal.nextBatch(BOTH, LIMITS, NOW)).toEqual(flying)
    expect(sendAll(journal, 'n')).toEqual([1, 4])
    journal.close()
    const again = openAt(file)
    expect(again.count(NOW)).toMatchObject({ dropped: 2, thinned: 0 })
    expect(again.nextEvents(10)).toMatchObject([
      {
        action: 'journal_dropped',
        resource_type: 'journal',
        details: { count: 2, from: '2026-03-01T08:00:00.000Z', to: '2026-03-01T08:00:00.000Z' },
      },
    ])
  })

  it('quarantined entries and events go after as many days', () => {
    const { journal } = openTemporary({ days: 2 })
    journal.record({ readings: [reading(1)], events: [{ action: 'one' }] }, NOW)
    const batch = journal.nextBatch(BOTH, LIMITS, NOW)
    if (batch) journal.quarantine(batch, [{ index: 0, reason: 'no' }], NOW)
    journal.trim(NOW)
    expect(workFor(journal, NOW, 2 * DAY + HOUR)).toEqual({ ...NONE, dropped: 1, events_dropped: 1 })
    expect(journal.count(NOW)).toMatchObject({ quarantined: 0, dropped: 1, events_dropped: 1, events_waiting: 0 })
  })

  it('a clock that jumps makes nothing old, nor does the time in which the machine was off', () => {
    const { journal, file } = openTemporary({ days: 2 })
    journal.record({ readings: [reading(1)] }, NOW)
    send(journal, NOW)
    journal.record({ readings: [reading(2)] }, NOW)
    for (const now of [NOW, NOW + 400 * DAY, NOW - 400 * DAY, NOW + 40 * DAY]) expect(journal.trim(now)).toEqual(NONE)
    journal.close()
    const again = openAt(file, { days: 2, now: NOW + 90 * DAY })
    expect(again.trim(NOW + 90 * DAY)).toEqual(NONE)
    expect(again.renumber(null, NOW)).toEqual({ resent: 1 })
    expect(sendAll(again, 'n')).toEqual([1, 2])
  })

  it('work goes on being counted after a restart', () => {
    const { journal, file } = openTemporary({ days: 2 })
    journal.record({ readings: [reading(1)] }, NOW)
    journal.trim(NOW)
    workFor(journal, NOW, DAY)
    journal.close()
    const again = openAt(file, { days: 2, now: NOW + DAY })
    expect(workFor(again, NOW + DAY, DAY - HOUR)).toEqual(NONE)
    expect(workFor(again, NOW + 2 * DAY - HOUR, 2 * HOUR)).toEqual({ ...NONE, dropped: 1 })
  })
})

describe('for want of room', () => {
  const isWithin = (journal: Journal) => {
    const { bytes, limit_bytes } = journal.count(NOW)
    // the log may be as large as its limit for a moment
    expect(bytes).toBeLessThan(limit_bytes + 5_000_000)
  }

  it('acknowledged entries go first, the oldest before the others, and nothing unsent is touched', () => {
    const { journal } = openTemporary({ size_mb: 4 })
    let now = watch(journal, 10, NOW, NOW + 8 * HOUR)
    while (journal.count(now).queue_length > 0) send(journal, now)
    now = watch(journal, 10, now, now + 14 * HOUR)
    expect(journal.count(now)).toMatchObject({ queue_length: 10 * 12 * 14, thinned: 0, dropped: 0 })
    const { resent } = journal.renumber(null, now)
    expect(resent).toBeLessThan(10 * 12 * 8)
    // the last of them, without a hole
    expect((sendAll(journal, 'at', now) as number[])[0]).toBe(now - 14 * HOUR - (resent / 10) * 5 * MINUTE)
    isWithin(journal)
  })

  it('then unsent readings are thinned to hours, the oldest first, and only then lost; every one is counted', () => {
    const { journal, file } = openTemporary({ size_mb: 4 })
    // 4 MB less its log hold some 2,700 of these: 288 of each printer a day
    const end = watch(journal, 4, NOW, NOW + 3 * DAY)
    const { queue_length, thinned, dropped } = journal.count(end)
    expect(dropped).toBe(0)
    expect(thinned).toBeGreaterThan(300)
    expect(queue_length + thinned).toBe(4 * 288 * 3)
    isWithin(journal)
    const told = journal.nextEvents(1000).filter((event) => event.action === 'journal_thinned')
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThan(3 * 24)

    const times = new Map<string, number[]>()
    for (let batch = journal.nextBatch(BOTH, LIMITS, end); batch; batch = journal.nextBatch(BOTH, LIMITS, end)) {
      for (const item of itemsOf(batch)) {
        const { serial, at } = item as unknown as { serial: string; at: number }
        times.set(serial, [...(times.get(serial) ?? []), at])
      }
      journal.acknowledge(batch, end)
    }
    expect(times.size).toBe(4)
    for (const kept of times.values()) {
      expect(kept).toEqual([...kept].sort((one, other) => one - other))
      const byHour = Map.groupBy(kept, (at) => Math.floor(at / HOUR))
      expect(byHour.size).toBe(3 * 24)
      for (const [hour, at] of byHour) expect([at[0], at.at(-1)]).toEqual([hour * HOUR, hour * HOUR + 55 * MINUTE])
      // the oldest hours have two, the youngest all of theirs
      expect([...byHour.values()][0]).toHaveLength(2)
      expect([...byHour.values()].at(-2)).toHaveLength(12)
    }
    journal.close()
    expect(statSync(file).size).toBeLessThan(4_000_000)
  })

  it('then to days, then the oldest are lost; the batch on its way never is', () => {
    const { journal } = openTemporary({ size_mb: 1 })
    journal.record({ readings: [{ serial: 'S0', at: 0, text: TEXT }] }, NOW)
    const flying = journal.nextBatch(BOTH, LIMITS, NOW)
    const days = 40
    let now = NOW
    for (let day = 0; day < days; day += 1) {
      now = watch(journal, 12, NOW + day * DAY, NOW + day * DAY + 2 * HOUR)
      now = watch(journal, 12, now + 10 * HOUR, now + 11 * HOUR)
    }
    const recorded = 12 * 36 * days
    const { queue_length, thinned, dropped } = journal.count(now)
    expect(thinned).toBeGreaterThan(dropped)
    expect(dropped).toBeGreaterThan(0)
    expect(queue_length + thinned + dropped).toBe(recorded + 1)
    expect(journal.nextBatch(BOTH, LIMITS, now)).toEqual(flying)
    const kept = sendAll(journal, 'at', now) as number[]
    expect(kept[0]).toBe(0)
    const byDay = Map.groupBy(kept.slice(1), (at) => Math.floor(at / DAY))
    // the youngest days are there without a hole, and those in the middle with two of each printer
    const first = Math.min(...byDay.keys())
    expect([...byDay.keys()]).toEqual(Array.from({ length: byDay.size }, (_, i) => first + i))
    expect(byDay.size).toBeGreaterThan(10)
    expect(byDay.get(first + 2)).toHaveLength(24)
    const told = journal.nextEvents(5000).map((event) => event.action)
    expect(new Set(told)).toEqual(new Set(['journal_thinned', 'journal_dropped']))
  })

  it('says full when all that may go has gone, and takes again when there is room', () => {
    const { journal } = openTemporary({ size_mb: 1 })
    journal.record({ readings: Array.from({ length: 400 }, (_, n) => ({ serial: 'S1', n, text: TEXT })) }, NOW)
    const batch = journal.nextBatch(BOTH, { items: 5000, bytes: 10_000_000 }, NOW)
    journal.record({ readings: Array.from({ length: 400 }, (_, n) => ({ serial: 'S1', n, text: TEXT })) }, NOW)
    journal.resize({ size_mb: 0.5, days: 30 })
    const error = expectError(() => journal.record({ readings: [reading(1)] }, NOW))
    expect(error.code).toBe('full')
    expect(error.message).toContain('its limit of 0.5 MB')
    expect([journal.isTaking, journal.retry()]).toEqual([false, false])
    // what is on its way was not touched, and what else is kept can still be written
    expect(journal.nextBatch(BOTH, LIMITS, NOW)).toEqual(batch)
    journal.remember('agent_token', 'new')
    expect(journal.isTaking).toBe(false)
    if (batch) journal.acknowledge(batch, NOW)
    journal.record({ readings: [reading(1)] }, NOW)
    expect(journal.isTaking).toBe(true)
    expect(sendAll(journal, 'n')).toEqual([1])
    expect(journal.count(NOW)).toMatchObject({ thinned: 398, dropped: 2, queue_length: 0, limit_bytes: 500_000 })
  })

  it('room that is free goes back to the disk in small steps', () => {
    const { journal, file } = openTemporary()
    journal.record({ readings: Array.from({ length: 10_000 }, (_, n) => ({ n, text: TEXT })) }, NOW)
    send(journal, NOW)
    while (journal.count(NOW).queue_length > 0) send(journal, NOW)
    journal.resize({ size_mb: 8, days: 30 })
    for (let i = 0; i < 60; i += 1) {
      journal.trim(NOW)
      journal.remember('last_upload', i)
    }
    journal.close()
    // half of the limit as much would be free otherwise
    expect(statSync(file).size).toBeLessThan(8_000_000)
  })
})
