/** Why the database did not do it: `unavailable` covers a full disk, a lock that stays, a file that cannot be opened. */
export type StoreErrorCode = 'bad_cursor' | 'unavailable' | 'corrupt' | 'newer_schema' | 'not_a_store' | 'closed'

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
