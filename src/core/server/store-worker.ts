import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { loadAddon } from '../store/sqlite/native-addon.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { StoreError } from '../store/store-error.ts'
import { ingestUploads } from './ingest/ingest-uploads.ts'
import type { Upload } from './ingest/upload.ts'
import type { StoreReply, StoreRequest, StoreWorkerData } from './store-messages.ts'

/** The thread that has the database: unpacks, checks and writes, or only reads. One request at a time, in order. */
const port = parentPort as MessagePort

async function start({ path, readonly, addon }: StoreWorkerData): Promise<void> {
  const store = openSqliteStore(path, { readonly, ...(addon !== null && { nativeBinding: loadAddon(addon) }) })
  const { store_id } = await store.describe()
  let queue: Promise<void> = Promise.resolve()
  port.on('message', (request: StoreRequest) => {
    queue = queue.then(() => answer(store, store_id, request))
  })
  port.postMessage({ id: 0, value: null } satisfies StoreReply)
}

async function answer(store: Store, store_id: string, { id, method, args }: StoreRequest): Promise<void> {
  try {
    const value =
      method === 'ingest'
        ? await ingestUploads(store, store_id, args[0] as Upload[])
        : await (store[method] as (...args: unknown[]) => Promise<unknown>).apply(store, [...args])
    port.postMessage({ id, value } satisfies StoreReply)
  } catch (error) {
    port.postMessage({ id, failure: describe(error) } satisfies StoreReply)
  }
  if (method === 'close') port.close()
}

/** Classes do not survive the way between threads; a code does. */
function describe(error: unknown): NonNullable<StoreReply['failure']> {
  if (error instanceof StoreError) return { code: error.code, message: error.message }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  return { code: null, message, ...(stack !== undefined && { stack }) }
}

start(workerData).catch((error) => {
  port.postMessage({ id: 0, failure: describe(error) } satisfies StoreReply)
  port.close()
})
