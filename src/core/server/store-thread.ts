import { getAsset, isSea } from 'node:sea'
import { type Transferable, Worker } from 'node:worker_threads'
import { StoreError } from '../store/store-error.ts'
import { reviveFailure, type StoreReply, type StoreThreadData } from './store-messages.ts'

/** A worker thread that is ready. */
export interface StoreThread {
  send(message: unknown, transfer?: readonly Transferable[]): void
  /** Fulfilled with the reason when the thread has ended. */
  readonly ended: Promise<StoreError>
  end(): Promise<void>
}

/**
 * Starts a worker and waits until it is ready: its database open.
 * @param onReply is told what it answers
 * @throws StoreError
 */
export async function startStoreThread(
  data: StoreThreadData,
  onReply: (reply: StoreReply) => void,
  transfer: Transferable[] = [],
): Promise<StoreThread> {
  const worker = startWorker(data, transfer)
  let reason = 'the database is closed'
  worker.on('error', (error: Error) => {
    reason = `the ${data.role} thread of the database ended: ${error.message}`
  })
  const ended = new Promise<StoreError>((resolve) => {
    worker.on('exit', () => resolve(new StoreError('closed', reason)))
  })
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (reply: StoreReply) => {
      if (reply.kind !== 'open') onReply(reply)
      else if (reply.failure === undefined) resolve()
      else reject(reviveFailure(reply.failure))
    })
    void ended.then(reject)
  })
  return {
    ended,
    send: (message, items = []) => worker.postMessage(message, [...items]),
    end: async () => void (await worker.terminate()),
  }
}

/** The worker's code is a file beside this one, or inside the executable. */
function startWorker(workerData: StoreThreadData, transferList: Transferable[]): Worker {
  const options = { workerData, transferList, name: `store-${workerData.role}` }
  if (isSea()) return new Worker(getAsset('store-worker.cjs', 'utf8'), { eval: true, ...options })
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`./store-worker.${extension}`, import.meta.url), options)
}
