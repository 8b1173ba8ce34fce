import { getAsset, isSea } from 'node:sea'
import { Worker } from 'node:worker_threads'
import { StoreError } from '../store/store-error.ts'
import type { StoreReply, StoreRequest, StoreWorkerData } from './store-messages.ts'

/** One worker thread with the database, and who waits for which of its answers. */
export interface StoreThread {
  call(method: StoreRequest['method'], args: readonly unknown[], transfer?: readonly ArrayBuffer[]): Promise<unknown>
  /** Fulfilled when the thread has ended, whatever the reason. */
  readonly ended: Promise<void>
}

interface Waiter {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Starts a worker and waits until it has the database open. @throws StoreError */
export async function startStoreThread(data: StoreWorkerData): Promise<StoreThread> {
  const worker = startWorker(data)
  const waiting = new Map<number, Waiter>()
  let last = 0
  let fault: Error | null = null
  const opened = new Promise((resolve, reject) => waiting.set(0, { resolve, reject }))
  worker.on('message', ({ id, value, failure }: StoreReply) => {
    const waiter = waiting.get(id)
    waiting.delete(id)
    if (failure === undefined) waiter?.resolve(value)
    else waiter?.reject(revive(failure))
  })
  worker.on('error', (error: Error) => {
    fault = error
  })
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      const reason = fault === null ? 'the database is closed' : `the database thread ended: ${fault.message}`
      fault ??= new Error('closed')
      for (const { reject } of waiting.values()) reject(new StoreError('closed', reason))
      waiting.clear()
      resolve()
    })
  })
  await opened
  return {
    ended,
    call: (method, args, transfer = []) =>
      new Promise((resolve, reject) => {
        if (fault !== null) return reject(new StoreError('closed', 'the database is closed'))
        const id = ++last
        waiting.set(id, { resolve, reject })
        worker.postMessage({ id, method, args } satisfies StoreRequest, [...transfer])
      }),
  }
}

/** The worker's code is a file beside this one, or inside the executable. */
function startWorker(workerData: StoreWorkerData): Worker {
  const name = workerData.readonly ? 'store-reader' : 'store-writer'
  if (isSea()) return new Worker(getAsset('store-worker.cjs', 'utf8'), { eval: true, workerData, name })
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`./store-worker.${extension}`, import.meta.url), { workerData, name })
}

function revive({ code, message, stack }: NonNullable<StoreReply['failure']>): Error {
  if (code !== null) return new StoreError(code, message)
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
