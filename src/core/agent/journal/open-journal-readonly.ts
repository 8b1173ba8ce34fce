import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { applyMigrations } from '../../store/sqlite/apply-migrations.ts'
import { type Database, type OpenOptions, openDatabase } from '../../store/sqlite/open-database.ts'
import { countJournal } from './count-journal.ts'
import { prepareEntries } from './entries.ts'
import { prepareEvents } from './events.ts'
import { guardWrites } from './guard-writes.ts'
import { JournalError } from './journal-error.ts'
import { prepareJournalRow } from './journal-row.ts'
import { JOURNAL_SCHEMA } from './journal-schema.ts'
import type { JournalView } from './journal-view.ts'
import { prepareIds } from './make-ids.ts'
import { measureJournal } from './measure-journal.ts'
import { prepareMemory } from './memory.ts'
import { preparePrinters } from './printers.ts'
import { prepareQuarantine } from './quarantine.ts'
import { refuseDirectory } from './refuse-directory.ts'
import { translateJournalError } from './translate-journal-error.ts'

/**
 * Looks into a journal, whether or not an agent works on it, and changes nothing.
 *
 * @throws JournalError `unavailable`, `corrupt`, `newer_schema`, `not_a_journal`
 */
export function openJournalReadonly(file: string, options: Pick<OpenOptions, 'nativeBinding'> = {}): JournalView {
  const path = resolve(file)
  if (!existsSync(path)) throw new JournalError('unavailable', `there is no journal ${path}: no agent has run with it`)
  refuseDirectory(path)
  let db: Database | undefined
  try {
    db = openDatabase(path, { ...options, readonly: true })
    applyMigrations(db, path, JOURNAL_SCHEMA, options)
    return composeView(db, path)
  } catch (error) {
    db?.close()
    throw translateJournalError(error, path)
  }
}

function composeView(db: Database, path: string): JournalView {
  const { read } = guardWrites(db, path)
  const makeId = prepareIds()
  const row = prepareJournalRow(db)
  const memory = prepareMemory(db)
  const printers = preparePrinters(db)
  const parts = {
    row,
    entries: prepareEntries(db, makeId),
    quarantine: prepareQuarantine(db),
    events: prepareEvents(db, makeId),
    size: measureJournal(db, path, 0),
  }
  return {
    path,
    get journal_id() {
      return read(() => row.get().journal_id)
    },
    get last_acknowledged() {
      return read(() => row.get().last_acknowledged)
    },
    recall: (key) => read(() => memory.recall(key)),
    listPrinters: () => read(printers.list),
    count: () => read(() => countJournal(parts)),
    listQuarantined: (limit) => read(() => parts.quarantine.list(limit)),
    close: () => void db.close(),
  }
}
