import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StoreError } from '../store-error.ts'
import { type Database, type OpenOptions, openDatabase, why } from './open-database.ts'
import { sqliteCode } from './sqlite-error.ts'

/** What is told where it does not work out. */
export interface CopyWords {
  readonly failed: (place: string, reason: string) => string
  readonly damaged: string
}

const BACKUP_WORDS: CopyWords = {
  failed: (place, reason) => `the backup cannot be written to ${place}: ${reason}`,
  damaged: 'the copy is damaged, so no backup was made: run printmaster server --check-db',
}

/**
 * Writes a copy as of now to a file that is not there yet.
 *
 * @throws StoreError `unavailable` where the file is there or cannot be made, `corrupt` where the copy is damaged
 */
export function writeBackup(
  db: Database,
  file: string,
  binding: Pick<OpenOptions, 'nativeBinding'>,
): { bytes: number } {
  const target = resolve(file)
  const refusal = `${target} is there already: remove it, or name another file for the backup`
  if (existsSync(target)) throw new StoreError('unavailable', refusal)
  const copy = copyDatabase(db, [target], BACKUP_WORDS, binding)
  if (copy === null) throw new StoreError('unavailable', refusal)
  return { bytes: copy.bytes }
}

/**
 * Writes a copy as of now beside the first of the names, checks it and brings it to the disk before it gets the first name
 * that is free. Null when none is.
 *
 * @throws StoreError `unavailable` where it cannot be made, `corrupt` where it is damaged
 */
export function copyDatabase(
  db: Database,
  names: Iterable<string>,
  words: CopyWords,
  binding: Pick<OpenOptions, 'nativeBinding'>,
): { file: string; bytes: number } | null {
  let copy: string | undefined
  try {
    for (const name of names) {
      copy ??= writeCopy(db, `${name}.part-${randomBytes(6).toString('hex')}`, words, binding)
      if (!takeName(copy, name, words)) continue
      syncPath(dirname(name))
      return { file: name, bytes: statSync(name).size }
    }
    return null
  } finally {
    if (copy !== undefined) rmSync(copy, { force: true })
  }
}

function writeCopy(db: Database, path: string, words: CopyWords, binding: Pick<OpenOptions, 'nativeBinding'>): string {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    throw new StoreError('unavailable', words.failed(dirname(path), why(error)), { cause: error })
  }
  try {
    db.prepare('VACUUM INTO ?').run(path)
    checkCopy(path, binding, words.damaged)
    syncPath(path)
    return path
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  }
}

/** @throws StoreError `corrupt` with the given words where the file is damaged, or no database at all */
export function checkCopy(path: string, binding: Pick<OpenOptions, 'nativeBinding'>, damaged: string): void {
  const copy = openDatabase(path, { ...binding, readonly: true })
  try {
    if (copy.pragma('quick_check(1)', { simple: true }) === 'ok') return
  } catch (error) {
    if (!/CORRUPT|NOTADB/.test(sqliteCode(error) ?? '')) throw error
    throw new StoreError('corrupt', damaged, { cause: error })
  } finally {
    copy.close()
  }
  throw new StoreError('corrupt', damaged)
}

/** Brings a file or a directory to the disk. */
export function syncPath(path: string): void {
  // a directory cannot be opened on every platform
  if (process.platform === 'win32' && statSync(path).isDirectory()) return
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** False when the name is taken: a link does not replace a file that came in the meantime, as a rename would. */
function takeName(copy: string, name: string, words: CopyWords): boolean {
  try {
    linkSync(copy, name)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new StoreError('unavailable', words.failed(name, why(error)), { cause: error })
  }
}
