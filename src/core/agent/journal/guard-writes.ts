import { statSync } from 'node:fs'
import type { Database } from '../../store/sqlite/open-database.ts'
import { JournalError } from './journal-error.ts'
import { translateJournalError } from './translate-journal-error.ts'

export type Guard = ReturnType<typeof guardWrites>

/** One way to the file for all that reads and writes: whole transactions, errors in words, and whether there is room. */
export function guardWrites(db: Database, path: string) {
  const inode = statSync(path, { bigint: true }).ino
  const inTransaction = db.transaction((work: () => unknown) => work())
  let isTaking = true

  const attempt = <T>(work: () => T): T => {
    if (!db.open) throw new JournalError('unavailable', `the journal ${path} is closed`)
    try {
      return work()
    } catch (error) {
      const told = translateJournalError(error, path)
      if (told instanceof JournalError && told.code === 'full') isTaking = false
      throw told
    }
  }

  /** SQLite would go on writing to a file that has no name any more, and all of it would be gone with the process. */
  const checkPlace = (): void => {
    if (statSync(path, { bigint: true, throwIfNoEntry: false })?.ino === inode) return
    throw new JournalError(
      'unavailable',
      `the journal ${path} was removed or replaced while the agent ran: put it back, or restart the agent for a new one`,
    )
  }

  return {
    /** One state, however many questions. */
    read: <T>(work: () => T): T => attempt(() => inTransaction.deferred(work) as T),

    write: <T>(work: () => T): T =>
      attempt(() => {
        checkPlace()
        return inTransaction.immediate(work) as T
      }),

    /** For what cannot run within a transaction. */
    attempt,

    get isTaking() {
      return isTaking
    },
    setTaking(taking: boolean) {
      isTaking = taking
    },
  }
}
