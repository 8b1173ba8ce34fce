import type { Heartbeat, Store } from '../store/store.ts'
import type { ServerLog } from './server-options.ts'

const WRITE_EVERY_MS = 1000
/** A write that takes longer than this is stuck. */
const STUCK_MS = 3000

export interface HeartbeatBuffer {
  add(heartbeat: Heartbeat): void
  /** Writes what is there; never throws. */
  flush(): Promise<void>
  /** False while the database does not take heartbeats. */
  readonly isWriting: boolean
  close(): Promise<void>
}

/** Keeps the newest heartbeat of each agent and writes them once a second, all in one transaction. */
export function createHeartbeatBuffer(store: Store, log: ServerLog): HeartbeatBuffer {
  let waiting = new Map<string, Heartbeat>()
  let isWriting = true
  let began_at: number | null = null
  let running: Promise<void> | null = null

  const write = async () => {
    const taken = waiting
    waiting = new Map()
    began_at = performance.now()
    try {
      await store.recordHeartbeats([...taken.values()])
      if (!isWriting) log.info({}, 'the database takes heartbeats again')
      isWriting = true
    } catch (error) {
      waiting = new Map([...taken, ...waiting])
      if (isWriting) log.error({ reason: (error as Error).message }, 'heartbeats cannot be written; trying again')
      isWriting = false
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
    add: (heartbeat) => void waiting.set(heartbeat.agent_id, heartbeat),
    flush,
    get isWriting() {
      return isWriting && (began_at === null || performance.now() - began_at < STUCK_MS)
    },
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}
