import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSigningKey } from '../../src/core/audit/signing-key.ts'
import type { RetentionPlan } from '../../src/core/protocol/retention.ts'
import { openDirectoryPlace } from '../../src/core/retention/archive/directory-place.ts'
import { MOST_PLANNED, planRetention } from '../../src/core/retention/plan-retention.ts'
import { listPolicies, type Policy } from '../../src/core/retention/policies.ts'
import { restoreSpan } from '../../src/core/retention/restore-span.ts'
import { type RetentionEvent, runRetention } from '../../src/core/retention/run-retention.ts'
import type { Store } from '../../src/core/store/store.ts'
import { defaultOptions } from '../server/start-test-server.ts'
import { openTemporary } from '../store/open-temporary.ts'
import { ADMIN, at, DAY, HOUR, MINUTE, NOW, newBatch, printer } from '../store/sample-batches.ts'
import { ageFleet } from './aged-fleet.ts'

const POLICIES = listPolicies(defaultOptions('').retention, [])
const never = new AbortController().signal

interface Run {
  readonly directory: string
  readonly policies?: readonly Policy[]
  readonly now: number
  /** Of the step to end after; all of it where left out. */
  readonly signal?: AbortController
}

async function runAll(store: Store, { directory, policies = POLICIES, now, signal }: Run): Promise<RetentionEvent[]> {
  const events: RetentionEvent[] = []
  const run = runRetention({
    store,
    place: openDirectoryPlace(join(directory, 'archive')),
    policies,
    now: () => now,
    monotonic: () => performance.now(),
    openAuditKey: () => openSigningKey(join(directory, 'key.pem')),
    signal: signal?.signal ?? never,
  })
  for await (const event of run) {
    events.push(event)
    if (event.kind === 'deleted') signal?.abort()
  }
  return events
}

const plan = (store: Store, { policies = POLICIES, now }: Run, most = MOST_PLANNED) =>
  planRetention(store, { policies, now, archives: true, most })

const SOURCES = [
  'metrics_history',
  'metrics_daily',
  'metrics_monthly',
  'alerts',
  'commands',
  'agent_health',
  'audit_log',
]

/** What is counted of both in the same words. */
function sumEvents(events: readonly RetentionEvent[]) {
  const sum = (kind: RetentionEvent['kind'], key: string, source?: string) =>
    events
      .map((each) => each as unknown as Record<string, number | string>)
      .filter((each) => each.kind === kind && (source === undefined || each.source === source))
      .reduce((all, each) => all + (each[key] as number), 0)
  return {
    roll_up: sum('rolled_up', 'readings'),
    months: sum('months', 'months'),
    days: sum('months', 'days'),
    sources: Object.fromEntries(SOURCES.map((source) => [source, sum('deleted', 'rows', source)])),
    page_counts: sum('deleted', 'rows', 'counters'),
    supply_levels: sum('deleted', 'rows', 'levels'),
    status: sum('deleted', 'rows', 'states'),
    restored: sum('deleted', 'rows', 'restored'),
    batches: sum('deleted', 'rows', 'batches'),
    archived: sum('archived', 'rows'),
    deleted: sum('deleted', 'rows'),
  }
}

function sumPlan({ sources, parts, ...rest }: RetentionPlan): ReturnType<typeof sumEvents> {
  const { roll_up, months, days, restored, batches, archived, deleted } = rest
  const part = (type: string) => parts.find(({ metric_type }) => metric_type === type)?.rows as number
  return {
    roll_up,
    months,
    days,
    sources: Object.fromEntries(sources.map(({ source, rows }) => [source, rows])),
    page_counts: part('page_counts'),
    supply_levels: part('supply_levels'),
    status: part('status'),
    restored,
    batches,
    archived,
    deleted,
  }
}

const rowsOf = ({ sources }: RetentionPlan, source: string) =>
  sources.find((each) => each.source === source)?.rows as number

/** Plans and runs; what the one says is what the other does. */
async function compare(store: Store, run: Run) {
  const planned = await plan(store, run)
  const done = sumEvents(await runAll(store, run))
  expect(sumPlan(planned)).toEqual(done)
  const again = sumPlan(await plan(store, run))
  expect(again).toMatchObject({ roll_up: 0, months: 0, archived: 0, deleted: 0 })
  return planned
}

test('a plan says what the run then does, whatever is in its days already', async () => {
  const { store, file, directory } = await openTemporary()
  await ageFleet(store, file, 3, 800, NOW)
  const first = await compare(store, { directory, now: NOW })
  expect(first.months).toBeGreaterThan(3 * 12)
  expect(rowsOf(first, 'metrics_monthly')).toBeGreaterThan(0)
  const later = await compare(store, { directory, now: NOW + 70 * DAY })
  expect(later).toMatchObject({ roll_up: 0, at_least: false })
  expect(later.days).toBeGreaterThan(3 * 28)
  expect(rowsOf(later, 'metrics_monthly')).toBeGreaterThan(0)
  await compare(store, { directory, now: NOW + 75 * DAY })
}, 120_000)

test('a plan knows sites and types with policies of their own, late readings, other agents, what ended and what was restored', async () => {
  const { store, file, directory } = await openTemporary()
  const { readings } = await ageFleet(store, file, 3, 120, NOW)
  const start = NOW - 200 * DAY
  const { token_id } = await store.createToken(
    {
      scope: 'enrolment',
      hash: Buffer.alloc(32, 7),
      name: null,
      agent_id: null,
      expires_at: null,
      max_uses: null,
      site_id: 'plant-2',
    },
    ADMIN,
    start,
  )
  const [agent_id, other] = ['one-of-plant-2', 'other-of-plant-2']
  for (const [i, each] of [agent_id, other].entries()) {
    const registration = {
      enrolment_token_id: token_id,
      registration_key_hash: null,
      new_agent_id: each,
      token_hash: Buffer.alloc(32, 8 + i),
      request: { agent_id: each },
    }
    await store.registerAgent(registration, ADMIN, start)
  }
  const journal_id = '0190a0a0-0000-7000-8000-000000000001'
  for (let seq = 1; seq <= 20; seq += 1) {
    const received_at = start + seq * 8 * DAY
    const items = [
      printer('PLANT', { page_count: seq * 100, sampled_at: at(received_at - HOUR) }),
      printer('LATE', { page_count: seq * 10, sampled_at: at(received_at - 90 * DAY) }),
      printer('PAST', { page_count: seq * 10, sampled_at: at(Date.UTC(1999, 0, seq)) }),
      printer('AHEAD', { page_count: seq * 10, sampled_at: at(received_at + 60 * DAY) }),
      printer('SILENT', { page_count: null, status: null, sampled_at: at(received_at) } as never),
    ]
    await store.ingestBatches([newBatch(agent_id, 'metrics', items, { received_at, journal_id, seq })])
    const theirs = [printer('PLANT', { page_count: 7, sampled_at: at(received_at + MINUTE) })]
    await store.ingestBatches([newBatch(other, 'metrics', theirs, { received_at: received_at + MINUTE })])
    await store.recordHeartbeats([
      { agent_id, received_at, remote_address: null, clock_offset_ms: 1, request: {} },
      { agent_id: other, received_at: received_at + HOUR, remote_address: null, clock_offset_ms: 1, request: {} },
    ])
    const change = { kind: 'supply_low', severity: 'warning', device_id: null, message: 'low', details: {} } as const
    const alert = { ...change, agent_id, subject: `${seq}`, at: received_at }
    await store.recordAlerts([{ ...alert, change: 'open' }], [], received_at)
    if (seq % 2 === 0) await store.recordAlerts([{ ...alert, change: 'close' }], [], received_at + HOUR)
    const command_id = `0190a0a0-0000-7000-8000-0000000001${String(seq).padStart(2, '0')}`
    const expires_at = received_at + MINUTE
    await store.createCommand({ command_id, agent_id, kind: 'scan_now', params: {}, expires_at }, ADMIN, received_at)
    await store.expireCommands(received_at + HOUR)
  }
  const policies = listPolicies(
    { ...defaultOptions('').retention, alerts_days: 50, commands_days: 60, agent_health_days: 70, audit_log_days: 100 },
    [
      {
        site_id: '*',
        metric_type: 'page_counts',
        keep_detailed_days: 20,
        keep_summary_days: 80,
        delete_after_days: 80,
      },
      { site_id: '*', metric_type: 'supply_levels', keep_detailed_days: 2, keep_summary_days: 3, delete_after_days: 4 },
      { site_id: '*', metric_type: 'status', keep_detailed_days: 10, keep_summary_days: 20, delete_after_days: 60 },
      {
        site_id: 'plant-2',
        metric_type: 'status',
        keep_detailed_days: 50,
        keep_summary_days: 90,
        delete_after_days: 90,
      },
      {
        site_id: 'plant-2',
        metric_type: 'commands',
        keep_detailed_days: 30,
        keep_summary_days: 30,
        delete_after_days: 30,
      },
    ],
  )
  const planned = await compare(store, { directory, policies, now: NOW })
  for (const source of ['metrics_history', 'alerts', 'commands', 'agent_health', 'audit_log']) {
    expect(rowsOf(planned, source)).toBeGreaterThan(0)
  }
  expect(planned.parts.filter(({ rows }) => rows > 0).map((each) => each.metric_type)).toContain('supply_levels')
  expect(planned).toMatchObject({ roll_up: readings + 100 })
  expect(planned.batches).toBeGreaterThan(5)
  expect(planned.sources.find(({ source }) => source === 'commands')).toMatchObject({
    before: at(NOW - 60 * DAY - 12 * HOUR),
    sites: [{ site_id: 'plant-2', before: at(NOW - 30 * DAY - 12 * HOUR) }],
  })
  const place = openDirectoryPlace(join(directory, 'archive'))
  const span = { from: NOW - 60 * DAY, to: NOW - 55 * DAY, until: NOW + DAY, signal: never }
  expect((await restoreSpan(store, place, span)).restored).toBeGreaterThan(3 * 5 * 24)
  const last = [printer('PLANT', { page_count: 9000, sampled_at: at(NOW) })]
  await store.ingestBatches([newBatch(agent_id, 'metrics', last, { received_at: NOW, journal_id, seq: 21 })])
  const later = await compare(store, { directory, policies, now: NOW + 2 * DAY })
  expect(later.restored).toBeGreaterThan(3 * 5 * 24)
  expect(rowsOf(later, 'metrics_daily')).toBeGreaterThan(0)
}, 120_000)

test('what an interrupted run archived, but did not delete, is not planned to be archived again', async () => {
  const { store, file, directory } = await openTemporary()
  await ageFleet(store, file, 3, 90, NOW)
  await runAll(store, { directory, now: NOW, signal: new AbortController() })
  const planned = await compare(store, { directory, now: NOW })
  expect(planned.archived).toBe(0)
  expect(planned.deleted).toBeGreaterThan(1000)
})

test('a plan that counts no further says so', async () => {
  const { store, file, directory } = await openTemporary()
  const { readings } = await ageFleet(store, file, 3, 300, NOW)
  const run = { directory, now: NOW }
  const [short, long] = [await plan(store, run, 10_000), await plan(store, run)]
  expect(short).toMatchObject({ roll_up: readings, at_least: true })
  expect(short.sources[0]).toMatchObject({ source: 'metrics_history', rows: 10_000, at_least: true })
  expect(short.deleted).toBeLessThan(long.deleted)
  expect(long).toMatchObject({ at_least: false })
})
