import { StoreError } from '../store-error.ts'
import { copyDatabase } from './backup.ts'
import { type Database, type OpenOptions, openDatabase, type Tuning, tuneConnection } from './open-database.ts'

/** What makes a file of ours: the server's database is one kind, an agent's journal another. */
export interface FileSchema {
  readonly application_id: number
  /** The first makes the schema 1 of an empty file, the next 2 of 1, and so on. */
  readonly migrations: readonly string[]
  /** Puts in what an empty file begins with; in the transaction of the first migration. */
  readonly initialise: (db: Database) => void
  readonly tuning: Tuning
  readonly words: {
    readonly foreign: (path: string) => string
    /** Follows "start": what brings an older schema up to date. */
    readonly program: string
    /** What to do where the file turns out to be damaged. */
    readonly remedy: string
  }
}

/**
 * Brings a file to the newest schema, all steps in one transaction. A file with content is copied to `FILE.before-N`
 * first, N being the schema after its own, by the one process that is to change it. A read-only connection only looks.
 *
 * @throws StoreError `newer_schema` and `not_a_store`, without having touched the file; `unavailable` for a reader of an
 *   older schema
 */
export function applyMigrations(
  db: Database,
  path: string,
  schema: FileSchema,
  options: Pick<OpenOptions, 'nativeBinding'> = {},
): void {
  const newest = schema.migrations.length
  // of one moment: another process may be making the file
  const seen = db.transaction(() => inspect(db, path, schema)).deferred()
  if (db.readonly && seen < newest) {
    throw new StoreError(
      'unavailable',
      `${path} has the older schema ${seen}: start ${schema.words.program} once to bring it to ${newest}`,
    )
  }
  tuneConnection(db, schema.tuning)
  if (seen === newest) return
  db.transaction(() => {
    // another process may have been faster
    const found = inspect(db, path, schema)
    if (found === newest) return
    if (found > 0) copyAside(db, freeNames(`${path}.before-${found + 1}`), schema, options)
    for (let version = found + 1; version <= newest; version += 1) {
      db.exec(schema.migrations[version - 1] as string)
      if (version === 1) {
        db.pragma(`application_id = ${schema.application_id}`)
        schema.initialise(db)
      }
      db.pragma(`user_version = ${version}`)
    }
  }).immediate()
}

/** By another connection, which copies what is committed: one that holds the lock cannot copy. */
function copyAside(
  db: Database,
  names: Iterable<string>,
  schema: FileSchema,
  options: Pick<OpenOptions, 'nativeBinding'>,
): void {
  const reader = openDatabase(db.name, { ...options, readonly: true })
  try {
    copyDatabase(reader, names, copyWords(schema), options)
  } finally {
    reader.close()
  }
}

/** The schema of the file; 0 for an empty one. */
function inspect(db: Database, path: string, { application_id, migrations, words }: FileSchema): number {
  const id = db.pragma('application_id', { simple: true })
  const version = db.pragma('user_version', { simple: true }) as number
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (id === 0 && version === 0 && tables === 0) return 0
  if (id !== application_id) throw new StoreError('not_a_store', words.foreign(path))
  if (version > migrations.length) {
    throw new StoreError(
      'newer_schema',
      `${path} has schema ${version}, this program knows up to ${migrations.length}: use the newer program that made it`,
    )
  }
  return version
}

const copyWords = ({ words }: FileSchema) => ({
  failed: (place: string, reason: string) =>
    `the copy before the migration cannot be written to ${place}, so the schema stays as it is: ${reason}`,
  damaged: `the copy before the migration is damaged, so the schema stays as it is: ${words.remedy}`,
})

/** `-1`, `-2` … where the name is taken. */
function* freeNames(name: string): Generator<string> {
  yield name
  for (let attempt = 1; ; attempt += 1) yield `${name}-${attempt}`
}
