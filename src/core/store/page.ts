export interface Page<T> {
  readonly items: readonly T[]
  readonly next_cursor: string | null
}

/** A page's size at most, and where it begins; only `next_cursor` tells whether more follows. A cursor that this store did not give is answered with `bad_cursor` (StoreError). */
export interface PageRequest {
  readonly limit: number
  readonly cursor?: string
}
