import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertOptions } from '../../src/core/alerts/alert-options.ts'
import { createFleetJudge, type FleetJudge } from '../../src/core/alerts/judge-fleet.ts'
import type { Alert, AlertKind } from '../../src/core/protocol/alerts.ts'
import type { AlertChange } from '../../src/core/store/store.ts'
import { at, MINUTE, NOW, percent, RULES, reportOf, sampleAgent, sampleDevice, toner } from './sample-rows.ts'

const say = (changes: readonly AlertChange[]) => changes.map(({ change, kind }) => `${change} ${kind}`)
const gone = (since: number) => sampleAgent({ status: 'offline', status_since: at(since), status_reason: 'silent' })

/** What the store would hold. Refuses what a keeper must never ask of it. */
function createBooks() {
  const open: Alert[] = []
  const closed: Alert[] = []
  const isSame = (change: AlertChange) => (alert: Alert) =>
    alert.kind === change.kind && alert.device_id === change.device_id && alert.subject === change.subject
  return {
    open,
    closed,
    write(changes: readonly AlertChange[]) {
      for (const change of changes) {
        const index = open.findIndex(isSame(change))
        const { kind, severity, agent_id, device_id, subject, message } = change
        if (change.change === 'open') {
          expect(index, 'opened twice').toBe(-1)
          open.push({
            alert_id: `${kind} ${change.at}`,
            site_id: 'default',
            kind,
            severity,
            agent_id,
            device_id,
            subject,
            message,
            opened_at: at(change.at),
            closed_at: null,
            acknowledged_at: null,
            acknowledged_by: null,
            details: {},
          })
        } else {
          expect(index, 'closed without being open').not.toBe(-1)
          closed.push(...open.splice(index, 1).map((alert) => ({ ...alert, closed_at: at(change.at) })))
        }
      }
    },
  }
}

describe('delays and quiet times', () => {
  test('an agent has to be gone for its time, counted from when it went', () => {
    const judge = createFleetJudge(RULES)
    expect(say(judge.noteAgent(gone(NOW - 50_000), NOW))).toEqual([])
    expect(say(judge.tick(NOW + 9999))).toEqual([])
    expect(say(judge.tick(NOW + 10_000))).toEqual(['open agent_offline'])
    expect(say(judge.tick(NOW + 20_000))).toEqual([])
    expect(say(judge.noteAgent(gone(NOW - 50_000), NOW + 30_000))).toEqual([])
    expect(say(judge.noteAgent(sampleAgent(), NOW + 40_000))).toEqual(['close agent_offline'])
    expect(judge.countOpen().agent_offline).toBe(0)
  })

  test('one that is back in time raises nothing', () => {
    const judge = createFleetJudge(RULES)
    judge.noteAgent(gone(NOW), NOW)
    expect(judge.noteAgent(sampleAgent(), NOW + 59_000)).toEqual([])
    expect(judge.tick(NOW + 120_000)).toEqual([])
  })

  test('a printer that comes and goes is one alert in each quiet time, and one in the end if it stays away', () => {
    const judge = createFleetJudge({ ...RULES, device_offline_after_seconds: 0 })
    const changes: string[] = []
    let now = NOW
    for (let i = 0; i < 20; i += 1) {
      changes.push(...say(judge.noteDevice(sampleDevice({ status: 'offline' }), null, now)))
      now += 20_000
      changes.push(...say(judge.noteDevice(sampleDevice(), null, now)))
      now += 20_000
    }
    expect(changes).toEqual(['open device_offline', 'close device_offline'])
    const closed = NOW + 20_000
    judge.noteDevice(sampleDevice({ status: 'offline' }), null, now)
    expect(say(judge.tick(closed + 15 * MINUTE - 1))).toEqual([])
    expect(say(judge.tick(closed + 15 * MINUTE))).toEqual(['open device_offline'])
  })

  test('an error that stays keeps the subject it began with, and closes under it', () => {
    const judge = createFleetJudge(RULES)
    const jam = { device_id: 'd1', supplies: null, alerts: [{ severity: 'critical', description: 'Jam' }] }
    const cover = { device_id: 'd1', supplies: null, alerts: [{ severity: 'critical', description: 'Cover' }] }
    const broken = sampleDevice({ status: 'error' })
    expect(judge.noteDevice(broken, jam, NOW)).toEqual([])
    expect(judge.tick(NOW + 2 * MINUTE)).toMatchObject([{ change: 'open', subject: 'Jam', severity: 'critical' }])
    expect(judge.noteDevice(broken, cover, NOW + 3 * MINUTE)).toEqual([])
    expect(judge.noteDevice(sampleDevice({ status: 'offline' }), cover, NOW + 4 * MINUTE)).toEqual([])
    expect(judge.noteDevice(sampleDevice(), null, NOW + 5 * MINUTE)).toMatchObject([
      { change: 'close', subject: 'Jam' },
    ])
  })
})

describe('an agent and its printers', () => {
  const devices = Array.from({ length: 500 }, (_, i) => sampleDevice({ device_id: `d${i}`, status: 'offline' }))

  test('an agent that is gone does not raise five hundred alerts', () => {
    const judge = createFleetJudge(RULES)
    judge.noteAgent(gone(NOW), NOW)
    for (const device of devices) judge.noteDevice(device, null, NOW)
    expect(say(judge.tick(NOW + 60 * MINUTE))).toEqual(['open agent_offline'])
  })

  test('when it is back they are judged again, and get their time', () => {
    const judge = createFleetJudge(RULES)
    judge.noteAgent(gone(NOW), NOW)
    for (const device of devices) judge.noteDevice(device, null, NOW)
    const back = NOW + 60 * MINUTE
    judge.tick(back - 1)
    expect(say(judge.noteAgent(sampleAgent(), back))).toEqual(['close agent_offline'])
    for (const device of devices.slice(1)) judge.noteDevice({ ...device, status: 'idle' }, null, back + MINUTE)
    expect(say(judge.tick(back + 5 * MINUTE - 1))).toEqual([])
    expect(judge.tick(back + 5 * MINUTE)).toMatchObject([{ kind: 'device_offline', device_id: 'd0' }])
  })

  test('those that waited when it went wait no longer, and what was open stays open', () => {
    const judge = createFleetJudge(RULES)
    judge.noteDevice(devices[0] as never, null, NOW)
    expect(say(judge.tick(NOW + 5 * MINUTE))).toEqual(['open device_offline'])
    judge.noteDevice(devices[1] as never, null, NOW + 6 * MINUTE)
    judge.noteAgent(gone(NOW + 7 * MINUTE), NOW + 7 * MINUTE)
    expect(say(judge.tick(NOW + 60 * MINUTE))).toEqual(['open agent_offline'])
    expect(judge.countOpen()).toMatchObject({ agent_offline: 1, device_offline: 1 })
  })
})

describe('supplies', () => {
  const level = (judge: FleetJudge, value: number, now: number) =>
    say(judge.noteDevice(sampleDevice(), reportOf(toner(percent(value))), now))

  test('low, then empty in its place, then over', () => {
    const judge = createFleetJudge(RULES)
    expect(level(judge, 50, NOW)).toEqual([])
    expect(level(judge, 9, NOW)).toEqual(['open supply_low'])
    expect(level(judge, 12, NOW + 1)).toEqual([])
    expect(level(judge, 1, NOW + 2)).toEqual(['close supply_low', 'open supply_empty'])
    expect(level(judge, 100, NOW + 3)).toEqual(['close supply_empty'])
  })

  test('after a close the same waits, and a worse one does not', () => {
    const judge = createFleetJudge(RULES)
    level(judge, 9, NOW)
    level(judge, 20, NOW + 1)
    expect(level(judge, 9, NOW + 2)).toEqual([])
    expect(level(judge, 1, NOW + 3)).toEqual(['open supply_empty'])
    level(judge, 90, NOW + 4)
    expect(level(judge, 0, NOW + 5)).toEqual([])
    expect(level(judge, 8, NOW + 6)).toEqual([])
    expect(say(judge.tick(NOW + 4 + 15 * MINUTE))).toEqual(['open supply_low'])
  })

  test('one that is taken out closes; a list that could not be read, or a level that is not known, does not', () => {
    const judge = createFleetJudge(RULES)
    const low = reportOf(toner(percent(5)), toner(percent(5), 'cyan'))
    expect(say(judge.noteDevice(sampleDevice(), low, NOW))).toEqual(['open supply_low', 'open supply_low'])
    expect(judge.noteDevice(sampleDevice(), { ...low, supplies: null }, NOW)).toEqual([])
    expect(judge.noteDevice(sampleDevice(), null, NOW)).toEqual([])
    const unknown = reportOf(toner({ state: 'unknown' }))
    expect(judge.noteDevice(sampleDevice(), unknown, NOW)).toMatchObject([{ change: 'close', subject: 'cyan toner' }])
    expect(judge.countOpen().supply_low).toBe(1)
  })

  test('a kind that nobody wants is not raised, and what is open of it ends', () => {
    const kinds: AlertKind[] = ['supply_low']
    const judge = createFleetJudge({ ...RULES, kinds })
    expect(level(judge, 0, NOW)).toEqual(['open supply_low'])
    expect(judge.noteAgent(gone(NOW - MINUTE), NOW)).toEqual([])
    const books = createBooks()
    books.write(createFleetJudge(RULES).noteDevice(sampleDevice(), reportOf(toner(percent(0))), NOW))
    const next = createFleetJudge({ ...RULES, kinds })
    expect(say(next.load(books.open, [], NOW))).toEqual(['close supply_empty'])
  })

  type Step = { readonly level: number | string; readonly wait: number; readonly restart: boolean }
  const steps = fc.array(
    fc.record({
      level: fc.oneof(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 16 }),
        fc.constantFrom('low', 'empty', 'some', 'unknown'),
      ),
      wait: fc.constantFrom(0, 1000, MINUTE, 10 * MINUTE, 60 * MINUTE),
      restart: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  const toLevel = (told: Step['level']) => (typeof told === 'string' ? { state: told } : percent(told))

  test('for any levels, restarts in between: one open at most, every one is closed or still true', () => {
    const property = fc.property(steps, fc.integer({ min: 2, max: 60 }), (sequence, low_percent) => {
      const rules: AlertOptions = { ...RULES, low_percent }
      const books = createBooks()
      let judge = createFleetJudge(rules)
      let now = NOW
      let last: Step['level'] = 'unknown'
      for (const { level: told, wait, restart } of sequence) {
        now += wait
        if (restart) {
          const since = at(now - rules.quiet_minutes * MINUTE)
          judge = createFleetJudge(rules)
          books.write(
            judge.load(
              books.open,
              books.closed.filter(({ closed_at }) => (closed_at as string) >= since),
              now,
            ),
          )
        }
        if (told !== 'unknown') last = told
        books.write(judge.noteDevice(sampleDevice(), reportOf(toner(toLevel(told))), now))
        books.write(judge.tick(now))
        expect(books.open.length).toBeLessThanOrEqual(1)
        const [open] = books.open
        if (open === undefined) continue
        // still true, with the margin by which a gauge may tremble
        const bound = open.kind === 'supply_empty' ? 6 : low_percent + 5
        const isTrue = typeof last === 'number' ? last < bound : last === 'low' || last === 'empty'
        expect([open.kind, last, isTrue]).toEqual([open.kind, last, true])
      }
      // what lasts is told in the end
      now += 60 * MINUTE
      books.write(judge.noteDevice(sampleDevice(), reportOf(toner(toLevel(last))), now))
      books.write(judge.tick(now))
      const isBad = typeof last === 'number' ? last <= low_percent || last <= 1 : last === 'low' || last === 'empty'
      if (isBad) expect(books.open).toHaveLength(1)
      books.write(judge.noteDevice(sampleDevice(), reportOf(toner(percent(100))), now))
      expect(books.open).toEqual([])
    })
    fc.assert(property, { numRuns: 500 })
  })
})

describe('after a restart', () => {
  test('what is open goes on, what is gone is closed, and quiet times hold', () => {
    const books = createBooks()
    const first = createFleetJudge({ ...RULES, error_after_seconds: 0 })
    books.write(first.noteDevice(sampleDevice({ status: 'error' }), reportOf(toner(percent(3))), NOW))
    books.write(first.noteDevice(sampleDevice({ device_id: 'd2', status: 'error' }), null, NOW))
    books.write(first.noteDevice(sampleDevice({ device_id: 'd2' }), null, NOW + 1000))
    books.write(first.noteDevice(sampleDevice({ device_id: 'd3', status: 'error' }), null, NOW))

    const next = createFleetJudge({ ...RULES, error_after_seconds: 0 })
    expect(next.load(books.open, books.closed, NOW + MINUTE)).toEqual([])
    expect(next.noteDevice(sampleDevice({ status: 'error' }), reportOf(toner(percent(3))), NOW + MINUTE)).toEqual([])
    expect(next.noteDevice(sampleDevice({ device_id: 'd2', status: 'error' }), null, NOW + MINUTE)).toEqual([])
    expect(next.keepOnly(new Set(['site-a']), new Set(['d1', 'd2']), NOW + MINUTE)).toMatchObject([
      { change: 'close', device_id: 'd3' },
    ])
    expect(next.tick(NOW + 1000 + 15 * MINUTE)).toMatchObject([{ change: 'open', device_id: 'd2' }])
  })

  test('of two about one supply, as a crash may leave them, the worse stays', () => {
    const books = createBooks()
    books.write(createFleetJudge(RULES).noteDevice(sampleDevice(), reportOf(toner(percent(1))), NOW))
    books.write(createFleetJudge(RULES).noteDevice(sampleDevice(), reportOf(toner(percent(9))), NOW))
    const judge = createFleetJudge(RULES)
    expect(say(judge.load(books.open, [], NOW))).toEqual(['close supply_low'])
    expect(judge.noteDevice(sampleDevice(), reportOf(toner(percent(1))), NOW)).toEqual([])
  })

  test('a device that was merged away is nobody to speak of', () => {
    const judge = createFleetJudge({ ...RULES, device_offline_after_seconds: 0 })
    judge.noteDevice(sampleDevice({ status: 'offline' }), reportOf(toner(percent(1))), NOW)
    judge.forgetDevices(['d1'])
    expect(Object.values(judge.countOpen()).every((count) => count === 0)).toBe(true)
    expect(judge.noteAgent(gone(NOW), NOW)).toEqual([])
    expect(judge.noteAgent(sampleAgent(), NOW + 1)).toEqual([])
  })
})
