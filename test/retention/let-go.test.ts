import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openSigningKey } from '../../src/core/audit/signing-key.ts'
import { readArchive } from '../../src/core/retention/archive/archive-file.ts'
import { openDirectoryPlace } from '../../src/core/retention/archive/directory-place.ts'
import { createArchiveJobs } from '../../src/core/retention/archive-jobs.ts'
import { listPolicies } from '../../src/core/retention/policies.ts'
import { DEFAULT_DAYS, type RetentionOptions } from '../../src/core/retention/retention-options.ts'
import { type RetentionEvent, runRetention } from '../../src/core/retention/run-retention.ts'
import type { Actor, Store } from '../../src/core/store/store.ts'
import { openTemporary } from '../store/open-temporary.ts'
import { at, DAY, enrolAgent, HOUR, ingest, newBatch, printer } from '../store/sample-batches.ts'
import { listManifests } from './archive/list-manifests.ts'

const BEGIN = Date.UTC(2025, 0, 1)
const ADMIN: Actor = { type: 'local', id: 'somebody', ip_address: null }
const month = (i: number) => Date.UTC(2025, i, 1)

interface Site {
  readonly store: Store
  readonly directory: string
  readonly file: string
}

async function run(
  { store, directory }: Site,
  now: number,
  days: Partial<RetentionOptions>,
  key: string | null = null,
) {
  const events: RetentionEvent[] = []
  const policies = listPolicies({ ...DEFAULT_DAYS, ...days, hour: null, archive: null }, [])
  const place = openDirectoryPlace(join(directory, 'archive'))
  const signal = new AbortController().signal
  const openAuditKey = key === null ? null : () => openSigningKey(key)
  const parts = { store, place, policies, now: () => now, monotonic: () => performance.now(), openAuditKey, signal }
  for await (const event of runRetention(parts)) events.push(event)
  return events
}

/** Ten pages a day, read at five in the morning. */
async function age(site: Site, days: number): Promise<string> {
  const agent = await enrolAgent(site.store, 'site-a', BEGIN)
  for (let day = 0; day < days; day += 1) await read(site.store, agent, BEGIN + day * DAY + 5 * HOUR, 10_000 + 10 * day)
  return agent
}

const read = (
  store: Store,
  agent: string,
  time: number,
  page_count: number,
  more: object = {},
  received = time + 1000,
) =>
  ingest(
    store,
    newBatch(agent, 'metrics', [printer('P1', { sampled_at: at(time), page_count, ...more })], {
      received_at: received,
    }),
  )

async function pages({ store }: Site, from: number, to: number) {
  const [device] = (await store.listPages({ from, to, limit: 5 })).items
  return device?.counters.page_count?.pages ?? 0
}

const jobs = ({ store, directory }: Site, now: number) =>
  createArchiveJobs({
    store,
    openPlace: async () => openDirectoryPlace(join(directory, 'archive')),
    now: () => now,
  })

const SHORT = { metrics_detailed_days: 10, metrics_summary_days: 20, metrics_delete_days: 100 }

test('what is restored of a time that was let go, or arrives late, changes no other month', async () => {
  const site = await openTemporary()
  const agent = await age(site, 240)
  const now = BEGIN + 240 * DAY
  await run(site, now, SHORT)
  const kept = async () => Promise.all([4, 5, 6, 7].map((i) => pages(site, month(i), month(i + 1))))
  expect(await kept()).toEqual([310, 300, 310, 280])
  expect(await pages(site, month(0), month(1))).toBe(0)
  const [told] = (await site.store.listPages({ from: BEGIN, to: now, limit: 1 })).items
  expect(told?.let_go_before).toBe(month(4))
  const [whole] = (await site.store.listPages({ from: month(4), to: now, limit: 1 })).items
  expect(whole?.let_go_before).toBeNull()

  await jobs(site, now).start({ kind: 'restore', from: month(0), to: month(1), until: now + DAY }, ADMIN).ended
  // the first reading of all counts nothing
  expect(await pages(site, month(0), month(1))).toBe(300)
  expect(await kept()).toEqual([310, 300, 310, 280])
  await read(site.store, agent, month(1) + 3 * DAY, 10_345, {}, now)
  expect(await kept()).toEqual([310, 300, 310, 280])
  await run(site, now, SHORT)
  expect(await kept()).toEqual([310, 300, 310, 280])
  await run(site, now + 2 * DAY, SHORT)
  expect(await pages(site, month(0), month(4))).toBe(0)
  expect(await kept()).toEqual([310, 300, 310, 280])
})

test('months go into their archives with all that they have', async () => {
  const site = await openTemporary()
  await age(site, 240)
  // every day, as a server does
  for (let day = 200; day <= 240; day += 1) await run(site, BEGIN + day * DAY, SHORT)
  const found: unknown[] = []
  for await (const manifest of listManifests(join(site.directory, 'archive'), 'metrics_monthly')) {
    for await (const row of readArchive(openDirectoryPlace(join(site.directory, 'archive')), manifest)) {
      const { counters } = JSON.parse(row.summary as string)
      found.push([row.period, counters.page_count?.pages, row.counters !== null])
    }
  }
  expect(found).toEqual([0, 1, 2, 3].map((i) => [month(i), [300, 280, 310, 300][i], true]))
})

test('audit entries are archived once: not before the key is there, and not again after a kill', async () => {
  const site = await openTemporary()
  await age(site, 1)
  const now = BEGIN + 800 * DAY
  const missing = join(site.directory, 'no', 'such', 'key.pem')
  const archives = async () => (await site.store.listArchives('audit_log', 0, 10)).length
  await expect(run(site, now, {}, missing)).rejects.toMatchObject({ code: 'file_unwritable' })
  expect(await archives()).toBe(0)
  // as one that was killed between the archive and the log leaves it
  const cut: Store = { ...site.store, pruneAudit: () => Promise.reject(new Error('killed')) }
  const key = join(site.directory, 'key.pem')
  await expect(run({ ...site, store: cut }, now, {}, key)).rejects.toThrow('killed')
  expect(await archives()).toBe(1)
  await run(site, now, {}, key)
  await run(site, now, {}, key)
  const seqs: unknown[] = []
  for await (const manifest of listManifests(join(site.directory, 'archive'), 'audit_log')) {
    for await (const { seq } of readArchive(openDirectoryPlace(join(site.directory, 'archive')), manifest))
      seqs.push(seq)
  }
  expect(seqs.length).toBeGreaterThan(0)
  expect(new Set(seqs).size).toBe(seqs.length)
  expect(await site.store.listOpenArchives()).toEqual([])
})

test('an archive whose manifest was written anew is not restored; what came back before it is told and audited', async () => {
  const site = await openTemporary()
  await age(site, 60)
  const now = BEGIN + 60 * DAY
  for (const day of [40, 60]) await run(site, BEGIN + day * DAY, SHORT)
  const archive = join(site.directory, 'archive')
  const names = readdirSync(archive, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
  const order = (await site.store.listArchives('metrics_history', 0, 10)).map(({ name }) => `${name}.manifest.json`)
  expect(order.length).toBeGreaterThan(1)
  expect(names.sort()).toEqual([...order].sort())
  const last = join(archive, order.at(-1) as string)
  const manifest = JSON.parse(readFileSync(last, 'utf8'))
  writeFileSync(last, JSON.stringify({ ...manifest, sha256: 'f'.repeat(64) }))
  const work = jobs(site, now)
  await work.start({ kind: 'restore', from: BEGIN, to: now, until: now + DAY }, ADMIN).ended
  const state = work.state()
  expect(state.error).toContain('its manifest is not the one that was written')
  expect(state.restored).toBeGreaterThan(0)
  const db = new Database(site.file, { readonly: true })
  const body = db.prepare("SELECT body FROM audit_log WHERE action = 'archive_restored'").pluck().get() as string
  db.close()
  expect(JSON.parse(body)).toMatchObject({ outcome: 'failure', details: { restored: state.restored } })
})

test('late readings correct levels and states of their month as well, and hours add up to days and months', async () => {
  const sites = [await openTemporary(), await openTemporary()] as const
  const life = Array.from({ length: 60 }, (_, i) => ({
    time: BEGIN + i * 11 * HOUR,
    more: {
      status: ['idle', 'printing', 'error'][i % 3],
      supplies: [
        { index: 1, kind: 'toner', color: 'black', level: { state: 'percent', percent: 100 - ((i * 7) % 97) } },
      ],
    },
  }))
  const isLate = (i: number) => i % 4 === 1
  for (const [place, site] of sites.entries()) {
    const agent = await enrolAgent(site.store, 'site-a', BEGIN)
    const tell = async (late: boolean) => {
      for (const [i, { time, more }] of life.entries())
        if (place === 0 ? !late : isLate(i) === late) await read(site.store, agent, time, 1000 + i, more)
    }
    await tell(false)
    await run(site, BEGIN + 100 * DAY, SHORT)
    await tell(true)
    await run(site, BEGIN + 100 * DAY, { ...SHORT, metrics_delete_days: 200 })
  }
  const list = async ({ store }: Site, resolution: 'hour' | 'day' | 'month') => {
    const [device] = (await store.listDevices({ limit: 1 })).items
    const page = await store.listMetrics({ device_id: device?.device_id as string, resolution, limit: 1000 })
    return (page?.items ?? []) as unknown as { states: Record<string, number>; readings: number }[]
  }
  for (const resolution of ['hour', 'day', 'month'] as const) {
    expect(await list(sites[1], resolution)).toEqual(await list(sites[0], resolution))
  }
  const sum = async (resolution: 'hour' | 'day' | 'month') => {
    const states: Record<string, number> = {}
    for (const period of await list(sites[0], resolution))
      for (const [status, seconds] of Object.entries(period.states)) states[status] = (states[status] ?? 0) + seconds
    return states
  }
  const hours = await sum('hour')
  // each lasts two hours, and the next reading is eleven away: also where that is in a day without a reading
  expect(hours).toEqual({ idle: 20 * 7200, printing: 20 * 7200, error: 20 * 7200 })
  expect(await sum('day')).toEqual(hours)
  expect(await sum('month')).toEqual(hours)
})

test('days become months also where one of them told no levels, and those of the others have left', async () => {
  const site = await openTemporary()
  const agent = await enrolAgent(site.store, 'site-a', BEGIN)
  const supplies = [{ index: 1, kind: 'toner', color: 'black', level: { state: 'percent', percent: 50 } }]
  for (let day = 0; day < 60; day += 1) {
    await read(site.store, agent, BEGIN + day * DAY, 1000 + day, day === 12 ? {} : { supplies })
  }
  const policies = listPolicies(
    { ...DEFAULT_DAYS, metrics_detailed_days: 5, metrics_summary_days: 20, hour: null, archive: null },
    [{ site_id: '*', metric_type: 'supply_levels', keep_detailed_days: 5, keep_summary_days: 8, delete_after_days: 8 }],
  )
  const place = openDirectoryPlace(join(site.directory, 'archive'))
  const parts = { store: site.store, place, policies, monotonic: () => performance.now(), openAuditKey: null }
  const signal = new AbortController().signal
  for (let day = 10; day <= 60; day += 1) {
    for await (const _ of runRetention({ ...parts, now: () => BEGIN + day * DAY, signal }));
  }
  const { sources } = await site.store.readRetentionSizes()
  expect(sources.find(({ source }) => source === 'metrics_monthly')).toMatchObject({ rows: 1 })
  expect(await pages(site, month(0), month(2))).toBe(58)
})
