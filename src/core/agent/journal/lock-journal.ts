import { type OpenOptions, openDatabase } from '../../store/sqlite/open-database.ts'
import { sqliteCode } from '../../store/sqlite/sqlite-error.ts'
import { JournalError } from './journal-error.ts'

/**
 * Keeps the journal for this process. The lock is one of the system's on `PATH.lock`: it ends with the process, however
 * that ends, and readers of the journal do not meet it.
 *
 * @returns what gives it up
 * @throws JournalError `in_use`, and what SQLite says
 */
export function lockJournal(path: string, binding: Pick<OpenOptions, 'nativeBinding'>): () => void {
  const db = openDatabase(`${path}.lock`, binding)
  try {
    db.pragma('busy_timeout = 0')
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (!/^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error) ?? '')) throw error
    throw new JournalError(
      'in_use',
      `another agent uses the journal ${path}: stop it, or name another file for this one`,
      { cause: error },
    )
  }
  return () => void db.close()
}
