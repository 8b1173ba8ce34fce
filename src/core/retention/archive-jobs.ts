import { PrintMasterError } from '../model/error.ts'
import type { ArchiveJob, WireArchive } from '../protocol/retention.ts'
import type { Archive } from '../store/retention.ts'
import type { Actor, Store } from '../store/store.ts'
import { readRecorded, verifyArchive } from './archive/archive-file.ts'
import type { ArchivePlace } from './archive/place.ts'
import { restoreSpan } from './restore-span.ts'

/** What is to be done with archives. Times are milliseconds: `from` is in, `to` is out, what came back leaves at `until`. */
export type ArchiveTask =
  | { readonly kind: 'verify' }
  | { readonly kind: 'restore'; readonly from: number; readonly to: number; readonly until: number }

export interface ArchiveJobs {
  /** Begins one, or tells of the one that goes on. */
  start(task: ArchiveTask, actor: Actor): { readonly started: boolean; readonly ended: Promise<void> }
  /** Of the one that goes on, or of the last one. */
  state(): ArchiveJob
  /** Ends it between two archives, or two rows. */
  close(): Promise<void>
}

interface Parts {
  readonly store: Store
  readonly openPlace: () => Promise<ArchivePlace>
  readonly now: () => number
}

const PAGE = 500
/** More damaged archives than somebody would read of. */
const MOST_PROBLEMS = 1000

/** One at a time: archives are read from end to end, or a span of readings comes back from them. */
export function createArchiveJobs({ store, openPlace, now }: Parts): ArchiveJobs {
  const stop = new AbortController()
  let state: ArchiveJob = NOTHING
  let running: Promise<void> | null = null

  const verifyAll = async (place: ArchivePlace): Promise<void> => {
    for (let after = 0; ; ) {
      const page = await store.listArchives(null, after, PAGE)
      for (const archive of page) {
        stop.signal.throwIfAborted()
        after = archive.id
        const { name, rows } = archive
        const problem = await findProblem(place, archive)
        const problems = problem === null ? state.problems : [...state.problems, { name, problem }]
        const archives = state.archives + 1
        state = { ...state, archives, rows: state.rows + rows, problems: problems.slice(0, MOST_PROBLEMS) }
      }
      if (page.length < PAGE) return
    }
  }
  const restore = async (place: ArchivePlace, task: ArchiveTask & { kind: 'restore' }, actor: Actor): Promise<void> => {
    const { from, to, until } = task
    let error: Error | null = null
    try {
      const onProgress = (sum: object) => {
        state = { ...state, ...sum }
      }
      await restoreSpan(store, place, { from, to, until, signal: stop.signal, onProgress })
    } catch (failure) {
      error = failure as Error
    }
    // also of one that failed: what is back is back
    const { archives, restored, already_here, unknown_device } = state
    const span = { from: utc(from), to: utc(to), until: utc(until) }
    const at = now()
    await store.recordAudit([
      {
        event_id: null,
        actor,
        agent_id: null,
        action: 'archive_restored',
        resource_type: 'archive',
        resource_id: null,
        outcome: error === null ? 'success' : 'failure',
        details: { ...span, archives, restored, already_here, unknown_device, ...(error && { error: tell(error) }) },
        occurred_at: at,
        recorded_at: at,
      },
    ])
    if (error !== null) throw error
  }
  const tell = (error: Error) => (stop.signal.aborted ? 'it was ended before it was done' : error.message)

  const run = async (task: ArchiveTask, actor: Actor): Promise<void> => {
    const span = task.kind === 'restore' ? { from: utc(task.from), to: utc(task.to), until: utc(task.until) } : {}
    state = { ...NOTHING, kind: task.kind, ...span, running: true, started_at: utc(now()) }
    let error: string | null = null
    try {
      const place = await openPlace()
      try {
        await (task.kind === 'verify' ? verifyAll(place) : restore(place, task, actor))
      } finally {
        await place.close()
      }
    } catch (failure) {
      error = tell(failure as Error)
    }
    state = { ...state, running: false, ended_at: utc(now()), error }
    running = null
  }

  return {
    start(task, actor) {
      const started = running === null
      running ??= run(task, actor)
      return { started, ended: running }
    },
    state: () => state,
    async close() {
      stop.abort()
      await running
    },
  }
}

/** As the wire has it. */
export function renderArchive({ range: _, ...archive }: Archive & { readonly id: number }): WireArchive {
  const { first_at, last_at, verified_at, deleted_at } = archive
  return {
    ...archive,
    first_at: first_at === null ? null : utc(first_at),
    last_at: last_at === null ? null : utc(last_at),
    verified_at: utc(verified_at),
    deleted_at: deleted_at === null ? null : utc(deleted_at),
  }
}

async function findProblem(place: ArchivePlace, archive: Archive): Promise<string | null> {
  try {
    await verifyArchive(place, await readRecorded(place, archive))
    return null
  } catch (error) {
    if (error instanceof PrintMasterError) return error.message
    throw error
  }
}

const utc = (time: number) => new Date(time).toISOString()

const NOTHING: ArchiveJob = {
  kind: null,
  running: false,
  started_at: null,
  ended_at: null,
  error: null,
  from: null,
  to: null,
  until: null,
  archives: 0,
  rows: 0,
  restored: 0,
  already_here: 0,
  unknown_device: 0,
  problems: [],
}
