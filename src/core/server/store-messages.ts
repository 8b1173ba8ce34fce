import type { Store } from '../store/store.ts'
import type { StoreErrorCode } from '../store/store-error.ts'

export interface StoreWorkerData {
  readonly path: string
  readonly readonly: boolean
  /** File of the SQLite addon; null where it is found by itself. */
  readonly addon: string | null
}

export interface StoreRequest {
  readonly id: number
  readonly method: keyof Store | 'ingest'
  readonly args: readonly unknown[]
}

/** With id 0: the worker has opened the database, or could not. */
export interface StoreReply {
  readonly id: number
  readonly value?: unknown
  /** `code` null: a fault of the program. */
  readonly failure?: { readonly code: StoreErrorCode | null; readonly message: string; readonly stack?: string }
}
