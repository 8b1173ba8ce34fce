import { describe, expect, test } from 'vitest'
import {
  judgePresence,
  type PresenceRules,
  type PresenceSigns,
} from '../../../src/core/server/presence/judge-presence.ts'

const T = Date.UTC(2026, 2, 1, 12)
const SECOND = 1000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const FOREVER = Number.POSITIVE_INFINITY

const RULES: PresenceRules = {
  offline_after_ms: 90_000,
  missed_heartbeats: 3,
  grace_ms: 3000,
  started_at: T - 10 * DAY,
}
const signs = (more: Partial<PresenceSigns> = {}): PresenceSigns => ({
  registered_at: T - 30 * DAY,
  status: 'active',
  isConnected: false,
  gone: null,
  last_seen: T,
  last_scan: T,
  last_upload: T,
  back_at: null,
  heartbeat_interval_seconds: null,
  upload_interval_seconds: null,
  discovery_interval_seconds: null,
  ...more,
})
const judge = (more: Partial<PresenceSigns>, now: number, rules: Partial<PresenceRules> = {}) => {
  const { status, reason, since } = judgePresence(signs(more), { ...RULES, ...rules }, now)
  return [status, reason, since]
}

describe('sockets', () => {
  test('one that is open makes an agent active, however long it says nothing', () => {
    expect(judge({ isConnected: true, last_seen: T - 5 * DAY }, T)).toEqual(['active', null, T - 5 * DAY])
  })

  test('one that closed leaves three seconds to come back; offline counts from the close', () => {
    const gone = { reason: 'disconnected', at: T } as const
    expect(judge({ gone }, T + 2999)[0]).toBe('active')
    expect(judge({ gone }, T + 3000)).toEqual(['offline', 'disconnected', T])
    expect(judgePresence(signs({ gone }), RULES, T).due_at).toBe(T + 3000)
  })

  test('one that fell silent leaves none', () => {
    expect(judge({ gone: { reason: 'silent', at: T } }, T)).toEqual(['offline', 'silent', T])
  })
})

describe('agents without a socket', () => {
  test('that told no interval are offline after offline_after', () => {
    expect(judge({}, T + 90_000)[0]).toBe('active')
    expect(judge({}, T + 90_001)).toEqual(['offline', 'no_heartbeat', T])
    expect(judgePresence(signs(), RULES, T).due_at).toBe(T + 90_001)
  })

  test('that told one after so many of them', () => {
    const told = { heartbeat_interval_seconds: 60 }
    expect(judge(told, T + 180_000)[0]).toBe('active')
    expect(judge(told, T + 180_001)).toEqual(['offline', 'no_heartbeat', T])
    expect(judge({ heartbeat_interval_seconds: 5 }, T + 15_001)[0]).toBe('offline')
    expect(judge(told, T + 60_001, { missed_heartbeats: 1 })[0]).toBe('offline')
    // nobody sends heartbeats every 0 seconds
    expect(judge({ heartbeat_interval_seconds: 0 }, T + 90_000)[0]).toBe('active')
  })

  test('that registered and were not heard of are undecided for as long', () => {
    const fresh = { status: null, registered_at: T, last_seen: null, last_scan: null, last_upload: null }
    expect(judge(fresh, T + 1)).toEqual([null, null, T])
    expect(judge(fresh, T + 90_001)).toEqual(['offline', 'no_heartbeat', T])
  })
})

describe('after a start of the server', () => {
  test('nobody is declared offline before offline_after has gone by', () => {
    const rules = { started_at: T + 5 * HOUR }
    expect(judge({}, T + 5 * HOUR + 90_000, rules)[0]).toBe('active')
    expect(judge({}, T + 5 * HOUR + 90_001, rules)).toEqual(['offline', 'no_heartbeat', T])
    expect(judge({ heartbeat_interval_seconds: 5 }, T + 5 * HOUR + 90_000, rules)[0]).toBe('active')
    // whose heartbeats are rare has the time of those
    expect(judge({ heartbeat_interval_seconds: 100 }, T + 5 * HOUR + 300_000, rules)[0]).toBe('active')
    expect(judge({ heartbeat_interval_seconds: 100 }, T + 5 * HOUR + 300_001, rules)[0]).toBe('offline')
  })

  test('who was offline before stays so until it is heard of', () => {
    const gone = { reason: 'disconnected', at: T - HOUR } as const
    expect(judge({ status: 'offline', gone }, T, { started_at: T })).toEqual(['offline', 'disconnected', T - HOUR])
  })

  test('who was at work then is given its time again', () => {
    const rules = { started_at: T + 2 * DAY }
    const idle = { last_scan: T, last_upload: T, last_seen: T + 2 * DAY }
    expect(judge(idle, T + 2 * DAY + SECOND, rules)[0]).toBe('active')
    expect(judge({ ...idle, status: 'inactive' }, T + 2 * DAY + SECOND, rules)[0]).toBe('inactive')
  })
})

describe('agents that are there and do nothing', () => {
  const idle = (last_scan: number | null, last_upload: number | null) => ({ isConnected: true, last_scan, last_upload })

  test('are inactive after a day without scan and upload; the reason is what stopped first', () => {
    expect(judge(idle(T - DAY, T - 2 * DAY), T)[0]).toBe('active')
    expect(judge(idle(T - 2 * DAY, T - DAY), T)[0]).toBe('active')
    expect(judge(idle(T - DAY - 1, T - 2 * DAY), T)).toEqual(['inactive', 'no_upload', T - 1])
    expect(judge(idle(T - 2 * DAY, T - DAY - 1), T)).toEqual(['inactive', 'no_scan', T - 1])
    expect(judge(idle(null, T - DAY - 1), T)[1]).toBe('no_scan')
    expect(judge(idle(T - DAY - 1, null), T)[1]).toBe('no_upload')
  })

  test('that told their intervals after two of them', () => {
    const told = { discovery_interval_seconds: 3600, upload_interval_seconds: 60 }
    expect(judge({ ...idle(T - 2 * HOUR, T - 2 * HOUR), ...told }, T)[0]).toBe('active')
    expect(judge({ ...idle(T - 2 * HOUR - 1, T - 2 * HOUR - 1), ...told }, T)[0]).toBe('inactive')
    expect(judge({ ...idle(T - DAY, T - 120_000), ...told }, T)[0]).toBe('active')
    expect(judge({ ...idle(T - DAY, T - 120_001), ...told }, T)).toEqual(['inactive', 'no_scan', T - 1])
  })

  test('that never did either have as long to begin', () => {
    const begun = { ...idle(null, null), registered_at: T, last_seen: T, status: null }
    expect(judge(begun, T + DAY)).toEqual(['active', null, T])
    expect(judge(begun, T + DAY + 1)).toEqual(['inactive', 'no_scan', T + DAY])
    expect(judge({ ...begun, discovery_interval_seconds: 3600 }, T + 2 * HOUR + 1)[0]).toBe('inactive')
    expect(judge({ ...begun, status: 'inactive' }, T + DAY + 1)[0]).toBe('inactive')
  })

  test('that come back are given their time again', () => {
    const back = { ...idle(T - 3 * DAY, T - 3 * DAY), status: 'offline', back_at: T } as const
    expect(judge(back, T + SECOND)[0]).toBe('active')
    expect(judge({ ...back, status: 'active' }, T + DAY + 1)[0]).toBe('inactive')
  })

  test('the moment when that is due is told', () => {
    expect(judgePresence(signs({ isConnected: true }), RULES, T).due_at).toBe(T + DAY + 1)
    expect(judgePresence(signs({ ...idle(null, null), status: 'inactive' }), RULES, T).due_at).toBe(FOREVER)
  })
})
