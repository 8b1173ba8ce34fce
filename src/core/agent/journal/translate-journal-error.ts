import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { sqliteCode, translateError } from '../../store/sqlite/sqlite-error.ts'
import { StoreError, type StoreErrorCode } from '../../store/store-error.ts'
import { JournalError, type JournalErrorCode } from './journal-error.ts'

/** Less than that is no room: SQLite makes its shared memory in steps of 32 KiB. */
const NO_ROOM_BYTES = 65_536

/** What to do with a journal that cannot be read; the readings in it are not thrown away by themselves. */
export const MOVE_AWAY =
  'stop the agent and move it away, with its -wal file; readings that were not sent are still in it'

/** What SQLite or the store said as a `JournalError`; a fault of this program stays as it is. */
export function translateJournalError(error: unknown, path: string): unknown {
  if (error instanceof JournalError) return error
  const code = sqliteCode(error)
  if (code !== null && isFull(code, path)) {
    return new JournalError(
      'full',
      `the disk that holds the journal ${path} is full: nothing is recorded until there is room`,
      { cause: error },
    )
  }
  const told = translateError(error, path)
  if (!(told instanceof StoreError)) return told
  const meant = CODES[told.code] ?? 'unavailable'
  return new JournalError(meant, SENTENCES[meant]?.(path) ?? told.message, { cause: error })
}

const CODES: Partial<Record<StoreErrorCode, JournalErrorCode>> = {
  corrupt: 'corrupt',
  newer_schema: 'newer_schema',
  not_a_store: 'not_a_journal',
}

const SENTENCES: Partial<Record<JournalErrorCode, (path: string) => string>> = {
  corrupt: (path) => `the journal ${path} is damaged: ${MOVE_AWAY}`,
  not_a_journal: (path) =>
    `${path} is no journal of PrintMaster, or a damaged one: name another file in config, or move it away`,
}

/** A full disk shows as an I/O error where SQLite makes its shared memory. */
function isFull(code: string, path: string): boolean {
  if (code.startsWith('SQLITE_FULL')) return true
  if (!/^SQLITE_(IOERR|CANTOPEN)/.test(code)) return false
  try {
    const { bavail, bsize } = statfsSync(dirname(path))
    return bavail * bsize < NO_ROOM_BYTES
  } catch {
    return false
  }
}
