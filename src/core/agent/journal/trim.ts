import type { Database } from '../../store/sqlite/open-database.ts'
import type { Batches } from './batches.ts'
import type { Commands } from './commands.ts'
import type { Entries, Removal } from './entries.ts'
import type { Events } from './events.ts'
import type { Guard } from './guard-writes.ts'
import type { TrimReport } from './journal.ts'
import type { JournalRow, ThinningStep } from './journal-row.ts'
import type { Losses } from './losses.ts'
import type { Size } from './measure-journal.ts'
import type { Quarantine } from './quarantine.ts'
import { makeThinner, type Thinner } from './thin-readings.ts'
import type { WorkedTime } from './worked-time.ts'

const DAY_MS = 86_400_000
/** A server restored from a backup of this age gets all again. */
const ACKNOWLEDGED_MS = 7 * DAY_MS
/** Long after the last of them could be asked for again. */
const COMMANDS_MS = 7 * DAY_MS

/** Rows in one transaction: for age, and for want of room, where each step looks whether it was enough. */
const AGED_ROWS = 2000
const STEP_ROWS = 100
const THINNED_ROWS = 1000

const ENOUGH_SHARE = 0.98
/** Free pages are room for what comes; more than a quarter of the file goes back to the disk. */
const FREE_SHARE = 0.25
const VACUUM_PAGES = 256

const ALL = Number.MAX_SAFE_INTEGER

export interface TrimmedParts {
  readonly db: Database
  readonly guard: Guard
  readonly row: JournalRow
  readonly worked: WorkedTime
  readonly entries: Entries
  readonly batches: Batches
  readonly quarantine: Quarantine
  readonly events: Events
  readonly commands: Commands
  readonly losses: Losses
  readonly size: Size
}

/** Lets go by the rule in docs/agent.md, in transactions of their own. `days` is asked for each time: config may change. */
export function prepareTrim(parts: TrimmedParts, days: () => number): (now: number) => TrimReport {
  const { db, guard, row, worked, entries, batches, quarantine, events, commands, losses, size } = parts
  const thinners = { hours: startThinning('hours'), days: startThinning('days') }

  return (now) => guard.attempt(() => trim(now))

  function trim(now: number): TrimReport {
    const report = { expired: 0, thinned: 0, dropped: 0, events_dropped: 0 }
    const time = worked.advance(now)
    const age = days() * DAY_MS
    if (worked.isMilestoneDue()) guard.write(() => worked.setMilestone(age))

    const expire = (most: number): number => {
      const gone = guard.write(() => batches.dropAcknowledged(most))
      report.expired += gone ?? 0
      return gone === null ? 0 : 1
    }
    const dropUnsent = (last: number, rows: number): number => {
      const gone = guard.write(() => noted('journal_dropped', entries.dropOldest(last, rows)))
      report.dropped += gone
      return gone
    }
    const dropQuarantined = (most: number, rows: number): number => {
      const gone = guard.write(() => {
        const count = quarantine.drop(most, rows)
        row.addLosses({ dropped: count })
        return count
      })
      report.dropped += gone
      return gone
    }
    const dropEvents = (last: number, rows: number): number => {
      const gone = guard.write(() => {
        const count = events.drop(last, rows)
        row.addLosses({ events: count })
        return count
      })
      report.events_dropped += gone
      return gone
    }
    const thin = (step: ThinningStep): number => {
      const { seen, removed } = guard.write(() => thinners[step]())
      report.thinned += removed
      return seen
    }

    // for age; a statement that finds nothing costs little, a transaction more
    const old = worked.findOld(age)
    if (batches.hasAcknowledged(time - ACKNOWLEDGED_MS)) while (expire(time - ACKNOWLEDGED_MS) > 0);
    while (commands.has(time - COMMANDS_MS)) guard.write(() => commands.drop(time - COMMANDS_MS, AGED_ROWS))
    if (quarantine.has(time - age)) while (dropQuarantined(time - age, AGED_ROWS) > 0);
    if (entries.hasWaiting(old.last_entry)) while (dropUnsent(old.last_entry, AGED_ROWS) > 0);
    if (events.has(old.last_event)) while (dropEvents(old.last_event, AGED_ROWS) > 0);

    // for want of room: each step goes on until it has nothing more to give
    const steps = [
      () => guard.write(() => commands.forgetResults(STEP_ROWS)),
      () => expire(ALL),
      () => thin('hours'),
      () => thin('days'),
      () => dropQuarantined(ALL, STEP_ROWS),
      () => dropUnsent(ALL, STEP_ROWS),
      () => dropEvents(ALL, STEP_ROWS),
    ]
    if (size.isOver()) for (const step of steps) while (size.isOver(ENOUGH_SHARE) && step() > 0);

    // on a full disk they are all that new readings can be written to
    if (guard.isTaking) giveBack()
    if (losses.isDue(time)) guard.write(() => losses.report(now, time))
    return report
  }

  function noted(action: 'journal_thinned' | 'journal_dropped', removal: Removal): number {
    losses.add(action, removal)
    return removal.count
  }

  /** The next stretch of readings in one step of thinning, and how many of them there were: 0 at the end. */
  function startThinning(step: ThinningStep): () => { seen: number; removed: number } {
    let thinner: Thinner = makeThinner(step)
    let done = 0
    return () => {
      const from = row.get()[`thinned_to_${step}`]
      // after a restart, and when entries before this place wait again
      if (from !== done) thinner = makeThinner(step)
      const rows = entries.listReadings(from, THINNED_ROWS)
      const last = rows.at(-1)
      if (last === undefined) return { seen: 0, removed: 0 }
      const removable = rows.map((each) => thinner.accept(each)).filter((entry) => entry !== null)
      const removed = noted('journal_thinned', entries.dropWaiting(removable))
      row.setThinnedTo(step, last.entry)
      done = last.entry
      return { seen: rows.length, removed }
    }
  }

  function giveBack(): void {
    const free = size.freePages()
    if (free <= VACUUM_PAGES || free < size.pages() * FREE_SHARE) return
    guard.attempt(() => db.pragma(`incremental_vacuum(${VACUUM_PAGES})`))
  }
}
