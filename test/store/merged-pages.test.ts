import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MetricItem } from '../../src/core/protocol/metrics.ts'
import { ANY_SITE } from '../../src/core/store/retention.ts'
import type { Store } from '../../src/core/store/store.ts'
import { openTemporary } from './open-temporary.ts'
import { at, DAY, enrolAgent, HOUR, ingest, NOW, newBatch, printer } from './sample-batches.ts'

const BEGIN = Date.UTC(2025, 2, 20)
const MAC = { mac_address: '00:1b:a9:12:34:56', ip: '10.0.0.5' }
const SERIAL = { serial: 'SERIAL77', ip: '10.0.0.6' }
const BOTH = { ...SERIAL, ...MAC }

type Work = 'roll_up' | 'part' | 'fold' | 'nothing'

async function doWork(store: Store, work: Work, day: number): Promise<void> {
  if (work === 'nothing') return
  if (work === 'part') {
    await store.rollUp(7)
    return
  }
  while (!(await store.rollUp(50)).is_done);
  if (work === 'roll_up') return
  let after: number | null = 0
  while (after !== null) after = (await store.foldMonths({ [ANY_SITE]: BEGIN + day * DAY }, after, 5)).next
}

/** What stands for the printer that has all of it: pages, seconds and replacements of each of some spans. */
async function figures(store: Store, spans: ReadonlyArray<readonly [number, number]>) {
  const found: unknown[] = []
  for (const [from, to] of spans) {
    const { items } = await store.listPages({ from, to, limit: 10 })
    const [device] = items
    const periods = await store.listMetrics({
      device_id: device?.device_id as string,
      resolution: 'month',
      limit: 100,
      from,
      to,
    })
    found.push([items.length, device?.counters, device?.corrections, periods?.items])
  }
  return found
}

test('a device that was seen as two has the figures of one, before and after its days are brought together', async () => {
  await fc.assert(
    fc.asyncProperty(
      // whether a reading was told by the MAC address, by the serial number, and what was done behind it
      fc.array(
        fc.record({
          isMac: fc.boolean(),
          hours: fc.integer({ min: 1, max: 90 }),
          pages: fc.integer({ min: 0, max: 300 }),
          percent: fc.integer({ min: 1, max: 100 }),
          work: fc.constantFrom<Work>('roll_up', 'part', 'fold', 'nothing', 'nothing'),
        }),
        { minLength: 4, maxLength: 40 },
      ),
      fc.array(fc.tuple(fc.nat(120 * 24), fc.nat(120 * 24)), { minLength: 2, maxLength: 2 }),
      async (life, bounds) => {
        const one = await openTemporary()
        const two = await openTemporary()
        const stores = [one.store, two.store]
        const agents = [await enrolAgent(one.store), await enrolAgent(two.store)]
        let [time, page_count] = [BEGIN, 40_000]
        for (const { isMac, hours, pages, percent, work } of life) {
          time += hours * HOUR
          page_count += pages
          const said = {
            ...printer('x', { sampled_at: at(time), page_count, status: pages > 0 ? 'printing' : 'idle' }),
            serial: undefined,
            supplies: [{ index: 1, kind: 'toner', color: 'black', level: { state: 'percent', percent } }],
          }
          for (const [i, who] of [isMac ? MAC : SERIAL, BOTH].entries()) {
            const item = { ...said, ...who } as unknown as MetricItem
            await ingest(
              stores[i] as Store,
              newBatch(agents[i] as string, 'metrics', [item], { received_at: time + 1 }),
            )
          }
          for (const store of stores) await doWork(store, work, hours * 2)
        }
        const last = { ...printer('x', { sampled_at: at(time + HOUR), page_count: page_count + 7 }), ...BOTH }
        for (const [i, store] of stores.entries()) {
          const batch = newBatch(agents[i] as string, 'metrics', [last as MetricItem], { received_at: time + HOUR })
          await ingest(store, batch)
        }
        const spans = [...bounds.map((pair) => pair.map((hour) => BEGIN + hour * HOUR).sort((a, b) => a - b)), [0, NOW]]
        const wanted = await figures(two.store, spans as [number, number][])
        const forget = (found: unknown) =>
          JSON.parse(JSON.stringify(found, (key, value) => (key === 'device_id' ? undefined : value)))
        expect(forget(await figures(one.store, spans as [number, number][]))).toEqual(forget(wanted))
        await doWork(one.store, 'roll_up', 0)
        expect(forget(await figures(one.store, spans as [number, number][]))).toEqual(forget(wanted))
        await doWork(one.store, 'fold', 100)
        expect(forget(await figures(one.store, spans as [number, number][]))).toEqual(forget(wanted))
      },
    ),
    { numRuns: 40 },
  )
}, 240_000)
