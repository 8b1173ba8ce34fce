import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { StoreError } from '../store-error.ts'
import { translateError } from './sqlite-error.ts'

export type Database = SqliteDatabase.Database
export type Statement<Row = unknown> = SqliteDatabase.Statement<unknown[], Row>

export interface OpenOptions {
  /** Never writes, and expects the file to be there. */
  readonly readonly?: boolean
  /** The addon itself, for the single executable, which has no node_modules. */
  readonly nativeBinding?: object
}

/** How long a connection waits for another process's lock. */
const BUSY_TIMEOUT_MS = 5000
const WRITER_CACHE_KIB = 65_536
/** Pages that many transactions change are moved into the file once for all of them: 32 MiB. */
const CHECKPOINT_PAGES = 8192
const WAL_LIMIT_BYTES = 67_108_864

/**
 * Opens an SQLite file, making it (mode 0600) and its directory (0700) where they are not there. Changes nothing in a file
 * that is there already: `tuneConnection` does, once it is known whose database it is.
 *
 * @throws StoreError `unavailable`
 */
export function openDatabase(file: string, options: OpenOptions = {}): Database {
  const path = resolve(file)
  const { readonly = false, nativeBinding } = options
  if (readonly && !existsSync(path)) throw new StoreError('unavailable', `there is no database ${path}`)
  if (!readonly) prepareFile(path)
  const settings = { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS, ...(nativeBinding && { nativeBinding }) }
  try {
    return new SqliteDatabase(path, settings as unknown as SqliteDatabase.Options)
  } catch (error) {
    throw translateError(error, path)
  }
}

/** An empty database that no file holds. */
export function openInMemory({ nativeBinding }: Pick<OpenOptions, 'nativeBinding'> = {}): Database {
  return new SqliteDatabase(':memory:', {
    ...(nativeBinding && { nativeBinding }),
  } as unknown as SqliteDatabase.Options)
}

/** Durable on commit, readers beside one writer. */
export function tuneConnection(db: Database): void {
  if (!db.readonly) {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`)
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    db.pragma(`cache_size = -${WRITER_CACHE_KIB}`)
  }
  db.pragma('foreign_keys = ON')
  db.pragma('temp_store = MEMORY')
  db.pragma('trusted_schema = OFF')
}

function prepareFile(path: string): void {
  const directory = dirname(path)
  try {
    if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(directory, 0o700)
  } catch (error) {
    throw new StoreError('unavailable', `the directory ${directory} of the database cannot be made: ${why(error)}`, {
      cause: error,
    })
  }
  if (existsSync(path)) return
  try {
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw new StoreError('unavailable', `the database ${path} cannot be made: ${why(error)}`, { cause: error })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no directory',
  EEXIST: 'a file of that name is there',
  ENOENT: 'there is no such directory',
  EISDIR: 'it is a directory',
}

/** What the system said about a file, in words. */
export function why(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  return REASONS[code] ?? code
}
