import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { JOURNAL_SCHEMA } from '../../../src/core/agent/journal/journal-schema.ts'
import { openJournal } from '../../../src/core/agent/journal/open-journal.ts'
import { openJournalReadonly } from '../../../src/core/agent/journal/open-journal-readonly.ts'
import { applyMigrations } from '../../../src/core/store/sqlite/apply-migrations.ts'
import { openDatabase } from '../../../src/core/store/sqlite/open-database.ts'
import { openSqliteStore } from '../../../src/core/store/sqlite/sqlite-store.ts'
import {
  BOTH,
  expectError,
  LIMITS,
  makeDirectory,
  NOW,
  newOptions,
  newPrinter,
  openAt,
  openTemporary,
  sendAll,
} from './open-temporary.ts'

const modeOf = (path: string) => statSync(path).mode & 0o777
const CHILD = fileURLToPath(new URL('open-in-child.ts', import.meta.url))

describe('the file', () => {
  it('is for its owner alone, as is a directory that is made for it', () => {
    const { journal, file } = openTemporary()
    journal.record({ readings: [{ serial: 'S1' }] }, NOW)
    expect(modeOf(dirname(file))).toBe(0o700)
    for (const end of ['', '-wal', '-shm', '.lock']) expect([end, modeOf(file + end)]).toEqual([end, 0o600])
    journal.close()
    chmodSync(file, 0o644)
    openAt(file)
    expect(modeOf(file)).toBe(0o600)
  })

  it('is durable, shrinks in steps, and takes little memory', () => {
    const { file } = openTemporary()
    const db = openDatabase(file)
    onTestFinished(() => void db.close())
    applyMigrations(db, file, JOURNAL_SCHEMA)
    const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'auto_vacuum', 'cache_size'].map((name) =>
      db.pragma(name, { simple: true }),
    )
    expect(pragmas).toEqual(['wal', 2, 1, 2, -4096])
    expect(db.pragma('foreign_key_check')).toEqual([])
  })

  it('keeps its journal_id, and two files have two', () => {
    const { journal, file } = openTemporary()
    const id = journal.journal_id
    journal.close()
    expect(openAt(file).journal_id).toBe(id)
    expect(openTemporary().journal.journal_id).not.toBe(id)
  })

  it('one agent uses it, here or in another process; the next one may when it is closed', () => {
    const { journal, file } = openTemporary()
    const here = expectError(() => openJournal(file, newOptions()))
    expect(here.code).toBe('in_use')
    expect(here.message).toContain(`another agent uses the journal ${file}`)
    const openInChild = () => spawnSync(process.execPath, [CHILD, file], { encoding: 'utf8' }).stdout
    expect(openInChild()).toBe('in_use')
    journal.record({ readings: [{ serial: 'S1' }] }, NOW)
    journal.close()
    journal.close()
    expect(openInChild()).toBe('opened')
  })

  it('is one under all its names: through a link to it, to its directory, and one that was there before it', () => {
    const [there, here] = [makeDirectory(), makeDirectory()]
    const file = join(there, 'journal.db')
    const names = [join(here, 'early.db'), join(here, 'late.db'), join(here, 'directory', 'journal.db')]
    symlinkSync(file, names[0] as string)
    const journal = openAt(names[0] as string)
    expect(existsSync(file)).toBe(true)
    symlinkSync(file, names[1] as string)
    symlinkSync(there, join(here, 'directory'))
    for (const name of [file, ...names]) {
      expect([name, expectError(() => openJournal(name, newOptions())).code]).toEqual([name, 'in_use'])
    }
    journal.record({ readings: [{ serial: 'S1' }] }, NOW)
    journal.close()
    expect(sendAll(openAt(names[2] as string), 'serial')).toEqual(['S1'])
    expect(readdirSync(here).sort()).toEqual(['directory', 'early.db', 'late.db'])
  })

  it('that is a directory is said to be one, and nothing is put beside it', () => {
    const directory = join(makeDirectory(), 'data')
    for (const open of [() => openJournal(directory, newOptions()), () => openJournalReadonly(directory)]) {
      mkdirSync(directory, { recursive: true })
      const error = expectError(open)
      expect(error.code).toBe('unavailable')
      expect(error.message).toContain(`${directory} is a directory: name a file in it`)
    }
    expect(readdirSync(dirname(directory))).toEqual(['data'])
  })

  it('is closed when it is closed', () => {
    const { journal } = openTemporary()
    journal.close()
    expect(expectError(() => journal.count(NOW)).code).toBe('unavailable')
  })

  it("another program's database and a server's are refused, and left as they are", async () => {
    const directory = makeDirectory()
    const store = join(directory, 'printmaster.db')
    await openSqliteStore(store).close()
    const notes = join(directory, 'notes.txt')
    writeFileSync(notes, 'remember the milk\n'.repeat(500))
    for (const file of [store, notes]) {
      const before = readFileSync(file)
      const error = expectError(() => openJournal(file, newOptions()))
      expect(error.code).toBe('not_a_journal')
      expect(error.message).toContain(file)
      expect(readFileSync(file).equals(before)).toBe(true)
    }
  })

  it('a newer schema is refused', () => {
    const { journal, file } = openTemporary()
    journal.close()
    const db = openDatabase(file)
    applyMigrations(db, file, { ...JOURNAL_SCHEMA, migrations: [...JOURNAL_SCHEMA.migrations, 'SELECT 1'] })
    db.close()
    expect(existsSync(`${file}.before-${JOURNAL_SCHEMA.migrations.length + 1}`)).toBe(true)
    expect(expectError(() => openJournal(file, newOptions())).code).toBe('newer_schema')
  })

  it('says which directory cannot be made', () => {
    const directory = makeDirectory()
    writeFileSync(join(directory, 'file'), '')
    const error = expectError(() => openJournal(join(directory, 'file', 'journal.db'), newOptions()))
    expect(error.code).toBe('unavailable')
    expect(error.message).toContain(join(directory, 'file'))
  })

  it('a damaged one is not thrown away, and the error says what to do', () => {
    const { journal, file } = openTemporary()
    journal.record({ readings: [{ serial: 'S1' }] }, NOW)
    journal.close()
    const bytes = readFileSync(file)
    bytes.fill(0x5a, 100, 8192)
    writeFileSync(file, bytes)
    const error = expectError(() => openJournal(file, newOptions()))
    expect(error.code).toBe('corrupt')
    expect(error.message).toContain('move it away')
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  it('damage that shows later is told, and what is sound goes on', () => {
    const { journal, file } = openTemporary()
    journal.remember('agent_id', 'a')
    journal.record({ readings: Array.from({ length: 500 }, (_, n) => ({ n, text: 'x'.repeat(900) })) }, NOW)
    journal.close()
    const bytes = readFileSync(file)
    const page = Math.floor(bytes.indexOf('"n":250,') / 4096) * 4096
    bytes.fill(0x5a, page, page + 4096)
    writeFileSync(file, bytes)
    const again = openAt(file)
    const error = expectError(() => again.nextBatch(BOTH, LIMITS, NOW))
    expect(error.code).toBe('corrupt')
    expect(error.message).toContain('move it away')
    expect(again.recall('agent_id')).toBe('a')
    again.record({ readings: [{ n: 500 }] }, NOW)
  })

  it('one that was removed or replaced takes nothing more, as nobody would find it again', () => {
    const { journal, file } = openTemporary()
    journal.record({ readings: [{ n: 1 }] }, NOW)
    copyFileSync(file, `${file}.copy`)
    rmSync(file)
    for (const put of [() => undefined, () => copyFileSync(`${file}.copy`, file)]) {
      put()
      const error = expectError(() => journal.record({ readings: [{ n: 2 }] }, NOW))
      expect(error.code).toBe('unavailable')
      expect(error.message).toContain(`the journal ${file} was removed or replaced`)
    }
    expect(journal.isTaking).toBe(true)
  })
})

describe('a reader', () => {
  it('sees what the agent writes while it runs, and what is there when it does not', () => {
    const { journal, file } = openTemporary()
    journal.remember('agent_id', 'site-1')
    journal.record({ printers: [newPrinter('a')], readings: [{ n: 1 }] }, NOW)
    const view = openJournalReadonly(file)
    onTestFinished(() => view.close())
    journal.record({ readings: [{ n: 2 }] }, NOW)
    const batch = journal.nextBatch(BOTH, LIMITS, NOW)
    if (batch) journal.quarantine(batch, [{ index: 0, reason: 'no' }], NOW)
    expect(view.count(NOW)).toEqual({ ...journal.count(NOW), limit_bytes: 100_000_000 })
    expect(view.count(NOW)).toMatchObject({ queue_length: 1, quarantined: 1 })
    expect(view.listQuarantined(5)).toEqual(journal.listQuarantined(5))
    expect(view.listPrinters()).toEqual([{ printer: newPrinter('a'), snapshot: null }])
    expect(view.recall('agent_id')).toBe('site-1')
    expect(sendAll(journal, 'n')).toEqual([2])
    expect([view.journal_id, view.last_acknowledged]).toEqual([journal.journal_id, 1])
    journal.close()
    const later = openJournalReadonly(file)
    expect(later.last_acknowledged).toBe(1)
    later.close()
  })

  it('needs it to be there, and makes none', () => {
    const file = join(makeDirectory(), 'journal.db')
    const error = expectError(() => openJournalReadonly(file))
    expect(error.code).toBe('unavailable')
    expect(error.message).toContain(`there is no journal ${file}`)
    expect(existsSync(file)).toBe(false)
  })
})
