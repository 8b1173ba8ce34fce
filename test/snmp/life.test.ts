import { describe, expect, test } from 'vitest'
import { createDevice } from '../../src/core/snmp/player/device.ts'
import { DeviceLife } from '../../src/core/snmp/player/life.ts'
import type { LiveObjects } from '../../src/core/snmp/player/objects.ts'
import { formatRecording, type Recording } from '../../src/core/snmp/recording.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'
import { EXAMPLE_PRINTER } from './example-recording.ts'

const HOUR = 3_600_000
const LIFE_COUNT = '1.3.6.1.2.1.43.10.2.1.4.1.1'
const VENDOR_COUNT = '1.3.6.1.4.1.32473.1.6.0'
const TONER = '1.3.6.1.2.1.43.11.1.1.9.1.1'
const TRAY = '1.3.6.1.2.1.43.8.2.1.10.1.1'
const VAGUE_TRAY = '1.3.6.1.2.1.43.8.2.1.10.1.2'
const PRINTER_STATUS = '1.3.6.1.2.1.25.3.5.1.1.1'
const DEVICE_STATUS = '1.3.6.1.2.1.25.3.2.1.5.1'
const ERROR_STATE = '1.3.6.1.2.1.25.3.5.1.2.1'
const ALERT = '1.3.6.1.2.1.43.18.1.1'

function live(options: { seed?: number; speed?: number; recording?: Recording } = {}) {
  const { seed = 3, speed = 1, recording = EXAMPLE_PRINTER } = options
  const clock = { ms: 0 }
  const objects = createDevice(recording, 0, () => clock.ms)
  return { clock, objects, life: new DeviceLife({ objects, speed, seed, now: () => clock.ms }) }
}

const numberAt = (objects: LiveObjects, oid: string) => Number((objects.get(oid) as { value: number | bigint }).value)

function everything(objects: LiveObjects): string {
  return formatRecording(new Map(objects.oids.map((oid) => [oid, objects.get(oid) as SnmpValue])))
}

/** Looks at a living printer every simulated quarter of an hour for 40 days. */
function* watch(seed: number) {
  const { clock, objects, life } = live({ seed })
  for (let i = 0; i < 40 * 96; i++) {
    clock.ms += HOUR / 4
    life.advance()
    const alerts = objects.below(`${ALERT}.7`).map((oid) => ({
      code: numberAt(objects, oid),
      severity: numberAt(objects, oid.replace(`${ALERT}.7.`, `${ALERT}.2.`)),
    }))
    const state = (objects.get(ERROR_STATE) as { value: Uint8Array }).value
    yield { objects, alerts, state, level: numberAt(objects, TONER) }
  }
}

test("counters only rise, the vendor's own with the standard one, and wrap at 32 bits", () => {
  const recorded = 4294960000
  let last = recorded
  let pages = 0
  for (const { objects } of watch(3)) {
    const count = numberAt(objects, LIFE_COUNT)
    expect(numberAt(objects, VENDOR_COUNT)).toBe(count)
    const printed = (count - last + 2 ** 32) % 2 ** 32
    expect(printed).toBeLessThan(1000)
    pages += printed
    last = count
  }
  expect(pages).toBeGreaterThan(2 ** 32 - recorded)
  expect(last).toBe(pages - (2 ** 32 - recorded))
})

test('toner falls, runs out, and is replaced by a full one', () => {
  const levels = [...watch(3)].map(({ level }) => level)
  expect(levels).toContain(0)
  for (const level of levels) expect(level >= 0 && level <= 100).toBe(true)
  const rises = levels.filter((level, i) => i > 0 && level > (levels[i - 1] as number))
  expect(rises.length).toBeGreaterThan(0)
  // Between two looks the new one may have printed some pages.
  for (const level of rises) expect(level).toBeGreaterThan(80)
})

test('a tray that only says "some" says nothing but that and empty', () => {
  const levels = new Set<number>()
  const counted = new Set<number>()
  for (const { objects } of watch(5)) {
    levels.add(numberAt(objects, VAGUE_TRAY))
    counted.add(numberAt(objects, TRAY))
  }
  expect([...levels].every((level) => level === -3 || level === 0)).toBe(true)
  expect(counted.size).toBeGreaterThan(20)
  expect(Math.max(...counted)).toBe(250)
})

describe('alerts', () => {
  test('a paper jam comes and goes, with row, error bit and status (RFC 2790, RFC 3805)', () => {
    let jams = 0
    let clear = 0
    for (let seed = 1; seed <= 10; seed++) {
      for (const { objects, alerts, state } of watch(seed)) {
        const isJammed = alerts.some(({ code }) => code === 8)
        expect(((state[0] as number) & 0x04) !== 0).toBe(isJammed) // bit 5 counts from the highest
        if (isJammed) {
          jams++
          expect(numberAt(objects, PRINTER_STATUS)).toBe(1) // other
          expect(numberAt(objects, DEVICE_STATUS)).toBe(5) // down
        } else clear++
      }
    }
    expect(jams).toBeGreaterThan(3)
    expect(clear).toBeGreaterThan(jams)
  })

  test('status follows from what is open: down with a critical one, warning with a warning', () => {
    for (const { objects, alerts } of watch(4)) {
      const worst = Math.min(9, ...alerts.map(({ severity }) => severity))
      const device = numberAt(objects, DEVICE_STATUS)
      expect(device).toBe(worst === 3 ? 5 : worst === 4 ? 3 : 2)
      expect(worst === 3 ? [1] : [3, 4]).toContain(numberAt(objects, PRINTER_STATUS))
    }
  })

  test('an empty toner stops the printer: markerTonerEmpty (1101) and the noToner bit', () => {
    let last: number | undefined
    let seen = 0
    for (const { objects, alerts, state } of watch(3)) {
      const isOut = alerts.some(({ code }) => code === 1101)
      if (isOut) {
        seen++
        expect(numberAt(objects, TONER)).toBe(0)
        expect((state[0] as number) & 0x10).toBe(0x10)
        if (last !== undefined) expect(numberAt(objects, LIFE_COUNT)).toBe(last)
      }
      last = isOut ? numberAt(objects, LIFE_COUNT) : undefined
    }
    expect(seen).toBeGreaterThan(0)
  })

  test('the walk stays in order while rows come and go', () => {
    for (const { objects } of watch(6)) {
      const walked: string[] = []
      for (let oid = objects.next('1'); oid !== undefined; oid = objects.next(oid)) walked.push(oid)
      expect(walked).toEqual(objects.oids)
    }
  })
})

test('the same seed gives the same life, however often it is looked at; another seed another one', () => {
  const often = live({ speed: 3600 })
  const once = live({ speed: 3600 })
  for (let i = 0; i < 500; i++) {
    often.clock.ms += 200
    often.life.advance()
  }
  once.clock.ms = often.clock.ms
  once.life.advance()
  expect(everything(once.objects)).toBe(everything(often.objects))
  const other = live({ speed: 3600, seed: 4 })
  other.clock.ms = often.clock.ms
  other.life.advance()
  expect(everything(other.objects)).not.toBe(everything(often.objects))
})

test('an hour a second: a day passes in 24 s', () => {
  const fast = live({ speed: 3600 })
  const slow = live({ speed: 1 })
  fast.clock.ms = 24_000
  slow.clock.ms = 24 * HOUR
  fast.life.advance()
  slow.life.advance()
  expect(numberAt(fast.objects, LIFE_COUNT)).toBe(numberAt(slow.objects, LIFE_COUNT))
})

test('a device without printer tables lives on as it is', () => {
  const oid = '1.3.6.1.2.1.1.1.0'
  const values = new Map<string, SnmpValue>([[oid, { type: 'octets', value: Buffer.from('switch') }]])
  const { clock, objects, life } = live({ recording: { name: 'switch', values, oids: [oid], skipped: 0 } })
  clock.ms = 100 * HOUR
  life.advance()
  expect(everything(objects)).toBe(`${oid}|4|switch\n`)
})

test('another habit, another life: a jam lasts as long as it is told', () => {
  const clock = { ms: 0 }
  const objects = createDevice(EXAMPLE_PRINTER, 0, () => clock.ms)
  const habits = {
    jobs_per_minute: 0.5,
    jam_minutes: { least: 30, most: 30 },
    refill_minutes: { least: 1, most: 1 },
  }
  const life = new DeviceLife({ objects, speed: 1, seed: 3, now: () => clock.ms, habits })
  const lengths: number[] = []
  let jammed = 0
  for (let minute = 0; minute < 3000; minute++) {
    clock.ms += HOUR / 60
    life.advance()
    if (((objects.get(ERROR_STATE) as { value: Uint8Array }).value[0] ?? 0) & 0x04) jammed++
    else if (jammed > 0) {
      lengths.push(jammed)
      jammed = 0
    }
  }
  expect(lengths.length).toBeGreaterThan(3)
  expect(new Set(lengths)).toEqual(new Set([30]))
})
