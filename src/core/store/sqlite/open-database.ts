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
export const BUSY_TIMEOUT_MS = 5000

/** How a connection that writes works. */
export interface Tuning {
  readonly cache_kib: number
  /** Pages that many transactions change are moved into the file once for all of them. */
  readonly checkpoint_pages: number
  readonly wal_limit_bytes: number
  /** The file can be made smaller step by step; only for one that is still empty. */
  readonly shrinks?: boolean
}

export const SERVER_TUNING: Tuning = {
  cache_kib: 65_536,
  checkpoint_pages: 8192,
  wal_limit_bytes: 67_108_864,
  shrinks: true,
}

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
export function tuneConnection(db: Database, tuning: Tuning): void {
  if (!db.readonly) {
    // only an empty file takes it, and journal_mode writes the first page
    if (tuning.shrinks) db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma(`journal_size_limit = ${tuning.wal_limit_bytes}`)
    db.pragma(`wal_autocheckpoint = ${tuning.checkpoint_pages}`)
    db.pragma(`cache_size = -${tuning.cache_kib}`)
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
