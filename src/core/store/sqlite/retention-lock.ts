import { StoreError } from '../store-error.ts'
import { type Database, type OpenOptions, openDatabase, SERVER_TUNING } from './open-database.ts'
import { sqliteCode } from './sqlite-error.ts'

/** A run changes pages all over the file: many at a time would keep whoever commits then waiting. */
const CHECKPOINT_PAGES = 1000

/**
 * One run of retention at a time, also among programs: two would write the same archive. The lock is SQLite's own, of a file
 * beside the database that holds nothing; the system lets go of it when its program is killed.
 */
export function prepareRetentionLock(db: Database, path: string, options: OpenOptions) {
  let held: Database | null = null
  const release = () => {
    if (held === null) return
    held.close()
    held = null
    db.pragma(`wal_autocheckpoint = ${SERVER_TUNING.checkpoint_pages}`)
  }
  return {
    /** @throws StoreError `unavailable` while another run goes on */
    take(): void {
      if (held !== null) throw busy(path)
      const lock = openDatabase(`${path}-retention`, options)
      try {
        lock.pragma('busy_timeout = 0')
        lock.exec('BEGIN EXCLUSIVE')
        db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
        held = lock
      } catch (error) {
        lock.close()
        throw sqliteCode(error) === 'SQLITE_BUSY' ? busy(path) : error
      }
    },
    release,
  }
}

const busy = (path: string) =>
  new StoreError(
    'unavailable',
    `retention of ${path} goes on already, by the server or by another printmaster: wait until it is done`,
  )
