/**
 * Why the journal did not do it. `full`: the disk or the limit; it may go on later. `in_use`: another agent has it.
 * `unavailable` covers a lock that stays, missing permission, a file that was moved away, a journal that is closed.
 */
export type JournalErrorCode = 'full' | 'in_use' | 'unavailable' | 'corrupt' | 'newer_schema' | 'not_a_journal'

export class JournalError extends Error {
  override readonly name = 'JournalError'
  readonly code: JournalErrorCode

  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
