import type { Heartbeat, Store } from '../store/store.ts'
import type { ServerLog } from './server-options.ts'
import type { WriteState } from './write-state.ts'

const WRITE_EVERY_MS = 1000
/** A write that takes longer than this is stuck. */
const STUCK_MS = 3000

export interface HeartbeatBuffer {
  add(heartbeat: Heartbeat): void
  /** Writes what is there; never throws. */
  flush(): Promise<void>
  /** True while a write does not come to an end. */
  readonly isStuck: boolean
  close(): Promise<void>
}

/**
 * Keeps the newest heartbeat of each agent and writes them once a second, all in one transaction. What an earlier one told
 * and it does not is kept with it.
 *
 * @param onWritten is called after each write that worked
 */
export function createHeartbeatBuffer(
  store: Store,
  writes: WriteState,
  log: ServerLog,
  onWritten: () => void = () => undefined,
): HeartbeatBuffer {
  let waiting = new Map<string, Heartbeat>()
  let isFailing = false
  let began_at: number | null = null
  let running: Promise<void> | null = null

  const add = (heartbeat: Heartbeat) => {
    const before = waiting.get(heartbeat.agent_id)
    waiting.set(heartbeat.agent_id, before === undefined ? heartbeat : joinHeartbeats(before, heartbeat))
  }
  const write = async () => {
    const taken = waiting
    waiting = new Map()
    began_at = performance.now()
    try {
      await store.recordHeartbeats([...taken.values()])
      isFailing = false
      writes.tell(true)
      onWritten()
    } catch (error) {
      const since = waiting
      waiting = taken
      for (const heartbeat of since.values()) add(heartbeat)
      if (!isFailing) log.error({ reason: (error as Error).message }, 'heartbeats cannot be written; trying again')
      isFailing = true
      writes.tell(false)
    } finally {
      began_at = null
    }
  }
  const flush = async () => {
    await running
    if (waiting.size === 0) return
    running ??= write().finally(() => {
      running = null
    })
    await running
  }
  const timer = setInterval(() => void flush(), WRITE_EVERY_MS).unref()
  return {
    add,
    flush,
    get isStuck() {
      return began_at !== null && performance.now() - began_at >= STUCK_MS
    },
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}

const joinHeartbeats = (before: Heartbeat, after: Heartbeat): Heartbeat => ({
  ...after,
  clock_offset_ms: after.clock_offset_ms ?? before.clock_offset_ms,
  request: { ...before.request, ...after.request },
})
