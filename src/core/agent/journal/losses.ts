import type { Database } from '../../store/sqlite/open-database.ts'
import { utcText } from '../../store/utc-text.ts'
import type { Removal } from './entries.ts'
import type { Events } from './events.ts'
import type { JournalRow } from './journal-row.ts'

export type Losses = ReturnType<typeof prepareLosses>
export type LossAction = 'journal_thinned' | 'journal_dropped'

/** Of work: so often at most is one kind of loss told. */
const REPORT_INTERVAL_MS = 3_600_000

interface LossRow {
  readonly action: LossAction
  readonly count: number
  readonly first_at: number
  readonly last_at: number
}

/** What was let go unsent, added up until it is told in an audit event. */
export function prepareLosses(db: Database, row: JournalRow, events: Events) {
  const add = db.prepare(
    `INSERT INTO losses (action, count, first_at, last_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET
       first_at = iif(count = 0, excluded.first_at, min(first_at, excluded.first_at)),
       last_at = iif(count = 0, excluded.last_at, max(last_at, excluded.last_at)),
       count = count + excluded.count`,
  )
  const due = db.prepare<[number], LossRow>(
    'SELECT * FROM losses WHERE count > 0 AND (reported_worked IS NULL OR reported_worked <= ?)',
  )
  const settle = db.prepare('UPDATE losses SET count = 0, reported_worked = ? WHERE action = ?')
  const isDue = (worked: number) => due.get(worked - REPORT_INTERVAL_MS) !== undefined

  return {
    /** In the transaction that lets the entries go. */
    add(action: LossAction, { count, from, to }: Removal): void {
      if (count === 0) return
      row.addLosses(action === 'journal_thinned' ? { thinned: count } : { dropped: count })
      add.run(action, count, from, to)
    },

    isDue,

    report(now: number, worked: number): void {
      const { journal_id } = row.get()
      for (const { action, count, first_at, last_at } of due.all(worked - REPORT_INTERVAL_MS)) {
        const details = { count, from: utcText(first_at), to: utcText(last_at) }
        const timestamp = utcText(now)
        events.add({ action, resource_type: 'journal', resource_id: journal_id, details, timestamp }, now)
        settle.run(worked, action)
      }
    },
  }
}
