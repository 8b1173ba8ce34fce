import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openSqliteStore, type SqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'

/** A directory of the test's own. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'printmaster-store-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export async function openTemporary(): Promise<{ store: SqliteStore; file: string; directory: string }> {
  const directory = await makeDirectory()
  const file = join(directory, 'printmaster.db')
  const store = openSqliteStore(file)
  onTestFinished(() => store.close())
  return { store, file, directory }
}
