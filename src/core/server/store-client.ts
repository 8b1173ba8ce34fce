import { unpackAddon } from '../store/sqlite/native-addon.ts'
import type { Store } from '../store/store.ts'
import type { IngestReply, Upload } from './ingest/upload.ts'
import { type StoreThread, startStoreThread } from './store-thread.ts'

export type { IngestReply, Upload }

/** The store behind its worker threads: one that writes, one that reads. */
export interface StoreClient {
  readonly store: Store
  /**
   * Takes the upload's bytes over: they are gone from the caller's thread.
   * @throws StoreError when the database refuses; nothing of the batch was stored then
   */
  ingest(upload: Upload): Promise<IngestReply>
  /** What waits to be written. */
  pending(): { readonly batches: number; readonly bytes: number }
  /** Fulfilled when a thread ended, asked to or not. */
  readonly ended: Promise<void>
  /** Finishes what waits, then closes the database. */
  close(): Promise<void>
}

/** These only read; they never wait behind a batch. */
const READING = [
  'listTokens',
  'findToken',
  'tokensVersion',
  'hasEnrolment',
  'listAgents',
  'findAgent',
  'lastSeq',
  'listDevices',
  'findDevice',
  'listMetrics',
  'listAudit',
  'count',
  'check',
] as const satisfies readonly (keyof Store)[]

const WRITING = [
  'describe',
  'createToken',
  'revokeToken',
  'registerAgent',
  'recordHeartbeats',
  'ingestBatches',
  'recordAudit',
  'backup',
] as const satisfies readonly (keyof Store)[]

/** One transaction takes this many uploads, or this many packed bytes, at most: commits are shared, none takes long. */
const GROUP_UPLOADS = 32
const GROUP_BYTES = 1024 * 1024

interface Waiting {
  readonly upload: Upload
  resolve(reply: IngestReply): void
  reject(error: Error): void
}

/** Opens the database at `path` in two threads. @throws StoreError */
export async function openStoreClient(path: string): Promise<StoreClient> {
  const addon = unpackAddon()
  const writer = await startStoreThread({ path, readonly: false, addon })
  const reader = await startStoreThread({ path, readonly: true, addon })
  const uploads = startUploads(writer)
  let closing: Promise<void> | null = null
  const close = async () => {
    await uploads.finish()
    await reader.call('close', [])
    await writer.call('close', [])
    await Promise.all([reader.ended, writer.ended])
  }
  const store = {
    ...forward(READING, reader),
    ...forward(WRITING, writer),
    close: () => (closing ??= close()),
  } as unknown as Store
  return {
    store,
    ingest: uploads.add,
    pending: uploads.pending,
    ended: Promise.race([reader.ended, writer.ended]),
    close: store.close,
  }
}

function forward(methods: readonly (keyof Store)[], thread: StoreThread): Partial<Record<keyof Store, unknown>> {
  return Object.fromEntries(methods.map((method) => [method, (...args: unknown[]) => thread.call(method, args)]))
}

/**
 * Uploads wait here, not in the thread: what else is written goes in between two groups of them, and what comes while one
 * group is written makes up the next.
 */
function startUploads(writer: StoreThread) {
  let waiting: Waiting[] = []
  let bytes = 0
  let writing = 0
  let running: Promise<void> | null = null

  const takeGroup = () => {
    let size = 0
    const end = waiting.findIndex(({ upload }, i) => {
      size += upload.body.byteLength
      return i > 0 && (i >= GROUP_UPLOADS || size > GROUP_BYTES)
    })
    const group = end < 0 ? waiting : waiting.slice(0, end)
    waiting = end < 0 ? [] : waiting.slice(end)
    return group
  }
  const write = async (group: readonly Waiting[]) => {
    try {
      const list = group.map(({ upload }) => upload)
      const replies = (await writer.call(
        'ingest',
        [list],
        list.map(({ body }) => body.buffer),
      )) as IngestReply[]
      group.forEach(({ resolve }, i) => {
        resolve(replies[i] as IngestReply)
      })
    } catch (error) {
      for (const { reject } of group) reject(error as Error)
    }
  }
  const run = async () => {
    while (waiting.length > 0) {
      const group = takeGroup()
      writing = group.length
      const size = group.reduce((sum, { upload }) => sum + upload.body.byteLength, 0)
      await write(group)
      writing = 0
      bytes -= size
    }
    running = null
  }
  return {
    add: (upload: Upload) =>
      new Promise<IngestReply>((resolve, reject) => {
        bytes += upload.body.byteLength
        waiting.push({ upload: { ...upload, body: ownBytes(upload.body) }, resolve, reject })
        running ??= run()
      }),
    pending: () => ({ batches: waiting.length + writing, bytes }),
    finish: async () => {
      while (running !== null) await running
    },
  }
}

/** Small buffers share their memory with others, which must not go along to another thread. */
function ownBytes(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body)
}
