import { statSync } from 'node:fs'
import { StoreError } from '../store-error.ts'
import type { Database } from './open-database.ts'

/**
 * SQLite goes on writing to a file that has no name any more, and all of it would be gone with the process.
 *
 * @returns looks whether the database is where it was opened, for a few microseconds; throws StoreError `unavailable` while
 *   it is not
 */
export function watchPlace(db: Database, path: string): () => void {
  if (db.memory || db.readonly) return () => undefined
  const opened = identifyFile(path)
  return () => {
    if (opened !== null && identifyFile(path) === opened) return
    throw new StoreError(
      'unavailable',
      `${path} was removed, moved or replaced while it was in use, and nothing is stored until it is back: ` +
        'put it back, or restart the server to go on with what is there now',
    )
  }
}

/** Null where there is no file, or none that can be looked at. */
function identifyFile(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev} ${ino}`
  } catch {
    return null
  }
}
