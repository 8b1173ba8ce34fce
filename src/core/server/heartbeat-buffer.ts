import { AGENT_FACT_NAMES, HeartbeatRequestSchema } from '../protocol/agents.ts'
import { pickOtherKeys } from '../protocol/other-keys.ts'
import type { Heartbeat, Store } from '../store/store.ts'
import type { WriteState } from './write-state.ts'

const WRITE_EVERY_MS = 1000
/** A write that takes longer than this is stuck. */
const STUCK_MS = 3000

/** What an agent does not tell with null or an empty text leaves what it told before. */
const STAYING = new Set<string>([...AGENT_FACT_NAMES, 'status', 'devices_count', 'last_scan'])

export interface HeartbeatBuffer {
  add(heartbeat: Heartbeat): void
  /** Writes what is there; never throws. */
  flush(): Promise<void>
  /** True while a write does not come to an end. */
  readonly isStuck: boolean
  close(): Promise<void>
}

/**
 * Keeps what the heartbeats of each agent told, the newest last, and writes it once a second, all in one transaction.
 *
 * @param onWritten is called after each write that worked
 */
export function createHeartbeatBuffer(
  store: Store,
  writes: WriteState,
  onWritten: () => void = () => undefined,
): HeartbeatBuffer {
  let waiting = new Map<string, Heartbeat>()
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
      writes.tell(true)
      onWritten()
    } catch (error) {
      const later = waiting
      waiting = taken
      for (const heartbeat of later.values()) add(heartbeat)
      writes.tell(false, (error as Error).message)
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

/**
 * As if the one had been written before the other came. Keys that no schema names are those of the last heartbeat with
 * any: what waits for a database that does not write must not grow with every heartbeat.
 */
function joinHeartbeats(before: Heartbeat, after: Heartbeat): Heartbeat {
  const { properties } = HeartbeatRequestSchema
  const hasOther = pickOtherKeys(after.request, properties) !== null
  const kept = Object.entries(before.request).filter(([key]) => !hasOther || Object.hasOwn(properties, key))
  const told = Object.entries(after.request).filter(
    ([key, value]) => !STAYING.has(key) || (value !== null && value !== ''),
  )
  return {
    ...after,
    clock_offset_ms: after.clock_offset_ms ?? before.clock_offset_ms,
    request: Object.fromEntries([...kept, ...told]),
  }
}
