import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MetricItem } from '../../src/core/protocol/metrics.ts'
import { ANY_SITE, type RetiredKey } from '../../src/core/store/retention.ts'
import type { Store } from '../../src/core/store/store.ts'
import { type CounterState, countStep } from '../../src/core/summary/count-pages.ts'
import { openTemporary } from './open-temporary.ts'
import { at, DAY, enrolAgent, HOUR, ingest, NOW, newBatch, printer } from './sample-batches.ts'

const BEGIN = Date.UTC(2025, 8, 3, 5)
const always = (moment: number) => ({ [ANY_SITE]: moment })

interface Said {
  readonly at: number
  readonly page_count: number
  readonly color_pages: number | null
  readonly status: string
  readonly percent: number
}

/** A life of a printer: it prints, its counter is reset, rolls over, is another board's for a while, or tells zero once. */
const histories = fc
  .array(
    fc.record({
      hours: fc.oneof(fc.double({ min: 0.01, max: 5, noNaN: true }), fc.integer({ min: 6, max: 400 })),
      event: fc.constantFrom(
        'print',
        'print',
        'print',
        'print',
        'nothing',
        'reset',
        'swap',
        'back',
        'zero',
        'near_end',
      ),
      pages: fc.integer({ min: 0, max: 900 }),
      status: fc.constantFrom('idle', 'printing', 'offline', 'error'),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps): Said[] => {
    let [time, count, color, percent] = [BEGIN, 40_000, 100, 90]
    let old: number | null = null
    return steps.map(({ hours, event, pages, status }) => {
      time += Math.max(1, Math.round(hours * HOUR))
      if (event === 'reset') count = pages % 50
      if (event === 'swap') [old, count] = [count, 7 * pages + 250_000]
      if (event === 'back' && old !== null) [count, old] = [old, null]
      if (event === 'near_end') count = 999_990
      if (event === 'print') [count, color] = [(count + pages) % 1_000_000, color + pages]
      percent = percent < 10 ? 100 : percent - (pages % 7)
      const isZero = event === 'zero'
      return {
        at: time,
        page_count: isZero ? 0 : count,
        color_pages: pages % 3 === 0 ? null : color,
        status,
        percent,
      }
    })
  })

const item = (said: Said, serial: string): MetricItem =>
  printer(serial, {
    sampled_at: at(said.at),
    page_count: said.page_count,
    ...(said.color_pages !== null && { color_pages: said.color_pages }),
    status: said.status,
    supplies: [{ index: 1, kind: 'toner', color: 'black', level: { state: 'percent', percent: said.percent } }],
  } as Partial<MetricItem>)

/** Straight from the readings. */
function countDetail(history: readonly Said[], name: 'page_count' | 'color_pages', from: number, to: number) {
  let state: CounterState | null = null
  let [pages, corrections] = [0, 0]
  for (const said of [...history].sort((a, b) => a.at - b.at)) {
    const value = said[name]
    if (value === null || said.at >= to) continue
    const step = countStep(state, value, said.at)
    state = step.state
    if (said.at < from) continue
    pages += step.pages
    corrections += step.correction === null ? 0 : 1
  }
  return { pages, corrections }
}

async function rollUpAll(store: Store, limit: number): Promise<void> {
  for (;;) if ((await store.rollUp(limit)).is_done) return
}

async function foldAll(store: Store, before: number): Promise<void> {
  let after: number | null = 0
  while (after !== null) after = (await store.foldMonths(always(before), after, 3)).next
}

async function removeOld(store: Store, before: number, limit: number): Promise<void> {
  const top = await store.rolledUpTo()
  const range = { source: 'metrics_history', before: always(before), top, after: null, upto: null } as const
  let last: RetiredKey | null = null
  for (let next: RetiredKey | null = null; ; ) {
    const page = await store.readRetired({ ...range, after: next }, limit)
    last = page.last ?? last
    next = page.next
    if (next === null) break
  }
  if (last === null) return
  for (let after: RetiredKey | null = null; ; ) {
    const removed = await store.removeRetired({ ...range, after, upto: last }, limit)
    if (removed.next === null) return
    after = removed.next
  }
}

async function pagesOf(store: Store, from: number, to: number) {
  const { items } = await store.listPages({ from, to, limit: 10 })
  return items[0]
}

const works = fc.constantFrom('roll_up', 'part', 'remove', 'fold', 'nothing')

test('pages from days and months are those of the detail, in whatever order readings come and work is done', async () => {
  let removed = 0
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(fc.tuple(works, fc.nat(), fc.nat(1000)), { minLength: 5, maxLength: 20 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      fc.array(fc.tuple(fc.nat(120 * 24), fc.nat(120 * 24)), { minLength: 2, maxLength: 4 }),
      async (history, work, luck, spans) => {
        const { store } = await openTemporary()
        const agent = await enrolAgent(store)
        const shuffled = history
          .map((said, i) => ({ said, place: i + (luck.next().value as number) * (history.length / 2) }))
          .sort((a, b) => a.place - b.place)
          .map(({ said }) => said)
        const share = Math.ceil(shuffled.length / work.length)
        for (const [i, [kind, days, limit]] of work.entries()) {
          const part = shuffled.slice(i * share, (i + 1) * share)
          const items = part.map((said) => item(said, 'PMX1'))
          if (items.length > 0) await ingest(store, newBatch(agent, 'metrics', items))
          const before = BEGIN + (days % 150) * DAY
          if (kind === 'roll_up') await rollUpAll(store, 1 + limit)
          if (kind === 'part') await store.rollUp(1 + (limit % 40))
          if (kind === 'remove') {
            await rollUpAll(store, 1 + limit)
            await removeOld(store, before, 1 + limit)
          }
          if (kind === 'fold') await foldAll(store, before)
        }
        const held = await store.readRetentionSizes()
        removed += history.length - (held.sources.find(({ source }) => source === 'metrics_history')?.rows ?? 0)
        for (const [a, b] of [...spans, [0, 200 * 24] as const]) {
          const [from, to] = [BEGIN + Math.min(a, b) * HOUR, BEGIN + Math.max(a, b) * HOUR]
          const found = await pagesOf(store, from, to)
          for (const name of ['page_count', 'color_pages'] as const) {
            const expected = countDetail(history, name, from, to)
            const corrections = found?.corrections.filter(({ counter }) => counter === name).length ?? 0
            expect({ pages: found?.counters[name]?.pages ?? 0, corrections }).toEqual(expected)
          }
        }
        // twice changes nothing
        const once = await pagesOf(store, 0, NOW)
        await rollUpAll(store, 10)
        await rollUpAll(store, 10)
        expect(await pagesOf(store, 0, NOW)).toEqual(once)
      },
    ),
    { numRuns: 60 },
  )
  expect(removed).toBeGreaterThan(100)
}, 240_000)

test('a step never counts a million pages, however long nobody looked', () => {
  const before = { value: 10_000, at: BEGIN, left: null, since: BEGIN, fastest: 1000 }
  const year = 365 * DAY
  expect(countStep(before, 510_000, BEGIN + year)).toMatchObject({ pages: 500_000, correction: null })
  expect(countStep(before, 1_010_000, BEGIN + year)).toMatchObject({ pages: 0, correction: { kind: 'swap' } })
  expect(countStep({ ...before, value: 999_990 }, 15, BEGIN + year)).toMatchObject({ pages: 25 })
})
