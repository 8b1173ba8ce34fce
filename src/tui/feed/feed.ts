import { setTimeout as wait } from 'node:timers/promises'
import { type ApiClient, wordFailure } from '../../core/client/api-client.ts'
import type { LiveRows } from '../../core/client/live-rows.ts'
import { readFleet } from '../../core/client/read-fleet.ts'
import { refusalOf } from '../../core/client/read-refusal.ts'
import type { ViewEnd, ViewMessage } from '../../core/client/view-client.ts'
import { CLOSE_CODES } from '../../core/protocol/live.ts'
import { createLiveStore, type LiveStore } from './live-store.ts'

/** How what is shown comes here. */
export interface FeedState {
  /**
   * live: every change as it happens; polling: asked for every few seconds, because the live channel cannot be had; lost:
   * neither, and tried again; refused: the server will not have this token.
   */
  readonly mode: 'connecting' | 'live' | 'polling' | 'lost' | 'refused'
  /** Why it is not live; null while it is, or nothing is known yet. */
  readonly reason: string | null
  /** Milliseconds since 1970 when what is shown was last known to be so; null for never. */
  readonly fresh_at: number | null
}

export interface FeedTimes {
  readonly poll_ms: number
  /** While polling, how often the live channel is tried again. */
  readonly upgrade_ms: number
  /** The longest pause before the next try, of which any part is waited. */
  readonly longest_pause_ms: number
  readonly first_pause_ms: number
}

export const FEED_TIMES: FeedTimes = {
  poll_ms: 5000,
  upgrade_ms: 60_000,
  longest_pause_ms: 30_000,
  first_pause_ms: 1000,
}

export interface FeedOptions {
  readonly api: Pick<ApiClient, 'send'>
  /** One connection of the live channel. */
  readonly follow: (
    after_seq: number | null,
    onMessage: (message: ViewMessage) => void,
    signal: AbortSignal,
  ) => Promise<ViewEnd>
  readonly times?: FeedTimes
  readonly random?: () => number
  readonly now?: () => number
}

export interface Feed {
  readonly store: LiveStore
  readonly state: FeedState
  /** Until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>
  /** Is called after every change of rows or state. */
  subscribe(listener: () => void): () => void
}

const REFUSED_CODES: ReadonlySet<number> = new Set([401, 403])

/** Keeps the rows of one server up to date, by its live channel or, where that cannot be had, by asking again and again. */
export function createFeed({
  api,
  follow,
  times = FEED_TIMES,
  random = Math.random,
  now = Date.now,
}: FeedOptions): Feed {
  const store = createLiveStore()
  const listeners = new Set<() => void>()
  let state: FeedState = { mode: 'connecting', reason: null, fresh_at: null }
  let seq: number | null = null
  let failures = 0
  let parts: LiveRows[] = []
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const change = (next: Partial<FeedState>) => {
    state = { ...state, ...next }
    tell()
  }
  const onMessage = (message: ViewMessage) => {
    failures = 0
    if (message.type === 'snapshot') {
      parts.push(message)
      if (!message.is_last) return
      store.replace(joinRows(parts))
      parts = []
      seq = message.seq
    } else if (message.type === 'changes') {
      store.apply(message, message.gone_devices)
      seq = message.seq
    }
    change({ mode: 'live', reason: null, fresh_at: now() })
  }
  const poll = async (): Promise<PollOutcome> => {
    try {
      store.replace(await readFleet(api))
      // what was polled has no sequence number: the next connection wants a snapshot
      seq = null
      return { kind: 'read' }
    } catch (error) {
      return judgeFailure(error)
    }
  }
  const pause = (milliseconds: number, signal: AbortSignal) =>
    wait(milliseconds, undefined, { signal }).catch(() => undefined)

  /** Until the live channel is due for another try, or nothing comes here either. */
  const keepPolling = async (reason: string, signal: AbortSignal): Promise<PollOutcome> => {
    const until = now() + times.upgrade_ms
    let outcome = await poll()
    while (outcome.kind === 'read' && !signal.aborted) {
      failures = 0
      change({ mode: 'polling', reason, fresh_at: now() })
      if (now() >= until) break
      await pause(times.poll_ms, signal)
      if (!signal.aborted) outcome = await poll()
    }
    return outcome
  }

  return {
    store,
    get state() {
      return state
    },
    async run(signal) {
      while (!signal.aborted) {
        parts = []
        const end = await follow(seq, onMessage, signal)
        if (signal.aborted) return
        if (end.kind === 'closed') {
          if (end.code === CLOSE_CODES.token_refused.code) change({ mode: 'refused', reason: end.reason })
          else change({ mode: 'lost', reason: end.reason })
          if (end.code === CLOSE_CODES.too_slow.code) seq = null
        } else if (end.kind === 'refused' && REFUSED_CODES.has(end.status)) {
          change({ mode: 'refused', reason: end.reason })
        } else {
          const outcome = await keepPolling(end.reason, signal)
          if (outcome.kind === 'read') continue
          change({ mode: outcome.kind, reason: outcome.reason })
        }
        failures++
        const bound = Math.min(times.longest_pause_ms, times.first_pause_ms * 2 ** Math.min(failures - 1, 10))
        await pause(state.mode === 'refused' ? times.longest_pause_ms : random() * bound, signal)
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

type PollOutcome =
  | { readonly kind: 'read' }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

function judgeFailure(error: unknown): PollOutcome {
  const reason = wordFailure(error)
  const refusal = refusalOf(error)
  return { kind: refusal !== null && REFUSED_CODES.has(refusal.status) ? 'refused' : 'lost', reason }
}

function joinRows(parts: readonly LiveRows[]): LiveRows {
  return {
    agents: parts.flatMap(({ agents }) => agents),
    devices: parts.flatMap(({ devices }) => devices),
    alerts: parts.flatMap(({ alerts }) => alerts),
  }
}
