import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getRawAsset, isSea } from 'node:sea'
import envPaths from 'env-paths'
import { StoreError } from '../store-error.ts'

/** Name of the addon among the files that the executable carries. */
export const ADDON_ASSET = 'better_sqlite3.node'

/**
 * The SQLite addon of the single executable as a file, because the system loads code from files only: written once into a
 * directory that belongs to this user alone, named by its content. Null outside of the executable.
 * @throws StoreError unavailable
 */
export function unpackAddon(env: NodeJS.ProcessEnv = process.env): string | null {
  if (!isSea()) return null
  const content = new Uint8Array(getRawAsset(ADDON_ASSET) as ArrayBuffer)
  const hash = createHash('sha256').update(content).digest()
  const directory = env.CACHE_DIRECTORY || envPaths('printmaster', { suffix: '' }).cache
  const file = join(directory, `better_sqlite3-${hash.toString('hex').slice(0, 16)}.node`)
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const { uid, mode } = lstatSync(directory)
    if (process.getuid !== undefined && uid !== process.getuid()) throw new Error('it belongs to another user')
    if (mode & 0o022) chmodSync(directory, 0o700)
    if (isOurs(file) && holds(file, hash)) return file
    const fresh = `${file}.${randomUUID()}`
    writeFileSync(fresh, content, { mode: 0o500, flag: 'wx' })
    renameSync(fresh, file)
    return file
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError(
      'unavailable',
      `cannot unpack the SQLite addon into ${directory}: ${reason}; set XDG_CACHE_HOME to a directory of your own`,
    )
  }
}

/** The addon object in `file`, for the `nativeBinding` option. */
export function loadAddon(file: string): object {
  const module = { exports: {} }
  process.dlopen(module, file)
  return module.exports
}

/** A file of another user, or one that others may write, could change between the look and the load. */
function isOurs(file: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false })
  return found?.isFile() === true && (found.mode & 0o022) === 0 && (process.getuid?.() ?? found.uid) === found.uid
}

function holds(file: string, hash: Uint8Array): boolean {
  try {
    return timingSafeEqual(createHash('sha256').update(readFileSync(file)).digest(), hash)
  } catch {
    return false
  }
}
