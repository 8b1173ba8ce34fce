import { randomUUID } from 'node:crypto'
import { StoreError } from '../store-error.ts'
import { copyDatabase } from './backup.ts'
import { INITIAL } from './migrations/0001-initial.ts'
import { type Database, type OpenOptions, tuneConnection } from './open-database.ts'

/** 'PMST': tells our files from those of other programs. */
export const APPLICATION_ID = 0x504d5354

/** The first makes the schema 1 of an empty file, the next 2 of 1, and so on. What was released is never edited. */
export const MIGRATIONS: readonly string[] = [INITIAL]

/**
 * Brings a database to the newest schema, each step in a transaction of its own. A file with content is copied to
 * `FILE.before-N` first, N being the schema that it gets. A read-only connection only looks.
 *
 * @throws StoreError `newer_schema` and `not_a_store`, without having touched the file; `unavailable` for a reader of an
 *   older schema
 */
export function migrate(
  db: Database,
  path: string,
  migrations: readonly string[] = MIGRATIONS,
  options: Pick<OpenOptions, 'nativeBinding'> = {},
): void {
  const newest = migrations.length
  // of one moment: another process may be making the file
  const found = db.transaction(() => inspect(db, path, newest)).deferred()
  if (db.readonly && found < newest) {
    throw new StoreError(
      'unavailable',
      `${path} has the older schema ${found}: start printmaster server once to bring it to ${newest}`,
    )
  }
  tuneConnection(db)
  if (found === newest) return
  if (found > 0) copyDatabase(db, freeNames(`${path}.before-${found + 1}`), COPY_WORDS, options)
  for (let version = found + 1; version <= newest; version += 1) {
    db.transaction(() => {
      // another process may have been faster
      if (inspect(db, path, newest) >= version) return
      db.exec(migrations[version - 1] as string)
      if (version === 1) initialise(db)
      db.pragma(`user_version = ${version}`)
    }).immediate()
  }
}

/** The schema of the file; 0 for an empty one. */
function inspect(db: Database, path: string, newest: number): number {
  const id = db.pragma('application_id', { simple: true })
  const version = db.pragma('user_version', { simple: true }) as number
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (id === 0 && version === 0 && tables === 0) return 0
  if (id !== APPLICATION_ID) {
    throw new StoreError('not_a_store', `${path} is the database of another program: name another file`)
  }
  if (version > newest) {
    throw new StoreError(
      'newer_schema',
      `${path} has schema ${version}, this program knows up to ${newest}: use the newer program that made it`,
    )
  }
  return version
}

function initialise(db: Database): void {
  db.pragma(`application_id = ${APPLICATION_ID}`)
  db.prepare("INSERT INTO meta (key, value) VALUES ('store_id', ?), ('tokens_version', CAST(1 AS INTEGER))").run(
    randomUUID(),
  )
}

const COPY_WORDS = {
  failed: (place: string, reason: string) =>
    `the copy before the migration cannot be written to ${place}, so the schema stays as it is: ${reason}`,
  damaged: 'the copy before the migration is damaged, so the schema stays as it is: restore the database from a backup',
}

/** `-1`, `-2` … where the name is taken. */
function* freeNames(name: string): Generator<string> {
  yield name
  for (let attempt = 1; ; attempt += 1) yield `${name}-${attempt}`
}
