import type { RetentionPlan } from '../protocol/retention.ts'
import { RETIRED_SOURCES, type RetiredKey } from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { findCutoffs, type Policy, timesOfSource } from './policies.ts'

const PAGE = 2000
/** Beyond that a plan says "at least". */
const MOST_COUNTED = 1_000_000

/** What the next run would do; nothing is changed. @throws StoreError */
export async function planRetention(store: Store, policies: readonly Policy[], now: number): Promise<RetentionPlan> {
  const cutoffs = findCutoffs(policies, now)
  const { waiting } = await store.readRetentionSizes()
  const sources: RetentionPlan['sources'] = []
  for (const source of RETIRED_SOURCES) {
    const before = timesOfSource(source, cutoffs)
    // readings that are in no day yet come into theirs first, and leave then
    const range = { source, before, top: Number.MAX_SAFE_INTEGER, upto: null }
    let after: RetiredKey | null = null
    let [rows, isCut] = [0, false]
    let [first, last]: Array<number | null> = [null, null]
    do {
      const page = await store.readRetired({ ...range, after }, PAGE)
      rows += page.rows.length
      first = page.first_at === null ? (first ?? null) : Math.min(first ?? page.first_at, page.first_at)
      last = page.last_at === null ? (last ?? null) : Math.max(last ?? page.last_at, page.last_at)
      after = page.next
      isCut = rows >= MOST_COUNTED && after !== null
    } while (after !== null && !isCut)
    const utc = (time: number | null | undefined) => (time == null ? null : new Date(time).toISOString())
    sources.push({
      source,
      rows,
      at_least: isCut,
      oldest: utc(first),
      newest: utc(last),
      before: utc(before['*']) as string,
    })
  }
  const audit_before = Math.min(...Object.values(cutoffs.types.audit))
  return { roll_up: waiting, audit_before: new Date(audit_before).toISOString(), sources }
}
