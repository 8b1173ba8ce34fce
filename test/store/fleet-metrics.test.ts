import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Resolution } from '../../src/core/protocol/metrics.ts'
import type { FleetMetricsFilter, Store } from '../../src/core/store/store.ts'
import { openTemporary } from './open-temporary.ts'
import {
  ADMIN,
  at,
  enrolAgent,
  HOUR,
  ingest,
  listAll,
  MINUTE,
  NOW,
  newBatch,
  newRegistration,
  newToken,
  printer,
} from './sample-batches.ts'

type Row = Readonly<Record<string, unknown>>

/** All rows, page by page; `between` runs behind each page. */
async function walk(
  store: Store,
  filter: Partial<FleetMetricsFilter> & { resolution?: Resolution } = {},
  limit = 2,
  between: (page: number) => Promise<unknown> = async () => undefined,
): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  for (let page = 0; page < 10_000; page += 1) {
    const next: Awaited<ReturnType<Store['listFleetMetrics']>> = await store.listFleetMetrics({
      resolution: 'raw',
      ...filter,
      limit,
      ...(cursor !== null && { cursor }),
    })
    expect(next.items.length).toBeLessThanOrEqual(limit)
    rows.push(...(next.items as readonly Row[]))
    cursor = next.next_cursor
    if (cursor === null) return rows
    await between(page)
  }
  throw new Error('the walk has no end')
}

const idsOf = (rows: readonly Row[]) => rows.map((row) => row.reading_id as string)

/** Three devices with a reading each half hour, one of them read by another agent as well. */
async function fill(store: Store) {
  const agent_id = await enrolAgent(store)
  const other = await enrolAgent(store)
  const reading = (serial: string, i: number) =>
    printer(serial, { reading_id: randomUUID(), page_count: 100 + i, sampled_at: at(NOW - (10 - i) * 30 * MINUTE) })
  const items = ['S1', 'S2', 'S3'].flatMap((serial) => [0, 1, 2, 3].map((i) => reading(serial, i)))
  await ingest(store, newBatch(agent_id, 'metrics', items))
  await ingest(
    store,
    newBatch(
      other,
      'metrics',
      [reading('S2', 0.5), reading('S2', 2.5)].map((each) => ({ ...each, page_count: 7 })),
    ),
  )
  return { agent_id, other, devices: await listAll(store) }
}

it('comes by device and then by time, in pages of any size, each reading once', async () => {
  const { store } = await openTemporary()
  const { devices } = await fill(store)
  const whole = await walk(store, {}, 1000)
  expect(whole).toHaveLength(14)
  const order = whole.map((row) => `${row.device_id} ${row.sampled_at}`)
  expect(order).toEqual(order.toSorted())
  for (const limit of [1, 2, 3, 5, 13, 14]) expect(await walk(store, {}, limit)).toEqual(whole)
  // as the list of one device has them
  for (const { device_id } of devices) {
    const page = await store.listMetrics({ device_id, resolution: 'raw', limit: 100 })
    expect(whole.filter((row) => row.device_id === device_id)).toEqual(page?.items)
  }
})

it('is narrowed by time, site, agent and device', async () => {
  const { store } = await openTemporary()
  const { agent_id, other, devices } = await fill(store)
  const { token_id } = await store.createToken(newToken({ site_id: 'elsewhere' }), ADMIN, NOW)
  await store.registerAgent(newRegistration(token_id, { request: { agent_id: 'far' } }), ADMIN, NOW)
  await ingest(store, newBatch('far', 'metrics', [printer('S9')]))
  expect(await walk(store)).toHaveLength(15)
  expect(await walk(store, { site_id: 'elsewhere' })).toMatchObject([{ agent_id: 'far' }])
  expect(await walk(store, { agent_id: other })).toMatchObject([{ of_other_agent: true }, { of_other_agent: true }])
  expect(await walk(store, { agent_id }, 1)).toHaveLength(12)
  expect(await walk(store, { agent_id: 'nobody' })).toEqual([])
  const [one, two] = devices.map(({ device_id }) => device_id) as [string, string]
  expect(new Set((await walk(store, { device_ids: [one, two] })).map((row) => row.device_id))).toEqual(
    new Set([one, two]),
  )
  expect(await walk(store, { device_ids: [] })).toEqual([])
  const from = NOW - 9 * 30 * MINUTE
  const to = NOW - 7 * 30 * MINUTE
  const times = (await walk(store, { from, to, agent_id })).map((row) => Date.parse(row.sampled_at as string))
  expect(times.toSorted()).toEqual([from, from, from, from + 30 * MINUTE, from + 30 * MINUTE, from + 30 * MINUTE])
})

it('gives hours as the lists of single devices do, with the device', async () => {
  const { store } = await openTemporary()
  const { devices, agent_id, other } = await fill(store)
  const whole = await walk(store, { resolution: 'hour' }, 1000)
  const single = await Promise.all(
    devices
      .map(({ device_id }) => device_id)
      .toSorted()
      .map(async (device_id) => {
        const page = await store.listMetrics({ device_id, resolution: 'hour', limit: 100 })
        return (page?.items ?? []).map((period) => ({ device_id, ...period }))
      }),
  )
  expect(whole).toEqual(single.flat())
  expect(whole.length).toBeGreaterThan(3)
  for (const limit of [1, 2, 4]) expect(await walk(store, { resolution: 'hour' }, limit)).toEqual(whole)
  expect(await walk(store, { resolution: 'hour', agent_id })).toEqual(whole)
  expect(await walk(store, { resolution: 'hour', agent_id: other })).toEqual([])
  const narrow = await walk(store, { resolution: 'hour', from: NOW - 4 * HOUR, to: NOW - 4 * HOUR + 1 })
  expect(narrow.every((row) => row.period_start === at(NOW - 4 * HOUR))).toBe(true)
})

it.each([0, 1, 2, 3, 4, 5, 6])('readings come once when devices are merged behind page %i', async (when) => {
  const { store } = await openTemporary()
  const { agent_id } = await fill(store)
  const mac_address = '00-1B-A9-01-02-03'
  const nameless = [0, 1, 2].map((i) => ({
    ...printer('', { mac_address, reading_id: randomUUID(), sampled_at: at(NOW - (9 - i) * 20 * MINUTE) }),
    serial: null,
  }))
  await ingest(store, newBatch(agent_id, 'metrics', nameless))
  const before = idsOf(await walk(store, {}, 1000))
  expect(before).toHaveLength(17)
  const late = randomUUID()
  const rows = await walk(store, {}, 2, async (page) => {
    if (page !== when) return
    await ingest(
      store,
      newBatch(agent_id, 'metrics', [printer('S2', { mac_address, reading_id: late, sampled_at: at(NOW) })]),
    )
    expect(await store.listDevices({ limit: 10 })).toMatchObject({ items: { length: 3 } })
  })
  expect(
    idsOf(rows)
      .filter((id) => id !== late)
      .toSorted(),
  ).toEqual(before.toSorted())
  // and the device that they are of now is the one that is left
  const [left] = (await store.listDevices({ limit: 10, mac_address })).items
  const after = await walk(store, { device_ids: [left?.device_id as string] })
  expect(after).toHaveLength(4 + 2 + 3 + 1)
  expect(new Set(after.map((row) => row.device_id))).toEqual(new Set([left?.device_id]))
})

it('devices without readings end a page, and a cursor of another walk is refused', async () => {
  const { store } = await openTemporary()
  const agent_id = await enrolAgent(store)
  const bare = Array.from({ length: 1500 }, (_, i) => ({ manufacturer: 'HP', serial: `B${i}`, status: 'idle' }))
  await ingest(
    store,
    newBatch(agent_id, 'devices', bare.slice(0, 1000)),
    newBatch(agent_id, 'devices', bare.slice(1000)),
  )
  const first = await store.listFleetMetrics({ resolution: 'raw', limit: 10 })
  expect(first).toEqual({ items: [], next_cursor: expect.any(String) })
  const cursor = first.next_cursor as string
  expect(await store.listFleetMetrics({ resolution: 'raw', limit: 10, cursor })).toEqual({
    items: [],
    next_cursor: null,
  })
  const wrong = store.listFleetMetrics({ resolution: 'raw', limit: 10, cursor, agent_id })
  await expect(wrong).rejects.toMatchObject({ code: 'bad_cursor' })
})
