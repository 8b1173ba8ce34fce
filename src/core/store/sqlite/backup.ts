import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StoreError } from '../store-error.ts'
import { type Database, type OpenOptions, openDatabase, why } from './open-database.ts'

/**
 * Writes a copy as of now to a file that is not there yet: beside it first, checked and on the disk before it gets its
 * name.
 *
 * @throws StoreError `unavailable` where the file is there or cannot be made
 */
export function writeBackup(
  db: Database,
  file: string,
  binding: Pick<OpenOptions, 'nativeBinding'>,
): { bytes: number } {
  const target = resolve(file)
  if (existsSync(target)) throw refuse(target)
  const copy = `${target}.part-${randomBytes(6).toString('hex')}`
  try {
    makeEmpty(copy)
    db.prepare('VACUUM INTO ?').run(copy)
    checkCopy(copy, binding)
    syncPath(copy)
    const { size } = statSync(copy)
    takeName(copy, target)
    syncPath(dirname(target))
    return { bytes: size }
  } finally {
    rmSync(copy, { force: true })
  }
}

const refuse = (target: string) =>
  new StoreError('unavailable', `${target} is there already: remove it, or name another file for the backup`)

function makeEmpty(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    throw new StoreError('unavailable', `the backup cannot be written to ${dirname(path)}: ${why(error)}`, {
      cause: error,
    })
  }
}

function checkCopy(path: string, binding: Pick<OpenOptions, 'nativeBinding'>): void {
  const copy = openDatabase(path, { ...binding, readonly: true })
  try {
    if (copy.pragma('quick_check(1)', { simple: true }) === 'ok') return
  } finally {
    copy.close()
  }
  throw new StoreError('corrupt', 'the copy is damaged, so no backup was made: run printmaster server --check-db')
}

function syncPath(path: string): void {
  // a directory cannot be opened on every platform
  if (process.platform === 'win32' && statSync(path).isDirectory()) return
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A link does not replace a file that came in the meantime, as a rename would. */
function takeName(copy: string, target: string): void {
  try {
    linkSync(copy, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw refuse(target)
    throw new StoreError('unavailable', `the backup ${target} cannot be written: ${why(error)}`, { cause: error })
  }
}
