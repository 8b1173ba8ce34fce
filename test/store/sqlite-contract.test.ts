import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { describeStore } from './store-contract.ts'

describeStore('SqliteStore', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'printmaster-store-'))
  const store = openSqliteStore(join(directory, 'printmaster.db'))
  return {
    store,
    close: async () => {
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
})
