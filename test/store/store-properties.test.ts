import { rm } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DEVICE_SORTS, type Device } from '../../src/core/protocol/devices.ts'
import type { MetricItem } from '../../src/core/protocol/metrics.ts'
import { OFFLINE } from '../../src/core/store/checked-item.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import type { CheckedBatch, Store } from '../../src/core/store/store.ts'
import { makeDirectory } from './open-temporary.ts'
import { at, DAY, enrolAgent, HOUR, NOW, newBatch, OFFLINE_AFTER } from './sample-batches.ts'

const AGENTS = ['site-1', 'site-2']
const oneOf = <T>(...values: T[]) => fc.constantFrom(...values)

/** Few identities, so that they collide in every way. */
const identity = fc.record(
  {
    serial: oneOf('S1', 'S2', '0000', null),
    mac_address: oneOf('00:1b:a9:00:00:01', '001BA9000002', '00:00:00:00:00:00', null),
    ip: oneOf('10.0.0.1', '10.0.0.2', '0.0.0.0', null),
    device_id: oneOf('S1', 'pool-1', 'unknown', null),
    printer_index: oneOf(1, 2, null),
    manufacturer: oneOf('HP', 'Brother', null),
    model: oneOf('M404', null),
  },
  { requiredKeys: [] },
)
const parts = {
  agent: oneOf(...AGENTS),
  age: fc.integer({ min: -1, max: 72 }),
  arrival: fc.integer({ min: 0, max: 72 }),
  status: oneOf('idle', 'printing', 'offline', null),
}
const reading = fc.record({ ...parts, said: identity })
type Reading = typeof reading extends fc.Arbitrary<infer T> ? T : never

const toBatch = ({ said, agent, age, arrival, status }: Reading, i: number): CheckedBatch => {
  const received_at = NOW + arrival * HOUR
  const item: MetricItem = { ...said, sampled_at: at(received_at - age * HOUR), page_count: i, status }
  return newBatch(agent, 'metrics', [item], { received_at })
}

async function withStore(work: (store: Store, directory: string) => Promise<void>): Promise<void> {
  const directory = await makeDirectory()
  const store = openSqliteStore(`${directory}/x.db`)
  try {
    for (const id of AGENTS) await enrolAgent(store, id)
    await work(store, directory)
  } finally {
    await store.close()
    await rm(directory, { recursive: true })
  }
}

async function walkDevices(store: Store, query: object, limit: number): Promise<Device[]> {
  const devices: Device[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Store['listDevices']>> = await store.listDevices({
      ...query,
      limit,
      ...(cursor !== null && { cursor }),
    })
    devices.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return devices
}

/** The readings of a device, by their page_count. */
async function readCounts(store: Store, device_id: string): Promise<number[]> {
  const page = await store.listMetrics({ device_id, resolution: 'raw', limit: 5000 })
  return (page?.items ?? []).map((item) => (item as Record<string, unknown>).page_count as number)
}

/** Every reading that can be found through the devices. */
async function readAll(store: Store): Promise<number[]> {
  const found: number[] = []
  for (const { device_id } of await walkDevices(store, {}, 50)) found.push(...(await readCounts(store, device_id)))
  return found.sort((one, other) => one - other)
}

it('whatever printers show of themselves, in whatever order: no reading is lost, none counts twice', async () => {
  const sequence = fc.array(reading, { minLength: 1, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(sequence, fc.array(fc.nat(), { maxLength: 5 }), async (readings, repeated) => {
      await withStore(async (store) => {
        const batches = readings.map(toBatch)
        for (const batch of batches) {
          expect(await store.ingestBatches([batch])).toMatchObject([{ outcome: 'stored', stored: 1, duplicates: 0 }])
        }
        const all = readings.map((_, i) => i)
        expect(await readAll(store)).toEqual(all)
        const again = repeated.map((i) => batches[i % batches.length] as CheckedBatch)
        for (const outcome of await store.ingestBatches(again)) expect(outcome).toMatchObject({ duplicates: 1 })
        expect(await readAll(store)).toEqual(all)

        const devices = await walkDevices(store, {}, 50)
        const owned = await Promise.all(AGENTS.map((id) => store.findAgent(id, OFFLINE_AFTER, NOW)))
        expect(owned.reduce((sum, agent) => sum + (agent?.devices_count ?? 0), 0)).toBe(
          devices.filter(({ agent_id }) => agent_id !== null).length,
        )
        // nobody's is what was never read, and nothing else
        for (const device of devices) {
          const counts = await readCounts(store, device.device_id)
          const isSilent = counts.every((i) => readings[i]?.status === OFFLINE)
          expect(device.agent_id === null).toBe(isSilent)
        }
        expect((await store.check()).problems).toEqual([])
      })
    }),
    { numRuns: 60 },
  )
}, 120_000)

it('the memory of ingest changes nothing: the same rows as with a store that is opened for each batch', async () => {
  // few words, said again and again, as printers do
  const sequence = fc
    .array(identity, { minLength: 1, maxLength: 4 })
    .chain((words) => fc.array(fc.record({ ...parts, said: oneOf(...words) }), { minLength: 2, maxLength: 15 }))
  const picture = async (store: Store) => {
    const devices = await walkDevices(store, { sort: 'first_seen' }, 50)
    const details = await Promise.all(devices.map(({ device_id }) => store.findDevice(device_id)))
    const readings = await Promise.all(devices.map(({ device_id }) => readCounts(store, device_id)))
    const told = (await store.listAudit({ limit: 1000 })).items.filter((entry) => entry.resource_type === 'device')
    return {
      devices: details.map((detail) => ({ ...detail, device_id: '', merged: detail?.merged.length })),
      readings,
      told: told.map(({ action, agent_id, occurred_at }) => ({ action, agent_id, occurred_at })),
    }
  }
  await fc.assert(
    fc.asyncProperty(sequence, async (readings) => {
      await withStore(async (warm, directory) => {
        const file = `${directory}/cold.db`
        let cold = openSqliteStore(file)
        for (const id of AGENTS) await enrolAgent(cold, id)
        for (const [i, each] of readings.entries()) {
          const batch = toBatch(each, i)
          await warm.ingestBatches([batch])
          await cold.close()
          cold = openSqliteStore(file)
          await cold.ingestBatches([batch])
        }
        expect(await picture(warm)).toEqual(await picture(cold))
        await cold.close()
      })
    }),
    { numRuns: 40 },
  )
}, 240_000)

it('the same readings twice change nothing', async () => {
  const sequence = fc.array(reading, { minLength: 1, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(sequence, async (readings) => {
      await withStore(async (store) => {
        const batches = readings.map(toBatch)
        await store.ingestBatches(batches)
        const look = async () => [await walkDevices(store, {}, 50), (await store.listAudit({ limit: 1000 })).items]
        const before = await look()
        await store.ingestBatches(batches)
        expect(await look()).toEqual(before)
      })
    }),
    { numRuns: 40 },
  )
}, 120_000)

it('pages of devices join to the whole list, each once, in any order and size', async () => {
  await withStore(async (store) => {
    const items = Array.from({ length: 60 }, (_, i) => ({
      serial: `SN${i}`,
      manufacturer: ['HP', 'hp', 'Brother', null][i % 4] as string | null,
      model: i % 5 === 0 ? null : `M${i % 3}`,
      page_count: i % 7 === 0 ? null : i % 6,
      sampled_at: at(NOW - (i % 4) * DAY),
    }))
    await store.ingestBatches([newBatch('site-1', 'metrics', items)])
    const sort = oneOf(...DEVICE_SORTS.flatMap((each) => [each, `-${each}`]))
    const filter = oneOf({}, { manufacturer: 'HP' }, { search: 'sn1' }, { seen_since: NOW - 2 * DAY })
    await fc.assert(
      fc.asyncProperty(sort, filter, fc.integer({ min: 1, max: 70 }), async (order, only, limit) => {
        const whole = await walkDevices(store, { sort: order, ...only }, 1000)
        const pages = await walkDevices(store, { sort: order, ...only }, limit)
        expect(pages).toEqual(whole)
        expect(new Set(pages.map((each) => each.device_id)).size).toBe(pages.length)
      }),
      { numRuns: 200 },
    )
  })
})
