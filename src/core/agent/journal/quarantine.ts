import type { BatchKind } from '../../protocol/batches.ts'
import type { Database } from '../../store/sqlite/open-database.ts'
import type { QuarantinedEntry } from './journal.ts'

export type Quarantine = ReturnType<typeof prepareQuarantine>

interface QuarantineRow {
  readonly kind: BatchKind
  readonly reason: string
  readonly quarantined_at: number
  readonly item: string
}

/** Entries that the server will not take, kept to be looked at. */
export function prepareQuarantine(db: Database) {
  const insert = db.prepare(
    'INSERT INTO quarantine (entry, reason, quarantined_at, quarantined_worked) VALUES (?, ?, ?, ?)',
  )
  const leaveOutbox = db.prepare('DELETE FROM outbox WHERE entry = ?')
  const list = db.prepare<[number], QuarantineRow>(
    `SELECT kind, reason, quarantined_at, item FROM quarantine CROSS JOIN entries ON entries.id = entry
     ORDER BY quarantined_at DESC, entry DESC LIMIT ?`,
  )
  const count = db.prepare<[], number>('SELECT count(*) FROM quarantine').pluck()
  const oldest = db.prepare('SELECT 1 FROM quarantine WHERE quarantined_worked <= ? LIMIT 1')
  const drop = db.prepare(
    `DELETE FROM entries WHERE id IN (
       SELECT entry FROM quarantine WHERE quarantined_worked <= ? ORDER BY quarantined_worked, entry LIMIT ?)`,
  )
  return {
    add(entry: number, reason: string, now: number, worked: number): void {
      leaveOutbox.run(entry)
      insert.run(entry, reason, Math.trunc(now), worked)
    },
    /** The newest first. */
    list: (limit: number): QuarantinedEntry[] =>
      list.all(limit).map(({ kind, reason, quarantined_at, item: text }) => {
        const item = JSON.parse(text) as { reading_id?: string }
        return { kind, reading_id: item.reading_id ?? null, reason, quarantined_at, item }
      }),
    count: () => count.get() as number,
    has: (worked: number) => oldest.get(worked) !== undefined,
    /** Lets go the oldest, up to those put aside after so much work. Gives how many. */
    drop: (worked: number, limit: number) => drop.run(worked, limit).changes,
  }
}
