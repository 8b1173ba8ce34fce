import { setImmediate as nextTurn } from 'node:timers/promises'
import { openSigningKey, signingKeyPath } from '../audit/signing-key.ts'
import type { RunState } from '../protocol/retention.ts'
import type { Actor, Store } from '../store/store.ts'
import { StoreError } from '../store/store-error.ts'
import { describePlace, openArchivePlace } from './archive/open-place.ts'
import type { Policy } from './policies.ts'
import { listPolicies } from './policies.ts'
import { RUN_ACTION } from './read-last-run.ts'
import type { RetentionOptions } from './retention-options.ts'
import { type RetentionEvent, runRetention } from './run-retention.ts'

export interface RetentionKeeper {
  /** Starts a run; what is told is of the run that goes on where there is one. */
  start(actor: Actor): { readonly started: boolean; readonly ended: Promise<void> }
  state(): RunState
  policies(): Promise<Policy[]>
  /** Where rows go before they are deleted; null for nowhere. */
  place(): string | null
  /** Begins to run it every day. */
  schedule(): void
  /** Ends a run after the step that it is in. */
  close(): Promise<void>
}

export interface KeeperServices {
  readonly store: Store
  /** Its path. */
  readonly database: string
  readonly options: RetentionOptions
  /** Where the audit log's key is; null for beside the database. */
  readonly audit_key: string | null
  readonly log: {
    info(fields: object, message: string): void
    error(fields: object, message: string): void
  }
  readonly now: () => number
  readonly monotonic: () => number
  readonly onEvent?: (event: RetentionEvent) => void
  /** Not for a run that was stopped. */
  readonly onEnd?: (outcome: 'done' | 'failed') => void
}

const ROLL_UP_EVERY_MS = 600_000
const ROLL_UP_STEP = 500
const LONGEST_WAIT_MS = 3_600_000
const ACTOR: Actor = { type: 'server', id: 'server', ip_address: null }

/** One run at a time, begun by the clock or by somebody. */
export function createRetentionKeeper(services: KeeperServices): RetentionKeeper {
  const { store, database, options, log, now } = services
  const stop = new AbortController()
  let state: Omit<RunState, 'next_at'> = EMPTY
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let ticking: NodeJS.Timeout | null = null
  let rolling: Promise<void> | null = null
  let next_at: number | null = null

  const policies = async () => listPolicies(options, await store.listPolicies())

  const run = async (): Promise<void> => {
    const place = options.archive === null ? null : await openArchivePlace(options.archive, database)
    try {
      const events = runRetention({
        store,
        place,
        policies: await policies(),
        now,
        monotonic: services.monotonic,
        openAuditKey: () => openSigningKey(services.audit_key ?? signingKeyPath(database)),
        signal: stop.signal,
      })
      for await (const event of events) {
        state = addEvent(state, event)
        services.onEvent?.(event)
        // the database of this thread answers at once: nobody else, and no signal, would have a turn until the end
        await nextTurn()
      }
    } finally {
      await place?.close()
    }
  }

  /** Also what a run did that failed or was ended: rows are gone by then. */
  const record = async (actor: Actor, outcome: 'success' | 'failure' | 'interrupted', error: string | null) => {
    const { rolled_up, months, archived, deleted, released_bytes } = state
    if (outcome !== 'failure' && isNothing(state)) return
    const details = { rolled_up, months, archived, deleted, released_bytes, ...(error !== null && { error }) }
    const at = now()
    await store.recordAudit([
      {
        event_id: null,
        actor,
        agent_id: null,
        action: RUN_ACTION,
        resource_type: 'retention',
        resource_id: null,
        outcome,
        details,
        occurred_at: at,
        recorded_at: at,
      },
    ])
    if (outcome === 'success') log.info(details, 'retention: done')
  }

  const begin = async (actor: Actor): Promise<void> => {
    state = { ...EMPTY, running: true, started_at: utc(now()) }
    let failure: Error | null = null
    let isDone = false
    try {
      await run()
      isDone = !stop.signal.aborted
      if (isDone) await record(actor, 'success', null)
    } catch (error) {
      failure = error as Error
    }
    const interrupted = stop.signal.aborted && !isDone
    const error = interrupted || failure === null ? null : failure.message
    if (interrupted || (failure !== null && !isBusy(failure, state))) {
      // a database that takes nothing takes no entry either: the failure itself is what has to be told
      await record(actor, interrupted ? 'interrupted' : 'failure', error).catch(() => undefined)
    }
    state = { ...state, running: false, ended_at: utc(now()), interrupted, error }
    running = null
    if (interrupted) return
    services.onEnd?.(error === null ? 'done' : 'failed')
    if (error !== null) log.error({ error }, 'retention ended early; the next run goes on')
  }

  /** Only that: what waits for the night would make reports slow by then. */
  const rollUp = async (): Promise<void> => {
    try {
      while (!stop.signal.aborted && !(await store.rollUp(ROLL_UP_STEP)).is_done);
    } catch (error) {
      if (!stop.signal.aborted)
        log.error({ error: (error as Error).message }, 'readings were not brought into their days')
    } finally {
      rolling = null
    }
  }

  const wait = () => {
    if (next_at === null || stop.signal.aborted) return
    const left = next_at - now()
    if (left <= 0) {
      running ??= begin(ACTOR)
      next_at = findNext(now(), options.hour)
      return wait()
    }
    // a clock that is set meanwhile is noticed within the hour
    timer = setTimeout(wait, Math.min(left, LONGEST_WAIT_MS))
    timer.unref()
  }

  return {
    start(actor) {
      const started = running === null
      running ??= begin(actor)
      return { started, ended: running }
    },
    state: () => ({ ...state, next_at: next_at === null ? null : utc(next_at) }),
    policies,
    place: () => (options.archive === null ? null : describePlace(options.archive, database)),
    schedule() {
      ticking = setInterval(() => {
        if (running === null) rolling ??= rollUp()
      }, ROLL_UP_EVERY_MS)
      ticking.unref()
      next_at = findNext(now(), options.hour)
      wait()
    },
    async close() {
      stop.abort()
      if (timer !== null) clearTimeout(timer)
      if (ticking !== null) clearInterval(ticking)
      await Promise.all([running, rolling])
    },
  }
}

const EMPTY: Omit<RunState, 'next_at'> = {
  running: false,
  started_at: null,
  ended_at: null,
  error: null,
  interrupted: false,
  rolled_up: 0,
  months: 0,
  archived: 0,
  deleted: 0,
  released_bytes: 0,
}
const utc = (time: number) => new Date(time).toISOString()
/** Another run goes on: this one did not begin. */
const isBusy = (error: Error, state: typeof EMPTY) =>
  error instanceof StoreError && error.code === 'unavailable' && isNothing(state)
const isNothing = ({ rolled_up, months, archived, deleted, released_bytes }: typeof EMPTY) =>
  rolled_up + months + archived + deleted + released_bytes === 0

function addEvent(state: typeof EMPTY, event: RetentionEvent): typeof EMPTY {
  switch (event.kind) {
    case 'rolled_up':
      return { ...state, rolled_up: state.rolled_up + event.readings }
    case 'months':
      return { ...state, months: state.months + event.months }
    case 'archived':
      return { ...state, archived: state.archived + event.rows }
    case 'deleted':
      return { ...state, deleted: state.deleted + event.rows }
    case 'released':
      return { ...state, released_bytes: state.released_bytes + event.bytes }
  }
}

/** The next moment of a clock on the wall that shows this hour. */
export function findNext(now: number, hour: number | null): number | null {
  if (hour === null) return null
  const next = new Date(now)
  next.setHours(hour, 0, 0, 0)
  if (next.getTime() <= now) next.setDate(next.getDate() + 1)
  return next.getTime()
}
