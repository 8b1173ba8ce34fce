import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { ApiError } from '../protocol/api-error.ts'
import { loadAddon } from '../store/sqlite/native-addon.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { StoreError } from '../store/store-error.ts'
import { answerBatch, answerRefusal } from './ingest/answer-batch.ts'
import { readUpload } from './ingest/read-upload.ts'
import {
  type CheckedUpload,
  describeFailure,
  type OpenData,
  type StoreReply,
  type StoreRequest,
  type StoreThreadData,
  type UploadRequest,
} from './store-messages.ts'

/** One transaction takes so many items and so many batches: commits are shared, none takes long. */
const GROUP_ITEMS = 5000
const GROUP_BATCHES = 64

/** The code of the threads beside the main one. Each does one thing at a time, in order. */
const port = parentPort as MessagePort
const reply = (message: StoreReply) => port.postMessage(message)

async function start(data: StoreThreadData): Promise<void> {
  if (data.role === 'checker') checkUploads(data.toWriter)
  else {
    const store = openStore(data, data.role !== 'writer')
    answerCalls(store)
    if (data.role === 'writer') writeUploads(store, (await store.describe()).store_id, data.fromChecker)
  }
  reply({ kind: 'open', id: 0 })
}

function openStore({ path, addon }: OpenData, readonly: boolean): Store {
  return openSqliteStore(path, { readonly, ...(addon !== null && { nativeBinding: loadAddon(addon) }) })
}

function answerCalls(store: Store): void {
  let queue: Promise<void> = Promise.resolve()
  const answer = async ({ id, method, args }: StoreRequest) => {
    try {
      const value = await (store[method] as (...args: unknown[]) => Promise<unknown>).apply(store, [...args])
      reply({ kind: 'call', id, value })
    } catch (error) {
      reply({ kind: 'call', id, failure: describeFailure(error) })
    }
    if (method === 'close') port.close()
  }
  port.on('message', (request: StoreRequest) => {
    queue = queue.then(() => answer(request))
  })
}

/** What fits goes straight to the thread that writes; what does not is answered from here. */
function checkUploads(toWriter: MessagePort): void {
  port.on('message', ({ id, upload }: UploadRequest) => {
    try {
      const { content, unpacked_bytes } = readUpload(upload)
      if (content instanceof ApiError) reply({ kind: 'upload', id, value: answerRefusal(content, unpacked_bytes) })
      else toWriter.postMessage({ id, batch: content, unpacked_bytes } satisfies CheckedUpload)
    } catch (error) {
      reply({ kind: 'upload', id, failure: describeFailure(error) })
    }
  })
}

/** What has come while one group was written makes up the next; calls get their turn between two groups. */
function writeUploads(store: Store, store_id: string, fromChecker: MessagePort): void {
  let waiting: CheckedUpload[] = []
  let isScheduled = false

  const writeGroup = async (group: readonly CheckedUpload[]): Promise<void> => {
    try {
      const outcomes = await store.ingestBatches(group.map(({ batch }) => batch))
      group.forEach(({ id, batch, unpacked_bytes }, i) => {
        const outcome = outcomes[i] as (typeof outcomes)[number]
        reply({ kind: 'upload', id, value: answerBatch(batch, outcome, store_id, unpacked_bytes) })
      })
    } catch (error) {
      // what one batch brings about must not fall on the others
      if (group.length > 1 && !(error instanceof StoreError)) for (const one of group) await writeGroup([one])
      else for (const { id } of group) reply({ kind: 'upload', id, failure: describeFailure(error) })
    }
  }
  const write = async () => {
    const group = takeGroup(waiting)
    waiting = waiting.slice(group.length)
    await writeGroup(group)
    isScheduled = waiting.length > 0
    if (isScheduled) setImmediate(write)
  }
  fromChecker.on('message', (upload: CheckedUpload) => {
    waiting.push(upload)
    if (isScheduled) return
    isScheduled = true
    setImmediate(write)
  })
}

function takeGroup(waiting: readonly CheckedUpload[]): CheckedUpload[] {
  let items = 0
  const end = waiting.findIndex(({ batch }, i) => {
    items += batch.items.length
    return i > 0 && (items > GROUP_ITEMS || i >= GROUP_BATCHES)
  })
  return end < 0 ? [...waiting] : waiting.slice(0, end)
}

start(workerData).catch((error) => {
  reply({ kind: 'open', id: 0, failure: describeFailure(error) })
  port.close()
})
