import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import type { Metric, MetricItem, MetricPeriod } from '../../src/core/protocol/metrics.ts'
import { PAGE_BYTES } from '../../src/core/store/sqlite/take-page.ts'
import type { NewAuditEvent, Store } from '../../src/core/store/store.ts'
import { openTemporary } from './open-temporary.ts'
import {
  at,
  DAY,
  enrolAgent,
  HOUR,
  ingest,
  listAll,
  MINUTE,
  NOW,
  newBatch,
  OFFLINE_AFTER,
  printer,
  rawMetrics,
} from './sample-batches.ts'

const AHEAD = '2031-01-01T00:00:00Z'

async function open() {
  const { store, file } = await openTemporary()
  const agent_id = await enrolAgent(store, 'site-1')
  const send = (items: readonly MetricItem[], received_at = NOW, who = agent_id) =>
    ingest(store, newBatch(who, 'metrics', items, { received_at }))
  const device_id = async () => (await listAll(store))[0]?.device_id as string
  const snapshot = async () => (await store.findDevice(await device_id()))?.snapshot
  return { store, file, agent_id, send, device_id, snapshot }
}

async function readPages(store: Store, device_id: string, resolution: 'raw' | 'hour' | 'day', limit = 1000) {
  const pages: (readonly (Metric | MetricPeriod)[])[] = []
  let cursor: string | null = null
  do {
    const query = { device_id, resolution, limit, ...(cursor !== null && { cursor }) }
    const page: Awaited<ReturnType<Store['listMetrics']>> = await store.listMetrics(query)
    pages.push(page?.items ?? [])
    cursor = page?.next_cursor ?? null
  } while (cursor !== null)
  return pages
}

it('a device into which very many were merged is shown like any other', { timeout: 60_000 }, async () => {
  const { store, send, device_id } = await open()
  const many = Array.from({ length: 1200 }, (_, i) => ({
    mac_address: `00:1b:a9:01:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
    // the order of time is not that of the devices
    sampled_at: at(NOW - DAY + ((i * 7919) % 1200) * MINUTE),
    page_count: 7,
  }))
  await send([printer('S1', { sampled_at: at(NOW - 2 * DAY) })])
  await send(many)
  await send(
    many.map(({ mac_address }, i) => printer('S1', { mac_address, sampled_at: at(NOW - MINUTE + i), page_count: 7 })),
  )
  const id = await device_id()
  const found = await store.findDevice(id)
  expect(found?.merged).toHaveLength(1200)
  expect(found?.snapshot).toMatchObject({ page_count: 7 })
  const readings = await rawMetrics(store, id)
  const times = readings.map(({ sampled_at }) => sampled_at as string)
  expect(times).toHaveLength(1 + 1200 + 1200)
  expect(times).toEqual([...times].sort())
  expect((await readPages(store, id, 'raw', 500)).flat()).toEqual(readings)
  const hours = (await readPages(store, id, 'hour', 7)).flat() as MetricPeriod[]
  expect(hours.reduce((sum, { readings }) => sum + readings, 0)).toBe(2401)
})

it('a reading from the future does not stay what a device shows', async () => {
  const { send, snapshot } = await open()
  await send([printer('S1', { sampled_at: AHEAD, page_count: 1, note: 'ahead' })])
  expect(await snapshot()).toMatchObject({ page_count: 1, note: 'ahead' })
  // read before that one came
  await send([printer('S1', { sampled_at: at(NOW - HOUR), page_count: 0, note: 'late' })], NOW + HOUR)
  expect(await snapshot()).toMatchObject({ note: 'ahead' })
  await send([printer('S1', { sampled_at: at(NOW + HOUR), page_count: 2, note: 'right' })], NOW + HOUR)
  expect(await snapshot()).toMatchObject({ page_count: 2, note: 'right' })
})

it('nor do many of them, sent all the time', async () => {
  const { send, snapshot } = await open()
  const ahead = (hour: number) =>
    Array.from({ length: 300 }, (_, i) => printer('S1', { sampled_at: at(NOW + DAY + hour * HOUR + i), note: 'ahead' }))
  for (const hour of [0, 1, 2]) {
    await send(ahead(hour), NOW + hour * HOUR)
    await send(
      [printer('S1', { sampled_at: at(NOW + hour * HOUR + MINUTE), note: `right ${hour}` })],
      NOW + hour * HOUR + MINUTE,
    )
    expect(await snapshot()).toMatchObject({ note: `right ${hour}` })
  }
  // what was to come has gone by
  const later = NOW + 2 * DAY
  await send([printer('S1', { sampled_at: at(later), note: 'after' })], later)
  expect(await snapshot()).toMatchObject({ note: 'after' })
})

it('a scan of an agent whose clock runs ahead counts from its heartbeat', async () => {
  const { store, agent_id } = await open()
  const beat = (received_at: number, last_scan: string) =>
    store.recordHeartbeats([
      { agent_id, received_at, remote_address: null, clock_offset_ms: null, request: { last_scan } },
    ])
  const lastScan = async () => (await store.findAgent(agent_id, OFFLINE_AFTER, NOW))?.last_scan
  await beat(NOW, AHEAD)
  expect(await lastScan()).toBe(at(NOW))
  await beat(NOW + HOUR, at(NOW + MINUTE))
  expect(await lastScan()).toBe(at(NOW + MINUTE))
})

it('an agent cannot take the event_id of what another one is about to tell', async () => {
  const { store } = await open()
  const event = (agent_id: string, event_id: string): NewAuditEvent => ({
    event_id,
    actor: { type: 'agent', id: agent_id, ip_address: null },
    agent_id,
    action: 'scan_initiated',
    resource_type: 'network',
    resource_id: null,
    outcome: 'success',
    details: {},
    occurred_at: NOW,
    recorded_at: NOW,
  })
  const [one, other] = [randomUUID(), randomUUID()]
  expect(await store.recordAudit([event('site-2', one)])).toBe(1)
  expect(await store.recordAudit([event('site-1', one), event('site-1', other), event('site-1', one)])).toBe(2)
  const { items } = await store.listAudit({ limit: 10, action: 'scan_initiated' })
  expect(items.map(({ actor, event_id }) => [actor, event_id])).toEqual([
    ['site-1', other],
    ['site-1', one],
    ['site-2', one],
  ])
  expect((await store.check()).problems).toEqual([])
})

it("another agent's readings are kept and marked, and tell nothing of the device", async () => {
  const { store, send, device_id, snapshot } = await open()
  const other = await enrolAgent(store, 'site-2')
  const time = Date.UTC(2026, 0, 15, 9)
  await send([printer('S1', { sampled_at: at(time), page_count: 10 })])
  const foreign = Array.from({ length: 200 }, (_, i) =>
    printer('S1', { sampled_at: at(time + MINUTE + i), page_count: 999, status: 'error', note: 'mine' }),
  )
  await send(foreign, NOW, other)
  await send([printer('S1', { sampled_at: at(time + 2 * MINUTE), page_count: 11, of_other_agent: true })])
  const id = await device_id()
  const readings = await rawMetrics(store, id)
  expect(readings.map(({ agent_id, of_other_agent }) => [agent_id, of_other_agent])).toEqual([
    ['site-1', undefined],
    ...foreign.map(() => ['site-2', true]),
    ['site-1', undefined],
  ])
  expect((await readPages(store, id, 'raw', 1)).flat()).toEqual(readings)
  for (const resolution of ['hour', 'day'] as const) {
    const read = (await readPages(store, id, resolution)).flat() as { readings?: number }[]
    // a state goes on into the hours behind it
    expect(read.filter(({ readings }) => readings !== 0)).toMatchObject([
      { readings: 2, counters: { page_count: { first: 10, last: 11 } }, last_status: 'idle' },
    ])
  }
  await send(
    foreign.map((item, i) => ({ ...item, sampled_at: at(NOW - 1000 + i) })),
    NOW,
    other,
  )
  const shown = await snapshot()
  expect(shown).toMatchObject({ page_count: 11, status: 'idle' })
  expect(shown).not.toHaveProperty('note')
})

it('a page of large readings, entries or heartbeats ends before it is too large', { timeout: 60_000 }, async () => {
  const { store, file, agent_id, send, device_id } = await open()
  await send([printer('S1', { sampled_at: at(NOW - DAY) })])
  const db = new Database(file)
  onTestFinished(() => void db.close())
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
     INSERT INTO metrics_history (reading_id, agent, device, sampled_at, received_at, page_count, rest)
     SELECT randomblob(16), 1, 1, @now + i, @now + i, i, json_object('pad', @pad) FROM n`,
  ).run({ now: NOW, pad: 'x'.repeat(60_000) })
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
     INSERT INTO agent_health (agent, period, received_at, other) SELECT 1, i * 300000, i * 300000, json_object('pad', @pad) FROM n`,
  ).run({ pad: 'x'.repeat(16_000) })
  const event = (i: number): NewAuditEvent => ({
    event_id: null,
    actor: { type: 'agent', id: agent_id, ip_address: null },
    agent_id,
    action: 'told',
    resource_type: null,
    resource_id: String(i),
    outcome: 'success',
    details: { pad: 'x'.repeat(16_000) },
    occurred_at: NOW,
    recorded_at: NOW,
  })
  await store.recordAudit(Array.from({ length: 1000 }, (_, i) => event(i)))

  const readings = await readPages(store, await device_id(), 'raw', 5000)
  expect(readings.flat().map((each) => (each as Metric & MetricItem).page_count)).toEqual([
    100,
    ...Array.from({ length: 400 }, (_, i) => i + 1),
  ])
  const entries: (readonly { resource_id: string | null }[])[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.listAudit({ limit: 1000, action: 'told', ...(cursor && { cursor }) })
    entries.push(page.items)
    cursor = page.next_cursor
  }
  expect(entries.flat().map(({ resource_id }) => Number(resource_id))).toEqual(
    Array.from({ length: 1000 }, (_, i) => 999 - i),
  )
  const heartbeats: (readonly { received_at: string }[])[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.listAgentHealth({ agent_id, limit: 1000, ...(cursor && { cursor }) })
    heartbeats.push(page?.items ?? [])
    cursor = page?.next_cursor ?? null
  }
  expect(heartbeats.flat().map(({ received_at }) => Date.parse(received_at))).toEqual(
    Array.from({ length: 1000 }, (_, i) => (i + 1) * 300_000),
  )
  for (const pages of [readings, entries, heartbeats]) {
    expect(pages.length).toBeGreaterThan(1)
    for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(PAGE_BYTES * 1.2)
  }
})

it('hours and days of very many readings that are in none yet', { timeout: 30_000 }, async () => {
  const { store, file, send, device_id } = await open()
  const start = Date.UTC(2026, 0, 14)
  await send([printer('S1', { sampled_at: at(start) })])
  const count = 60_000
  const db = new Database(file)
  onTestFinished(() => void db.close())
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @last)
     INSERT INTO metrics_history (reading_id, agent, device, sampled_at, received_at, page_count, rest)
     SELECT randomblob(16), 1, 1, @start + i * 1000, @start + i * 1000, i, '{}' FROM n`,
  ).run({ start, last: count - 1 })
  const id = await device_id()

  const hours = (await readPages(store, id, 'hour')) as MetricPeriod[][]
  expect(hours.flat().map(({ readings }) => readings)).toEqual([...Array(16).fill(3600), count - 16 * 3600])
  expect(hours.flat().at(13)).toMatchObject({
    counters: { page_count: { first: 13 * 3600, last: 14 * 3600 - 1, pages: 3600 } },
  })
  const days = (await readPages(store, id, 'day')) as MetricPeriod[][]
  expect(days.flat()).toMatchObject([{ readings: count, counters: { page_count: { pages: count - 1 } } }])

  // too many for one answer: they come when they are in their days
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150_000)
     INSERT INTO metrics_history (reading_id, agent, device, sampled_at, received_at, page_count, rest)
     SELECT randomblob(16), 1, 1, @start + i * 100 + 7, @start + i * 100 + 7, i, '{}' FROM n`,
  ).run({ start: start - 10 * DAY })
  await expect(readPages(store, id, 'day')).rejects.toMatchObject({ code: 'unavailable' })
  for (;;) if ((await store.rollUp(20_000)).is_done) break
  expect(((await readPages(store, id, 'day')) as MetricPeriod[][]).flat()).toHaveLength(2)
})
