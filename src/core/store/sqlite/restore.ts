import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StoreError } from '../store-error.ts'
import { checkCopy, syncPath } from './backup.ts'
import { APPLICATION_ID } from './migrate.ts'
import { type Database, type OpenOptions, openDatabase, why } from './open-database.ts'
import { sqliteCode, translateError } from './sqlite-error.ts'

type Binding = Pick<OpenOptions, 'nativeBinding'>

/**
 * Puts a backup in the place of a database that nobody uses. What stood there is kept beside it, its write-ahead log
 * included: left behind, that would be written into the restored file.
 *
 * @returns where the former database is now; null when there was none
 * @throws StoreError `unavailable` where the database is in use or a file cannot be written, `corrupt`, `not_a_store`
 */
export function restoreBackup(file: string, database: string, binding: Binding = {}): { former: string | null } {
  const [source, target] = [resolve(file), resolve(database)]
  if (!existsSync(source)) throw new StoreError('unavailable', `there is no backup ${source}`)
  const copy = `${target}.restoring`
  try {
    try {
      copyFileSync(source, copy)
    } catch (error) {
      throw new StoreError('unavailable', `${copy} cannot be written: ${why(error)}`, { cause: error })
    }
    checkBackup(copy, binding, `${source} is damaged or no database of PrintMaster; nothing was changed`)
    syncPath(copy)
    const former = existsSync(target) ? setAside(target, binding) : null
    renameSync(copy, target)
    syncPath(dirname(target))
    return { former }
  } finally {
    for (const end of FILES) rmSync(copy + end, { force: true })
  }
}

function checkBackup(copy: string, binding: Binding, damaged: string): void {
  try {
    checkCopy(copy, binding, damaged)
    const db = openDatabase(copy, { ...binding, readonly: true })
    const id = db.pragma('application_id', { simple: true })
    db.close()
    if (id !== APPLICATION_ID) throw new StoreError('not_a_store', damaged)
  } catch (error) {
    if (sqliteCode(error) === null) throw error
    throw new StoreError('corrupt', damaged, { cause: error })
  }
}

/** A database and what SQLite keeps beside it. */
const FILES = ['', '-wal', '-shm'] as const

function setAside(database: string, binding: Binding): string {
  closeForGood(database, binding)
  const former = findFreeName(`${database}.before-restore`)
  for (const end of FILES) if (existsSync(database + end)) renameSync(database + end, former + end)
  return former
}

/** Moves the write-ahead log into the database, which only works when nobody else has it open. */
function closeForGood(database: string, binding: Binding): void {
  let db: Database | null = null
  try {
    db = openDatabase(database, binding)
    db.pragma('busy_timeout = 0')
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN EXCLUSIVE; COMMIT')
  } catch (error) {
    const code = sqliteCode(error) ?? ''
    if (/BUSY|LOCKED/.test(code)) {
      throw new StoreError('unavailable', `${database} is in use; stop the server first`, { cause: error })
    }
    // a database that is damaged is what backups are for
    if (!/CORRUPT|NOTADB/.test(code)) throw translateError(error, database)
  } finally {
    db?.close()
  }
}

function findFreeName(wanted: string): string {
  let name = wanted
  for (let i = 2; existsSync(name); i++) name = `${wanted}-${i}`
  return name
}
