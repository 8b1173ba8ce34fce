import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { restoreBackup } from '../../src/core/store/sqlite/restore.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { makeDirectory } from './open-temporary.ts'
import { enrolAgent, ingest, listAll, newBatch, printer } from './sample-batches.ts'

describe('restoreBackup', () => {
  let directory: string
  beforeEach(async () => {
    directory = await makeDirectory()
  })
  afterEach(() => rm(directory, { recursive: true }))
  const path = (name: string) => `${directory}/${name}`

  /** A database with two devices, as a crash leaves it: its write-ahead log not moved. And a backup with the first. */
  async function crash(): Promise<void> {
    const store = openSqliteStore(path('live.db'))
    const agent = await enrolAgent(store)
    await ingest(store, newBatch(agent, 'metrics', [printer('S1')]))
    await store.backup(path('backup.db'))
    await ingest(store, newBatch(agent, 'metrics', [printer('S2')]))
    for (const end of ['', '-wal', '-shm']) copyFileSync(path(`live.db${end}`), path(`x.db${end}`))
    await store.close()
  }
  const serials = async (file: string) => {
    const store = openSqliteStore(file)
    try {
      expect((await store.check()).problems).toEqual([])
      return (await listAll(store)).map(({ serial }) => serial)
    } finally {
      await store.close()
    }
  }

  it('takes the place of a database that crashed, and keeps that one with all it held', async () => {
    await crash()
    const { former } = restoreBackup(path('backup.db'), path('x.db'))
    expect(former).toBe(path('x.db.before-restore'))
    expect(await serials(path('x.db'))).toEqual(['S1'])
    expect((await serials(path('x.db.before-restore'))).toSorted()).toEqual(['S1', 'S2'])
    expect(restoreBackup(path('backup.db'), path('x.db')).former).toBe(path('x.db.before-restore-2'))
    expect(existsSync(path('backup.db'))).toBe(true)
  })

  it('takes the place of a damaged database, and of none', async () => {
    await crash()
    writeFileSync(path('x.db'), 'this was a database')
    expect(restoreBackup(path('backup.db'), path('x.db')).former).toBe(path('x.db.before-restore'))
    expect(await serials(path('x.db'))).toEqual(['S1'])
    expect(restoreBackup(path('backup.db'), path('new.db')).former).toBeNull()
    expect(await serials(path('new.db'))).toEqual(['S1'])
  })

  it('leaves alone what is in use', async () => {
    await crash()
    const store = openSqliteStore(path('x.db'))
    try {
      expect(() => restoreBackup(path('backup.db'), path('x.db'))).toThrow(/in use; stop the server first/)
    } finally {
      await store.close()
    }
    expect((await serials(path('x.db'))).toSorted()).toEqual(['S1', 'S2'])
  })

  it('changes nothing for a backup that is damaged, foreign or not there', async () => {
    await crash()
    writeFileSync(path('text.db'), 'x'.repeat(5000))
    expect(() => restoreBackup(path('text.db'), path('x.db'))).toThrow(/nothing was changed/)
    expect(() => restoreBackup(path('none.db'), path('x.db'))).toThrow(/there is no backup/)
    expect((await serials(path('x.db'))).toSorted()).toEqual(['S1', 'S2'])
    expect(existsSync(path('x.db.restoring'))).toBe(false)
  })
})
