import type { MessagePort } from 'node:worker_threads'
import type { CheckedBatch, Store } from '../store/store.ts'
import { StoreError, type StoreErrorCode } from '../store/store-error.ts'
import type { IngestReply, Upload } from './ingest/upload.ts'

/** What a thread is for: to check uploads, to write them and all else, to read lists, to answer short questions. */
export type StoreThreadData =
  | { readonly role: 'checker'; readonly toWriter: MessagePort }
  | ({ readonly role: 'writer'; readonly fromChecker: MessagePort } & OpenData)
  | ({ readonly role: 'reader' | 'door' } & OpenData)

export interface OpenData {
  readonly path: string
  /** File of the SQLite addon; null where it is found by itself. */
  readonly addon: string | null
}

/** To a thread with the database: a method of the store. */
export interface StoreRequest {
  readonly id: number
  readonly method: keyof Store
  readonly args: readonly unknown[]
}

/** To the checker. */
export interface UploadRequest {
  readonly id: number
  readonly upload: Upload
}

/** From the checker to the writer: an upload that fits. */
export interface CheckedUpload {
  readonly id: number
  readonly batch: CheckedBatch
  readonly unpacked_bytes: number
}

export interface Failure {
  /** Null: a fault of the program. */
  readonly code: StoreErrorCode | null
  readonly message: string
  readonly stack?: string
}

/** To the main thread. With kind `open`: the thread is ready, or could not open the database. */
export interface StoreReply {
  readonly kind: 'open' | 'call' | 'upload'
  readonly id: number
  readonly value?: unknown
  readonly failure?: Failure
}

export type UploadReply = StoreReply & { readonly value?: IngestReply }

/** Classes do not survive the way between threads; a code does. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof StoreError) return { code: error.code, message: error.message }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  return { code: null, message, ...(stack !== undefined && { stack }) }
}

export function reviveFailure({ code, message, stack }: Failure): Error {
  if (code !== null) return new StoreError(code, message)
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
