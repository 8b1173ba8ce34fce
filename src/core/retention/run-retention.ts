import { v7 as makeId } from 'uuid'
import { pruneAudit } from '../audit/prune.ts'
import type { SigningKey } from '../audit/signing-key.ts'
import {
  type Archive,
  type ArchivedRow,
  RETIRED_SOURCES,
  type RemovedRows,
  type RetiredKey,
  type RetiredRange,
  type RetiredSource,
  type SiteTimes,
} from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { PERIOD_PARTS } from '../summary/summarise.ts'
import { type ArchiveRows, writeArchive } from './archive/archive-file.ts'
import type { ArchivePlace } from './archive/place.ts'
import { BATCHES_KEPT_MS, findCutoffs, PART_TYPES, type Policy, timesOfSource } from './policies.ts'

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
  /** Signs what stands for the audit entries that leave; null: they stay. */
  readonly openAuditKey: (() => SigningKey) | null
  /** Ends the run after the step that it is in. */
  readonly signal: AbortSignal
}

/** What a transaction may take: others wait for it. */
const STEP_MS = 18
const ROWS_OF_PAGE = 1000
/** A file of rows, unpacked: some 100 MB of readings. */
const ROWS_OF_ARCHIVE = 100_000
/** Of a database that has become far smaller each page takes long: what is left then is for the next runs. */
const MOST_RELEASE_MS = 300_000

/**
 * Brings readings into days and months, archives what is older than its policy and deletes it, and gives the space back.
 * Every step is a short transaction; a run that is cut off goes on where it was. Twice changes nothing.
 * @throws StoreError (`unavailable` while another run goes on as well), PrintMasterError archive_failed, archive_damaged:
 *   nothing is lost, the next run goes on
 */
export async function* runRetention(run: RetentionRun): AsyncGenerator<RetentionEvent> {
  await run.store.lockRetention()
  try {
    yield* runLocked(run)
  } finally {
    await run.store.unlockRetention()
  }
}

async function* runLocked(run: RetentionRun): AsyncGenerator<RetentionEvent> {
  const { store, policies, now, signal } = run
  const cutoffs = findCutoffs(policies, now())
  const steps = createSteps(run)
  yield* finishArchives(run, steps)
  // one that an earlier run began, and one of what came since: readings that come meanwhile are for the next run
  for (let passes = 0; passes < 2 && !signal.aborted; ) {
    const step = await steps.take('rollUp', (limit) => store.rollUp(limit))
    if (step.is_done) passes += 1
    if (step.readings + step.periods > 0) {
      yield { kind: 'rolled_up', readings: step.readings, periods: step.periods }
    }
  }
  // before days become months: what has left of one day of a month has left of all of them then
  for (const part of PERIOD_PARTS) {
    const before = cutoffs.types[PART_TYPES[part]]
    yield* steps.exhaust(part, (limit) => store.dropPeriodPart(part, cutoffs.periods, before, limit))
  }
  let device: number | null = 0
  while (device !== null && !signal.aborted) {
    const from: number = device
    const step = await steps.take('foldMonths', (limit) => store.foldMonths(cutoffs.days, from, Math.ceil(limit / 20)))
    device = step.next
    if (step.months > 0) yield { kind: 'months', months: step.months, days: step.days }
  }
  for (const source of RETIRED_SOURCES) yield* retire(source, timesOfSource(source, cutoffs), run, steps)
  yield* steps.exhaust('restored', (limit) => store.dropRestored(now(), limit))
  yield* steps.exhaust('batches', (limit) => store.dropBatches(now() - BATCHES_KEPT_MS, limit))
  // one chain for all sites: it is as long as the longest of them asks for
  yield* retireAudit(Math.min(...Object.values(cutoffs.types.audit)), run, steps)
  yield* release(run, steps)
}

/** Takes as many rows at a time as fit into a short transaction, on this machine and in this moment. */
function createSteps({ monotonic, signal }: RetentionRun) {
  const limits = new Map<string, number>()
  /** @param kind of work: what fits of one says nothing of another */
  const take = async <T>(kind: string, step: (limit: number) => Promise<T>): Promise<T> => {
    const limit = limits.get(kind) ?? 200
    const began = monotonic()
    const done = await step(limit)
    const took = monotonic() - began
    const next = limit * Math.min(1.5, Math.max(0.5, STEP_MS / took))
    limits.set(kind, Math.round(Math.min(5000, Math.max(20, next))))
    return done
  }
  return {
    take,
    /** Until a step does fewer than it may. */
    async *exhaust(source: string, step: (limit: number) => Promise<number>): AsyncGenerator<RetentionEvent> {
      for (let isDone = false; !isDone && !signal.aborted; ) {
        const rows = await take(source, async (most) => {
          const done = await step(most)
          isDone = done < most
          return done
        })
        if (rows > 0) yield { kind: 'deleted', source, rows }
      }
    },
    /** Until a step says that nothing follows. */
    async *remove(
      source: string,
      step: (after: RetiredKey | null, limit: number) => Promise<RemovedRows>,
    ): AsyncGenerator<RetentionEvent> {
      for (let after: RetiredKey | null = null; !signal.aborted; ) {
        const { deleted, next } = await take(source, (limit) => step(after, limit))
        if (deleted > 0) yield { kind: 'deleted', source, rows: deleted }
        if (next === null) return
        after = next
      }
    },
  }
}
type Steps = ReturnType<typeof createSteps>

/** Deletes what an earlier run had archived already. */
async function* finishArchives(run: RetentionRun, steps: Steps): AsyncGenerator<RetentionEvent> {
  for (const archive of await run.store.listOpenArchives()) yield* removeArchived(archive, run, steps)
}

/** Deletes what an archive holds; when nothing of it is left, it is not open any more. */
async function* removeArchived(
  { archive_id, source, range }: Pick<Archive, 'archive_id' | 'source' | 'range'>,
  run: RetentionRun,
  steps: Steps,
): AsyncGenerator<RetentionEvent> {
  const { store, now } = run
  if (range?.source === 'audit_log') {
    if (run.openAuditKey === null) return
    yield* pruneUpTo(range.upto?.[0] as number, run.openAuditKey(), run)
  }
  yield* steps.remove(source, (after, limit) => store.removeArchived(archive_id, after, limit, now()))
}

async function* retire(
  source: RetiredSource,
  before: SiteTimes,
  run: RetentionRun,
  steps: Steps,
): AsyncGenerator<RetentionEvent> {
  const { store, place, signal } = run
  const range: RetiredRange = { source, before, top: await store.rolledUpTo(), after: null, upto: null }
  if (place === null) {
    yield* steps.remove(source, (after, limit) => store.removeRetired({ ...range, after }, limit))
    return
  }
  for (let after: RetiredKey | null = null; !signal.aborted; ) {
    const part = await whereRows(readPart(store, { ...range, after }, signal))
    if (part === null) return
    const archive = await writePart({ ...range, after }, place, part, run)
    yield { kind: 'archived', source, rows: archive.rows, name: archive.name }
    yield* removeArchived(archive, run, steps)
    after = part.last()
  }
}

/** Rows on their way to a file. */
interface Part extends ArchiveRows {
  readonly rows: AsyncGenerator<ArchivedRow>
  /** Of the last row so far. */
  last(): RetiredKey | null
  count(): number
}

/** Null where it has none. */
async function whereRows(part: Part): Promise<Part | null> {
  const first = await part.rows.next()
  if (first.done) return null
  const rows = async function* () {
    yield first.value
    yield* part.rows
  }
  return { ...part, rows: rows() }
}

/** Writes some of the rows to a file, checks it, and records that. */
async function writePart(
  range: RetiredRange,
  place: ArchivePlace,
  part: Part,
  { store, now }: Pick<RetentionRun, 'store' | 'now'>,
) {
  const { store_id, schema_version } = await store.describe()
  const { source } = range
  // what a run that was killed left half-written has this name, and is replaced
  const { archive_id, created_at } = await store.beginArchive(source, makeId(), now())
  const manifest = await writeArchive(place, { archive_id, store_id, schema_version, source, created_at }, part)
  const { data: name, rows, bytes, sha256 } = manifest
  if (rows !== part.count()) throw new Error(`${rows} of ${part.count()} rows were archived`)
  const what = { archive_id, source, place: place.describe(), name, rows, bytes, sha256, ...part.span() }
  const archive = { ...what, range: { ...range, upto: part.last() } }
  await store.recordArchive(archive, now())
  return archive
}

function readPart(store: Store, range: RetiredRange, signal: AbortSignal): Part {
  let [first_at, last_at]: Array<number | null> = [null, null]
  let last: RetiredKey | null = null
  let count = 0
  const rows = async function* () {
    let after = range.after
    while (count < ROWS_OF_ARCHIVE) {
      signal.throwIfAborted()
      const page = await store.readRetired({ ...range, after }, ROWS_OF_PAGE)
      last = page.last ?? last
      count += page.rows.length
      first_at = Math.min(first_at ?? Number.MAX_SAFE_INTEGER, page.first_at ?? Number.MAX_SAFE_INTEGER)
      last_at = Math.max(last_at ?? Number.MIN_SAFE_INTEGER, page.last_at ?? Number.MIN_SAFE_INTEGER)
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

async function* pruneUpTo(
  seq: number,
  key: SigningKey,
  { store, now, signal }: RetentionRun,
): AsyncGenerator<RetentionEvent> {
  while (!signal.aborted) {
    const rows = await pruneAudit(store, key, seq, now())
    if (rows === 0) return
    yield { kind: 'deleted', source: 'audit_log', rows }
  }
}

/** Entries leave from the beginning of the log, up to the first that is younger than its policy. */
async function* retireAudit(before: number, run: RetentionRun, steps: Steps): AsyncGenerator<RetentionEvent> {
  const { store, place, now, signal, openAuditKey } = run
  while (openAuditKey !== null && !signal.aborted) {
    const part = await whereRows(readAuditPart(store, before))
    if (part === null) return
    // without it nothing may leave, and nothing is archived that stays
    const key = openAuditKey()
    if (place === null) {
      for await (const _row of part.rows);
      yield* pruneUpTo(part.last()?.[0] as number, key, run)
      continue
    }
    const range: RetiredRange = { source: 'audit_log', before: {}, top: 0, after: null, upto: null }
    const archive = await writePart(range, place, part, { store, now })
    yield { kind: 'archived', source: 'audit_log', rows: archive.rows, name: archive.name }
    yield* removeArchived(archive, run, steps)
  }
}

function readAuditPart(store: Store, before: number): Part {
  let last: number | null = null
  let count = 0
  let span: { first_at: number | null; last_at: number | null } = { first_at: null, last_at: null }
  const rows = async function* () {
    while (count < ROWS_OF_ARCHIVE) {
      const page = await store.readAuditChain(last ?? 0, ROWS_OF_PAGE)
      for (const entry of page) {
        if (entry.recorded_at >= before) return
        span = { first_at: span.first_at ?? entry.recorded_at, last_at: entry.recorded_at }
        last = entry.seq
        count += 1
        yield { ...entry } as ArchivedRow
      }
      if (page.length < ROWS_OF_PAGE) return
    }
  }
  return { rows: rows(), span: () => span, last: () => (last === null ? null : [last]), count: () => count }
}

async function* release({ store, signal, monotonic }: RetentionRun, steps: Steps): AsyncGenerator<RetentionEvent> {
  const before = (await store.freeSpace()).total_bytes
  const until = monotonic() + MOST_RELEASE_MS
  while (!signal.aborted && monotonic() < until) {
    if (await steps.take('release', (pages) => store.releaseSpace(pages))) break
  }
  const bytes = before - (await store.freeSpace()).total_bytes
  if (bytes > 0) yield { kind: 'released', bytes }
}
