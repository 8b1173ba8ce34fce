import { chmodSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { applyMigrations } from '../../store/sqlite/apply-migrations.ts'
import { type Database, type OpenOptions, openDatabase } from '../../store/sqlite/open-database.ts'
import type { JournalOptions } from '../agent-options.ts'
import { prepareBatches } from './batches.ts'
import { prepareCommands } from './commands.ts'
import { countJournal } from './count-journal.ts'
import { prepareEntries } from './entries.ts'
import { prepareEvents } from './events.ts'
import { guardWrites } from './guard-writes.ts'
import type { Journal } from './journal.ts'
import { JournalError } from './journal-error.ts'
import { prepareJournalRow } from './journal-row.ts'
import { JOURNAL_SCHEMA } from './journal-schema.ts'
import { lockJournal } from './lock-journal.ts'
import { prepareLosses } from './losses.ts'
import { prepareIds } from './make-ids.ts'
import { measureJournal } from './measure-journal.ts'
import { prepareMemory } from './memory.ts'
import { preparePrinters } from './printers.ts'
import { prepareQuarantine } from './quarantine.ts'
import { refuseDirectory } from './refuse-directory.ts'
import { translateJournalError } from './translate-journal-error.ts'
import { prepareTrim } from './trim.ts'
import { prepareWorkedTime } from './worked-time.ts'

export interface OpenJournalOptions extends Omit<JournalOptions, 'path'>, Pick<OpenOptions, 'nativeBinding'> {
  /** Milliseconds since 1970, UTC. */
  readonly now: number
}

/**
 * Opens the journal of an agent for this process alone, making it (mode 0600, its directory 0700) or bringing it to the
 * newest schema.
 *
 * @throws JournalError `in_use`, `full`, `unavailable`, `corrupt`, `newer_schema`, `not_a_journal`
 */
export function openJournal(file: string, options: OpenJournalOptions): Journal {
  const path = findRealPath(file)
  refuseDirectory(path)
  const undo: (() => void)[] = []
  try {
    undo.push(lockJournal(path, options))
    const db = openDatabase(path, options)
    undo.push(() => db.close())
    // the tokens in it are nobody else's, and a copy that was put back may have any mode
    if (statSync(path).mode & 0o077) chmodSync(path, 0o600)
    applyMigrations(db, path, JOURNAL_SCHEMA, options)
    return composeJournal(db, path, options, undo)
  } catch (error) {
    giveUp(undo)
    throw translateJournalError(error, path)
  }
}

/** Two names of one file are one journal, with one lock; a link may come before what it leads to. */
function findRealPath(file: string): string {
  try {
    return realpathSync(file)
  } catch (error) {
    const target = (error as NodeJS.ErrnoException).code === 'ENOENT' ? readLink(file) : null
    return target === null ? resolve(file) : findRealPath(resolve(dirname(file), target))
  }
}

function readLink(file: string): string | null {
  try {
    return readlinkSync(file)
  } catch {
    return null
  }
}

/** In the reverse order of taking: the lock goes last. */
function giveUp(taken: readonly (() => void)[]): void {
  for (const release of taken.toReversed()) release()
}

function composeJournal(db: Database, path: string, options: OpenJournalOptions, undo: (() => void)[]): Journal {
  const guard = guardWrites(db, path)
  const makeId = prepareIds()
  const row = prepareJournalRow(db)
  const memory = prepareMemory(db)
  const printers = preparePrinters(db)
  const events = prepareEvents(db, makeId)
  const entries = prepareEntries(db, makeId)
  const quarantine = prepareQuarantine(db)
  const batches = prepareBatches(db, row, entries, quarantine)
  const commands = prepareCommands(db)
  const losses = prepareLosses(db, row, events)
  const worked = prepareWorkedTime(db, options.now)
  const size = measureJournal(db, path, options.size_mb)
  let { days } = options
  const trim = prepareTrim(
    { db, guard, row, worked, entries, batches, quarantine, events, commands, losses, size },
    () => days,
  )
  const { read, write } = guard

  const resize = (limits: Pick<JournalOptions, 'size_mb' | 'days'>): void => {
    days = limits.days
    size.resize(limits.size_mb)
    if (row.get().limit_bytes !== size.limit_bytes) write(() => row.setLimit(size.limit_bytes))
  }
  resize(options)

  /** @throws JournalError `full` where all that may go has gone */
  const makeRoom = (now: number): void => {
    if (!size.isOver()) return
    trim(now)
    if (!size.isOver()) return
    guard.setTaking(false)
    throw new JournalError(
      'full',
      `the journal ${path} has reached its limit of ${size.limit_mb} MB, and nothing in it can go: make the limit larger`,
    )
  }

  return {
    path,
    get journal_id() {
      return read(() => row.get().journal_id)
    },
    get last_acknowledged() {
      return read(() => row.get().last_acknowledged)
    },

    remember: (key, value) => write(() => memory.remember(key, value)),
    recall: (key) => read(() => memory.recall(key)),

    record(occasion, now) {
      worked.advance(now)
      makeRoom(now)
      write(() => {
        for (const id of occasion.forgotten ?? []) printers.forget(id)
        for (const printer of occasion.printers ?? []) printers.write(printer)
        for (const snapshot of occasion.snapshots ?? []) printers.writeSnapshot(snapshot)
        for (const { printer_id, item } of occasion.devices ?? []) entries.addDevice(printer_id, item, now)
        for (const reading of occasion.readings ?? []) entries.addReading(reading, now)
        for (const event of occasion.events ?? []) events.add(event, now)
      })
      guard.setTaking(true)
    },
    listPrinters: () => read(printers.list),

    nextBatch(kinds, limits, now) {
      const again = read(batches.findAgain)
      if (again !== null || !read(() => batches.hasWaiting(kinds))) return again
      return write(() => batches.compose(kinds, limits, now))
    },
    acknowledge: (batch, now) => write(() => batches.acknowledge(batch, now, worked.advance(now))),
    quarantine: (batch, items, now) => write(() => batches.quarantine(batch, items, now, worked.advance(now))),
    dissolve: (batch) => write(() => batches.dissolve(batch)),
    renumber: (held) => write(() => batches.renumber(held)),

    nextEvents: (limit) => read(() => events.next(limit)),
    acknowledgeEvents: (event_ids) =>
      write(() => {
        event_ids.forEach(events.forget)
      }),

    acceptCommand: (command) => write(() => commands.accept(command)),
    beginCommand: (command_id) => write(() => commands.begin(command_id)),
    endCommand: (command_id, end, now) => write(() => commands.end(command_id, end, worked.advance(now))),
    deliverCommand: (command_id, isDelivered) => write(() => commands.setDelivered(command_id, isDelivered)),
    findCommand: (command_id) => read(() => commands.find(command_id)),
    listOpenCommands: () => read(commands.listOpen),

    trim,
    resize,
    count: () => read(() => countJournal({ row, entries, quarantine, events, size })),
    listQuarantined: (limit) => read(() => quarantine.list(limit)),

    get isTaking() {
      return guard.isTaking
    },
    retry() {
      if (guard.isTaking) return true
      if (size.isOver()) return false
      try {
        // what the log holds goes into pages that the file has already, and the log gives its room back
        guard.attempt(() => db.pragma('wal_checkpoint(TRUNCATE)'))
        write(memory.writeTrial)
        write(memory.forgetTrial)
        guard.setTaking(true)
      } catch (error) {
        if (!(error instanceof JournalError)) throw error
      }
      return guard.isTaking
    },
    close() {
      if (db.open) giveUp(undo)
    },
  }
}
