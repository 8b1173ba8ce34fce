import { randomUUID } from 'node:crypto'
import { applyMigrations } from './apply-migrations.ts'
import { INITIAL } from './migrations/0001-initial.ts'
import { WHAT_ELSE_IS_TOLD } from './migrations/0002-what-else-is-told.ts'
import { LIVE } from './migrations/0003-live.ts'
import { RETENTION } from './migrations/0004-retention.ts'
import { type Database, type OpenOptions, SERVER_TUNING } from './open-database.ts'

/** 'PMST': tells our files from those of other programs. */
export const APPLICATION_ID = 0x504d5354

/** The first makes the schema 1 of an empty file, the next 2 of 1, and so on. What was released is never edited. */
export const MIGRATIONS: readonly string[] = [INITIAL, WHAT_ELSE_IS_TOLD, LIVE, RETENTION]

/**
 * Brings the database of a server to the newest schema.
 *
 * @throws StoreError as `applyMigrations`
 */
export function migrate(
  db: Database,
  path: string,
  migrations: readonly string[] = MIGRATIONS,
  options: Pick<OpenOptions, 'nativeBinding'> = {},
): void {
  const schema = { application_id: APPLICATION_ID, migrations, initialise, tuning: SERVER_TUNING, words: WORDS }
  applyMigrations(db, path, schema, options)
}

function initialise(db: Database): void {
  db.prepare("INSERT INTO meta (key, value) VALUES ('store_id', ?), ('tokens_version', CAST(1 AS INTEGER))").run(
    randomUUID(),
  )
}

const WORDS = {
  foreign: (path: string) => `${path} is the database of another program: name another file`,
  program: 'printmaster server',
  remedy: 'restore the database from a backup',
}
