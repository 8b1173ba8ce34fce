import { v7 as makeId } from 'uuid'
import {
  type PeriodPart,
  RETIRED_SOURCES,
  type RetiredKey,
  type RetiredRange,
  type RetiredSource,
  type SiteTimes,
} from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { type ArchiveRows, writeArchive } from './archive/archive-file.ts'
import type { ArchivePlace } from './archive/place.ts'
import { type Cutoffs, findCutoffs, type MetricType, type Policy } from './policies.ts'

/** What a run did last; one of each step, and `done` at the end. */
export type RetentionEvent =
  | { readonly kind: 'rolled_up'; readonly readings: number; readonly periods: number }
  | { readonly kind: 'months'; readonly months: number; readonly days: number }
  | { readonly kind: 'archived'; readonly source: string; readonly rows: number; readonly name: string }
  | { readonly kind: 'deleted'; readonly source: string; readonly rows: number }
  | { readonly kind: 'released'; readonly bytes: number }

export interface RetentionRun {
  readonly store: Store
  /** Null: rows leave without an archive. */
  readonly place: ArchivePlace | null
  readonly policies: readonly Policy[]
  /** Milliseconds; what is kept is counted from here. */
  readonly now: () => number
  readonly monotonic: () => number
  /** Lets go of audit entries: gives how many, 0 when nothing is left to let go. */
  readonly pruneAudit: (before: number) => Promise<number>
  /** Ends the run after the step that it is in. */
  readonly signal: AbortSignal
}

/** What a transaction may take: others wait for it. */
const STEP_MS = 25
const ROWS_OF_PAGE = 1000
/** A file of rows, unpacked: some 100 MB of readings. */
const ROWS_OF_ARCHIVE = 100_000
const PAGES_RELEASED = 500
/** Answers to batches that nobody repeats any more: agents keep what is acknowledged for a week. */
const BATCHES_KEPT_MS = 90 * 86_400_000

/**
 * Brings readings into days and months, archives what is older than its policy and deletes it, and gives the space back.
 * Every step is a short transaction; a run that is cut off goes on where it was. Twice changes nothing.
 * @throws StoreError, PrintMasterError archive_failed, archive_damaged: nothing is lost, the next run goes on
 */
export async function* runRetention(run: RetentionRun): AsyncGenerator<RetentionEvent> {
  const { store, policies, now, signal } = run
  const cutoffs = findCutoffs(policies, now())
  const steps = createSteps(run)
  yield* finishArchives(run, steps)
  for (;;) {
    const step = await steps.take((limit) => store.rollUp(limit, cutoffs.types.page_counts))
    if (step.is_done || signal.aborted) break
    yield { kind: 'rolled_up', readings: step.readings, periods: step.periods }
  }
  let device: number | null = 0
  while (device !== null && !signal.aborted) {
    const from: number = device
    const step = await steps.take((limit) => store.foldMonths(cutoffs.days, from, Math.ceil(limit / 20)))
    device = step.next
    if (step.months > 0) yield { kind: 'months', months: step.months, days: step.days }
  }
  for (const source of RETIRED_SOURCES) yield* retire(source, timesOf(source, cutoffs), run, steps)
  for (const [part, type] of PARTS) {
    yield* steps.exhaust(part, (limit) => store.dropPeriodPart(part, cutoffs.types[type], limit), 0.1)
  }
  yield* steps.exhaust('restored', (limit) => store.dropRestored(now(), limit))
  yield* steps.exhaust('batches', (limit) => store.dropBatches(now() - BATCHES_KEPT_MS, limit))
  for (let pruned = 1; pruned > 0 && !signal.aborted; ) {
    // one chain for all sites: it is as long as the longest of them asks for
    pruned = await run.pruneAudit(Math.min(...Object.values(cutoffs.types.audit)))
    if (pruned > 0) yield { kind: 'deleted', source: 'audit_log', rows: pruned }
  }
  yield* release(run)
}

const PARTS: ReadonlyArray<readonly [PeriodPart, MetricType]> = [
  ['counters', 'page_counts'],
  ['levels', 'supply_levels'],
  ['states', 'status'],
]

function timesOf(source: RetiredSource, { detail, periods, types }: Cutoffs): SiteTimes {
  if (source === 'metrics_history') return detail
  if (source === 'metrics_daily' || source === 'metrics_monthly') return periods
  return types[source]
}

/** Takes as many rows at a time as fit into a short transaction, on this machine and in this moment. */
function createSteps({ monotonic, signal }: RetentionRun) {
  let limit = 200
  const take = async <T>(step: (limit: number) => Promise<T>): Promise<T> => {
    const began = monotonic()
    const done = await step(limit)
    const took = monotonic() - began
    limit = Math.round(Math.min(5000, Math.max(20, limit * Math.min(1.5, Math.max(0.5, STEP_MS / took)))))
    return done
  }
  return {
    take,
    /** Until a step does fewer than it may. @param share of the rows that fit, for what takes longer */
    async *exhaust(
      source: string,
      step: (limit: number) => Promise<number>,
      share = 1,
    ): AsyncGenerator<RetentionEvent> {
      for (let isDone = false; !isDone && !signal.aborted; ) {
        const rows = await take(async (most) => {
          const asked = Math.ceil(most * share)
          const done = await step(asked)
          isDone = done < asked
          return done
        })
        if (rows > 0) yield { kind: 'deleted', source, rows }
      }
    },
  }
}
type Steps = ReturnType<typeof createSteps>

/** Deletes what an earlier run had archived already. */
async function* finishArchives(run: RetentionRun, steps: Steps): AsyncGenerator<RetentionEvent> {
  for (const { archive_id, source } of await run.store.listOpenArchives())
    yield* removeArchived(archive_id, source, run, steps)
}

async function* removeArchived(
  archive_id: string,
  source: string,
  { store, now, signal }: RetentionRun,
  steps: Steps,
): AsyncGenerator<RetentionEvent> {
  while (!signal.aborted) {
    const { deleted, is_done } = await steps.take((limit) => store.removeArchived(archive_id, limit, now()))
    if (deleted > 0) yield { kind: 'deleted', source, rows: deleted }
    if (is_done) return
  }
}

async function* retire(
  source: RetiredSource,
  before: SiteTimes,
  run: RetentionRun,
  steps: Steps,
): AsyncGenerator<RetentionEvent> {
  const { store, place, signal } = run
  while (!signal.aborted) {
    const range: RetiredRange = { source, before, top: await store.rolledUpTo(), after: null, upto: null }
    const first = await store.readRetired(range, 1)
    if (first.rows.length === 0) return
    if (place === null) {
      const { last } = await store.readRetired(range, ROWS_OF_PAGE)
      yield* steps.exhaust(source, (limit) => store.removeRetired({ ...range, upto: last }, limit))
      continue
    }
    const { archive_id, name, rows } = await archive(range, place, run)
    yield { kind: 'archived', source, rows, name }
    yield* removeArchived(archive_id, source, run, steps)
  }
}

/** Writes some of the rows to a file, checks it, and records that. */
async function archive(range: RetiredRange, place: ArchivePlace, { store, now, signal }: RetentionRun) {
  const { store_id, schema_version } = await store.describe()
  // what a run that was killed left half-written has this name, and is replaced
  const { archive_id, created_at } = await store.beginArchive(range.source, makeId(), now())
  const head = { archive_id, store_id, schema_version, source: range.source, created_at }
  const part = readPart(store, range, signal)
  const manifest = await writeArchive(place, head, part)
  const { data: name, rows, bytes, sha256 } = manifest
  const upto = part.last()
  if (rows !== part.count()) throw new Error(`${rows} of ${part.count()} rows were archived`)
  await store.recordArchive(
    {
      archive_id,
      source: range.source,
      place: place.describe(),
      name,
      rows,
      bytes,
      sha256,
      ...part.span(),
      range: { ...range, upto },
    },
    now(),
  )
  return { archive_id, name, rows }
}

function readPart(
  store: Store,
  range: RetiredRange,
  signal: AbortSignal,
): ArchiveRows & { last(): RetiredKey | null; count(): number } {
  let [first_at, last_at]: Array<number | null> = [null, null]
  let last: RetiredKey | null = null
  let count = 0
  const rows = async function* () {
    let after = range.after
    while (count < ROWS_OF_ARCHIVE) {
      signal.throwIfAborted()
      const page = await store.readRetired({ ...range, after }, ROWS_OF_PAGE)
      if (page.rows.length === 0) return
      last = page.last
      count += page.rows.length
      first_at = Math.min(first_at ?? Number.MAX_SAFE_INTEGER, page.first_at as number)
      last_at = Math.max(last_at ?? Number.MIN_SAFE_INTEGER, page.last_at as number)
      yield* page.rows
      if (page.next === null) return
      after = page.next
    }
  }
  return {
    rows: rows(),
    span: () => ({ first_at: first_at ?? null, last_at: last_at ?? null }),
    last: () => last,
    count: () => count,
  }
}

async function* release({ store, signal }: RetentionRun): AsyncGenerator<RetentionEvent> {
  const before = (await store.freeSpace()).total_bytes
  while (!signal.aborted && !(await store.releaseSpace(PAGES_RELEASED)));
  const bytes = before - (await store.freeSpace()).total_bytes
  if (bytes > 0) yield { kind: 'released', bytes }
}
