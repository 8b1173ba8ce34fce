import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSigningKey } from '../../src/core/audit/signing-key.ts'
import { readArchive } from '../../src/core/retention/archive/archive-file.ts'
import { openDirectoryPlace } from '../../src/core/retention/archive/directory-place.ts'
import type { ArchivePlace } from '../../src/core/retention/archive/place.ts'
import { listPolicies, type Policy } from '../../src/core/retention/policies.ts'
import { restoreSpan } from '../../src/core/retention/restore-span.ts'
import { type RetentionEvent, runRetention } from '../../src/core/retention/run-retention.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/core/store/store.ts'
import { defaultOptions } from '../server/start-test-server.ts'
import { openTemporary } from '../store/open-temporary.ts'
import { at, DAY, enrolAgent, HOUR, ingest, NOW, newBatch, printer } from '../store/sample-batches.ts'
import { ageFleet } from './aged-fleet.ts'
import { listManifests } from './archive/list-manifests.ts'

const POLICIES = listPolicies(defaultOptions('').retention, [])

async function runAll(
  store: Store,
  place: ArchivePlace | null,
  now: number,
  { policies = POLICIES, key = '' }: { policies?: readonly Policy[]; key?: string } = {},
): Promise<RetentionEvent[]> {
  const events: RetentionEvent[] = []
  const run = {
    store,
    place,
    policies,
    now: () => now,
    monotonic: () => performance.now(),
    openAuditKey: key === '' ? null : () => openSigningKey(key),
    signal: new AbortController().signal,
  }
  for await (const event of runRetention(run)) events.push(event)
  return events
}

const sum = (events: readonly RetentionEvent[], kind: 'archived' | 'deleted', source: string) =>
  events.reduce((all, each) => (each.kind === kind && each.source === source ? all + each.rows : all), 0)

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const each of all) found.push(each)
  return found
}

/** All that a report says of each month, and in all. */
async function figures(store: Store, from: number, to: number) {
  const spans = [[from, to] as const, [from + 95.3 * DAY, from + 505.7 * DAY] as const]
  const found: unknown[] = []
  for (const [since, until] of spans) {
    const { items } = await store.listPages({ from: since, to: until, limit: 1000 })
    found.push(items)
  }
  return found
}

test('two years of readings: rolled up, archived, deleted, restored, and the figures stay', async () => {
  const { store, file, directory } = await openTemporary()
  const { from, to, readings } = await ageFleet(store, file, 20, 730, NOW)
  const place = openDirectoryPlace(join(directory, 'archive'))
  const wanted = await figures(store, from, to)
  const bytesBefore = (await store.freeSpace()).total_bytes

  const events = await runAll(store, place, NOW)
  expect(await figures(store, from, to)).toEqual(wanted)
  const gone = sum(events, 'deleted', 'metrics_history')
  expect(gone).toBeGreaterThan(readings * 0.9)
  expect(sum(events, 'archived', 'metrics_history')).toBe(gone)
  const bytesAfter = (await store.freeSpace()).total_bytes
  expect(bytesAfter).toBeLessThan(bytesBefore / 5)
  expect(await store.check()).toMatchObject({ problems: [] })

  // again: nothing to do
  expect(await runAll(store, place, NOW)).toEqual([])

  const [some] = (await store.listDevices({ limit: 1 })).items
  const months = () => store.listMetrics({ device_id: some?.device_id as string, resolution: 'month', limit: 50 })
  const monthsBefore = await months()

  // a span comes back, counts nothing twice, and leaves again
  const span = { from: NOW - 400 * DAY, to: NOW - 370 * DAY }
  const restored = await restoreSpan(store, place, {
    ...span,
    until: NOW + 7 * DAY,
    signal: new AbortController().signal,
  })
  expect(restored.restored).toBe(20 * 30 * 24)
  expect((await store.readRetentionSizes()).waiting).toBe(0)
  expect(await months()).toEqual(monthsBefore)
  expect(await figures(store, from, to)).toEqual(wanted)
  const raw = { device_id: some?.device_id as string, resolution: 'raw', limit: 10, ...span } as const
  expect((await store.listMetrics(raw))?.items.length).toBe(10)
  expect(await runAll(store, place, NOW)).toEqual([])
  const left = await runAll(store, place, NOW + 8 * DAY)
  // the newest row of all stays until another one comes
  expect(sum(left, 'deleted', 'restored')).toBe(restored.restored - 1)
  expect((await store.listMetrics(raw))?.items.length).toBeLessThanOrEqual(1)
  console.log(
    `20 printers, two years: ${readings} readings, ${bytesBefore >> 10} KiB before, ${bytesAfter >> 10} KiB after (file ${statSync(file).size >> 10} KiB)`,
  )
}, 480_000)

test('there is one run at a time, in whatever program', async () => {
  const { store, file, directory } = await openTemporary()
  await ageFleet(store, file, 2, 40, NOW)
  const run = (on: Store) =>
    runRetention({
      store: on,
      place: openDirectoryPlace(join(directory, 'archive')),
      policies: POLICIES,
      now: () => NOW,
      monotonic: () => performance.now(),
      openAuditKey: null,
      signal: new AbortController().signal,
    })
  const first = run(store)
  await first.next()
  const other = openSqliteStore(file)
  await expect(collect(run(other))).rejects.toMatchObject({ code: 'unavailable', message: /goes on already/ })
  await expect(collect(run(store))).rejects.toMatchObject({ code: 'unavailable' })
  // reports and readings do not wait for it
  expect((await other.listPages({ from: 0, to: NOW, limit: 5 })).items).toHaveLength(2)
  await first.return(undefined)
  expect(sum(await collect(run(other)), 'deleted', 'metrics_history')).toBeGreaterThan(0)
  await other.close()
})

test('a run ends however many readings come while it is at work', async () => {
  const { store, file } = await openTemporary()
  await ageFleet(store, file, 2, 40, NOW)
  const agent = await enrolAgent(store)
  let come = 0
  const busy: Store = {
    ...store,
    async rollUp(limit) {
      come += 1
      expect(come).toBeLessThan(10_000)
      const reading = printer('PMBUSY', { page_count: come, sampled_at: at(NOW + come) })
      await store.ingestBatches([newBatch(agent, 'metrics', [reading], { seq: come, received_at: NOW + come })])
      return store.rollUp(limit)
    },
  }
  expect(sum(await runAll(busy, null, NOW), 'deleted', 'metrics_history')).toBeGreaterThan(0)
  expect((await store.readRetentionSizes()).waiting).toBeLessThan(3)
})

test('nothing is deleted before its archive is verified; the next run goes on', async () => {
  const { store, file, directory } = await openTemporary()
  await ageFleet(store, file, 2, 90, NOW)
  const good = openDirectoryPlace(join(directory, 'archive'))
  const rows = async () =>
    (await store.readRetentionSizes()).sources.find((each) => each.source === 'metrics_history')?.rows
  const all = await rows()
  // what is read back is not what was written
  const bad: ArchivePlace = {
    ...good,
    async *read(name) {
      const bytes = Buffer.concat(await collect(good.read(name)))
      yield bytes.fill(7, bytes.length >> 1)
    },
  }
  await expect(runAll(store, bad, NOW)).rejects.toMatchObject({ code: 'archive_damaged' })
  expect(await rows()).toBe(all)
  const events = await runAll(store, good, NOW)
  expect(sum(events, 'deleted', 'metrics_history')).toBe(sum(events, 'archived', 'metrics_history'))
  expect(await rows()).toBeLessThan(all as number)
  // what was archived is what there was
  const ids = new Set<string>()
  for await (const manifest of listManifests(join(directory, 'archive'), 'metrics_history')) {
    for await (const row of readArchive(good, manifest)) ids.add((row.reading_id as Buffer).toString('hex'))
  }
  expect(ids.size).toBe(sum(events, 'deleted', 'metrics_history'))
  const span = { from: NOW - 60 * DAY, to: NOW - 50 * DAY, until: NOW + DAY, signal: new AbortController().signal }
  const { restored } = await restoreSpan(store, good, span)
  expect(restored).toBe(2 * 10 * 24)
  expect(await restoreSpan(store, good, span)).toMatchObject({ restored: 0, already_here: restored })
  // the name of the attempt that failed was used again
  expect(await collect(listManifests(join(directory, 'archive'), 'metrics_history'))).toHaveLength(1)
})

test('audit entries leave behind a signed stub, and the chain still verifies', async () => {
  const { store, directory } = await openTemporary()
  const event = (i: number) => ({
    event_id: null,
    actor: { type: 'server', id: 'server', ip_address: null } as const,
    agent_id: null,
    action: 'tested',
    resource_type: null,
    resource_id: null,
    outcome: 'success',
    details: { i },
    occurred_at: NOW - (3000 - i) * HOUR * 10,
    recorded_at: NOW - (3000 - i) * HOUR * 10,
  })
  await store.recordAudit(Array.from({ length: 3000 }, (_, i) => event(i)))
  const place = openDirectoryPlace(join(directory, 'archive'))
  const events = await runAll(store, place, NOW, { key: join(directory, 'key.pem') })
  const gone = sum(events, 'deleted', 'audit_log')
  expect(gone).toBe(1247)
  const archived: unknown[] = []
  for await (const manifest of listManifests(join(directory, 'archive'), 'audit_log')) {
    for await (const row of readArchive(place, manifest)) archived.push(row)
  }
  expect(archived).toHaveLength(gone)
  expect((await store.check()).problems).toEqual([])
  expect((await store.readAuditEnds()).stub).not.toBeNull()
})

test('policies of a site, and types that go earlier than others', async () => {
  const { store, file, directory } = await openTemporary()
  await ageFleet(store, file, 2, 60, NOW)
  const place = openDirectoryPlace(join(directory, 'archive'))
  const policies = POLICIES.map((each) =>
    each.metric_type === 'supply_levels'
      ? { ...each, keep_detailed_days: 1, keep_summary_days: 2, delete_after_days: 2 }
      : each,
  )
  await runAll(store, place, NOW, { policies })
  const [device] = (await store.listDevices({ limit: 1 })).items
  const query = { device_id: device?.device_id as string, resolution: 'day', limit: 100 } as const
  const days = (await store.listMetrics(query))?.items as unknown as { levels?: unknown[] }[]
  expect(days.length).toBeGreaterThan(50)
  expect(days.filter(({ levels }) => (levels ?? []).length > 0)).toHaveLength(3)
})

test('a late reading corrects the month that it belongs to, and the one behind', async () => {
  const { store, directory } = await openTemporary()
  const agent = await enrolAgent(store)
  const read = (time: number, page_count: number) =>
    ingest(store, newBatch(agent, 'metrics', [printer('S1', { sampled_at: at(time), page_count })]))
  const place = openDirectoryPlace(join(directory, 'archive'))
  const month = Date.UTC(2024, 5, 1)
  await read(month + DAY, 1000)
  await read(month + 40 * DAY, 3000)
  await runAll(store, place, NOW)
  const pages = async (from: number, to: number) =>
    (await store.listPages({ from, to, limit: 1 })).items[0]?.counters.page_count?.pages
  expect([await pages(month, month + 30 * DAY), await pages(month + 30 * DAY, NOW)]).toEqual([0, 2000])
  await read(month + 20 * DAY, 2500)
  await runAll(store, place, NOW)
  expect([await pages(month, month + 30 * DAY), await pages(month + 30 * DAY, NOW)]).toEqual([1500, 500])
})
