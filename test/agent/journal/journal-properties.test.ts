import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { OutgoingBatch } from '../../../src/core/agent/journal/journal.ts'
import { openJournal } from '../../../src/core/agent/journal/open-journal.ts'
import type { BatchKind } from '../../../src/core/protocol/batches.ts'
import { BOTH, itemsOf, makeDirectory, NOW, newOptions } from './open-temporary.ts'

interface Entry {
  readonly kind: BatchKind
  readonly printer?: string
  readonly n: number
}
interface Sent {
  readonly journal: number
  readonly seq: number
  readonly entries: readonly Entry[]
}

const small = fc.integer({ min: 0, max: 6 })
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('readings' as const), count: small }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('device' as const), printer: fc.constantFrom('a', 'b') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('next' as const),
      kinds: fc.constantFrom<readonly BatchKind[]>(BOTH, ['metrics'], ['devices']),
      items: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), stale: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('quarantine' as const), places: fc.array(small, { maxLength: 5 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('dissolve' as const), stale: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('renumber' as const), back: fc.option(small), last_seq: small }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trim' as const) }) },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

it('whatever happens in whatever order: no entry lost, none acknowledged twice, order kept, no gap in the numbers', () => {
  const directory = makeDirectory()
  let runs = 0
  const property = fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
    const file = join(directory, `${runs++}`, 'journal.db')
    runAgainstModel(file, operations)
    rmSync(join(file, '..'), { recursive: true })
  })
  fc.assert(property, { numRuns: 150 })
}, 120_000)

function runAgainstModel(file: string, operations: readonly Operation[]): void {
  let journal = openJournal(file, newOptions())
  let now = NOW
  let n = 0
  // the model: lists
  let waiting: Entry[] = []
  let flying: { sent: Sent; batch: OutgoingBatch } | null = null
  let acknowledged: Sent[] = []
  const quarantined: Entry[] = []
  const ids = [journal.journal_id]
  let last = 0
  let stale: OutgoingBatch | null = null

  const inOrder = (entries: Entry[]) => entries.sort((one, other) => one.n - other.n)
  const land = () => {
    if (flying === null) return
    waiting = inOrder([...waiting, ...flying.sent.entries])
    stale = flying.batch
    flying = null
  }
  const steps: { [K in Operation['do']]: (operation: Extract<Operation, { do: K }>) => void } = {
    readings({ count }) {
      const entries = Array.from({ length: count }, () => ({ kind: 'metrics' as const, n: n++ }))
      journal.record({ readings: entries.map((entry) => ({ n: entry.n })) }, now)
      waiting.push(...entries)
    },
    device({ printer }) {
      const entry: Entry = { kind: 'devices', printer, n: n++ }
      journal.record({ devices: [{ printer_id: printer, item: { n: entry.n } }] }, now)
      waiting = [...waiting.filter((each) => each.printer !== printer), entry]
    },
    next({ kinds, items }) {
      const batch = journal.nextBatch(kinds, { items, bytes: 1_000_000 }, now)
      if (flying !== null) {
        expect(batch).toEqual(flying.batch)
        return
      }
      const kind = waiting.find((entry) => kinds.includes(entry.kind))?.kind
      if (kind === undefined) {
        expect(batch).toBeNull()
        return
      }
      const entries = waiting.filter((entry) => entry.kind === kind).slice(0, items)
      expect(batch).toMatchObject({ kind, seq: last + 1, journal_id: ids.at(-1), items: entries.length })
      expect(itemsOf(batch).map((item) => item.n)).toEqual(entries.map((entry) => entry.n))
      waiting = waiting.filter((entry) => !entries.includes(entry))
      flying = { sent: { journal: ids.length - 1, seq: last + 1, entries }, batch: batch as OutgoingBatch }
    },
    acknowledge({ stale: late }) {
      if (late && stale !== null && stale.body !== flying?.batch.body) journal.acknowledge(stale, now)
      if (late || flying === null) return
      journal.acknowledge(flying.batch, now)
      acknowledged.push(flying.sent)
      last = flying.sent.seq
      stale = flying.batch
      flying = null
    },
    quarantine({ places }) {
      if (flying === null) return
      const { batch, sent } = flying
      const put = new Set(places.filter((place) => place < sent.entries.length))
      const items = places.map((index) => ({ index, reason: 'no' }))
      expect(journal.quarantine(batch, items, now)).toBe(put.size)
      land()
      const gone = sent.entries.filter((_, place) => put.has(place))
      waiting = waiting.filter((entry) => !gone.includes(entry))
      quarantined.push(...gone)
    },
    dissolve({ stale: late }) {
      if (late && stale !== null && stale.body !== flying?.batch.body) journal.dissolve(stale)
      if (late || flying === null) return
      journal.dissolve(flying.batch)
      land()
    },
    renumber({ back, last_seq }) {
      const number = back === null ? -1 : Math.max(0, ids.length - 1 - back)
      land()
      const isBehind = ({ journal: of, seq }: Sent) => of > number || (of === number && seq > last_seq)
      // of a journal that has nothing here any more only the current one is known
      const isKnown = acknowledged.some((sent) => sent.journal === number) || number === ids.length - 1
      const again = acknowledged.filter((sent) => !isKnown || isBehind(sent))
      const held = back === null ? null : { journal_id: ids[number] as string, last_seq }
      const { resent } = journal.renumber(held, now)
      expect(resent).toBe(again.reduce((sum, { entries }) => sum + entries.length, 0))
      acknowledged = acknowledged.filter((sent) => !again.includes(sent))
      waiting = inOrder([...waiting, ...again.flatMap(({ entries }) => entries)])
      expect(ids).not.toContain(journal.journal_id)
      ids.push(journal.journal_id)
      last = 0
    },
    reopen() {
      journal.close()
      journal = openJournal(file, newOptions({ now }))
    },
    trim() {
      now += 1000
      expect(journal.trim(now)).toEqual({ expired: 0, thinned: 0, dropped: 0, events_dropped: 0 })
    },
  }

  try {
    for (const each of operations) {
      steps[each.do](each as never)
      const queue_length = waiting.length + ((flying as { sent: Sent } | null)?.sent.entries.length ?? 0)
      expect(journal.count(now)).toMatchObject({ queue_length, quarantined: quarantined.length })
      expect([journal.last_acknowledged, journal.journal_id]).toEqual([last, ids.at(-1)])
    }
    // to the end: everything once, in order
    steps.dissolve({ do: 'dissolve', stale: false })
    for (const kind of BOTH) {
      const rest = journal.nextBatch([kind], { items: 10_000, bytes: 10_000_000 }, now)
      const expected = waiting.filter((entry) => entry.kind === kind)
      expect(itemsOf(rest).map((item) => item.n)).toEqual(expected.map((entry) => entry.n))
      if (rest) journal.dissolve(rest)
    }
    const aside = journal.listQuarantined(1000).map(({ item }) => (item as { n: number }).n)
    expect(aside.sort((one, other) => one - other)).toEqual(inOrder(quarantined).map((entry) => entry.n))
  } finally {
    journal.close()
  }
}
