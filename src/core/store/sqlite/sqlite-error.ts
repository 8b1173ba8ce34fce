import { StoreError, type StoreErrorCode } from '../store-error.ts'

type Sentence = readonly [code: StoreErrorCode, text: (path: string) => string]

/** By the primary result code of SQLite (https://www.sqlite.org/rescode.html); extended codes begin with it. */
const SENTENCES: readonly (readonly [prefix: string, ...sentence: Sentence])[] = [
  ['SQLITE_FULL', 'unavailable', (path) => `the disk that holds ${path} is full: nothing was stored`],
  // no room for the 32 KiB of the index of the write-ahead log, which every connection needs
  ['SQLITE_IOERR_SHMSIZE', 'unavailable', (path) => `the disk that holds ${path} is full: nothing was stored`],
  ['SQLITE_BUSY', 'unavailable', (path) => `another program keeps ${path} locked`],
  ['SQLITE_LOCKED', 'unavailable', (path) => `another program keeps ${path} locked`],
  [
    'SQLITE_READONLY',
    'unavailable',
    (path) => `${path} cannot be written: check the permissions of file and directory`,
  ],
  ['SQLITE_PERM', 'unavailable', (path) => `${path} cannot be opened: check the permissions of file and directory`],
  ['SQLITE_CANTOPEN', 'unavailable', (path) => `${path} cannot be opened: check that file and directory are there`],
  ['SQLITE_IOERR', 'unavailable', (path) => `the disk that holds ${path} reports an error`],
  ['SQLITE_NOMEM', 'unavailable', (path) => `there is not enough memory to work on ${path}`],
  ['SQLITE_CORRUPT', 'corrupt', (path) => `${path} is damaged: restore it from a backup`],
  ['SQLITE_NOTADB', 'not_a_store', (path) => `${path} is not a database of PrintMaster, or it is damaged`],
]

/** What SQLite said as a `StoreError`; any other error stays as it is. */
export function translateError(error: unknown, path: string): unknown {
  const code = sqliteCode(error)
  if (code === null) return error
  const found = SENTENCES.find(([prefix]) => code.startsWith(prefix))
  if (found !== undefined) return new StoreError(found[1], found[2](path), { cause: error })
  // a constraint or a syntax error is a fault of this program and has to be seen as one
  return error
}

/** `SQLITE_…`, or null for an error of another kind. */
export function sqliteCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : null
}
