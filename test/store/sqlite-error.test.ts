import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { translateError } from '../../src/core/store/sqlite/sqlite-error.ts'

it.each([
  ['SQLITE_FULL', 'the disk that holds /srv/x.db is full: nothing was stored'],
  // what a disk without room for the index of the write-ahead log brings about
  ['SQLITE_IOERR_SHMSIZE', 'the disk that holds /srv/x.db is full: nothing was stored'],
  ['SQLITE_IOERR_WRITE', 'the disk that holds /srv/x.db reports an error'],
  ['SQLITE_BUSY_RECOVERY', 'another program keeps /srv/x.db locked'],
])('%s', (code, message) => {
  expect(translateError(new Database.SqliteError('said', code), '/srv/x.db')).toMatchObject({
    name: 'StoreError',
    code: 'unavailable',
    message,
  })
})

it('a fault of the program stays one', () => {
  const error = new Database.SqliteError('UNIQUE constraint failed', 'SQLITE_CONSTRAINT_UNIQUE')
  expect(translateError(error, '/srv/x.db')).toBe(error)
})
