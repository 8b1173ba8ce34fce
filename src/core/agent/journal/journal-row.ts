import type { Database } from '../../store/sqlite/open-database.ts'

export type JournalRow = ReturnType<typeof prepareJournalRow>

/** To how few readings of each printer unsent ones are thinned. */
export type ThinningStep = 'hours' | 'days'

export interface JournalFacts {
  readonly journal_id: string
  readonly last_acknowledged: number
  readonly limit_bytes: number
  readonly thinned: number
  readonly dropped: number
  readonly events_dropped: number
  readonly thinned_to_hours: number
  readonly thinned_to_days: number
}

/** What the journal knows of itself. */
export function prepareJournalRow(db: Database) {
  const read = db.prepare<[], JournalFacts>('SELECT * FROM journal')
  const setJournalId = db.prepare('UPDATE journal SET journal_id = ?, last_acknowledged = 0')
  const setAcknowledged = db.prepare('UPDATE journal SET last_acknowledged = ?')
  const setLimit = db.prepare('UPDATE journal SET limit_bytes = ?')
  const addLosses = db.prepare(
    'UPDATE journal SET thinned = thinned + ?, dropped = dropped + ?, events_dropped = events_dropped + ?',
  )
  const setThinnedTo = {
    hours: db.prepare('UPDATE journal SET thinned_to_hours = ?'),
    days: db.prepare('UPDATE journal SET thinned_to_days = ?'),
  }
  const rewind = db.prepare(
    'UPDATE journal SET thinned_to_hours = min(thinned_to_hours, @to), thinned_to_days = min(thinned_to_days, @to)',
  )
  return {
    get: () => read.get() as JournalFacts,
    setJournalId: (journal_id: string) => void setJournalId.run(journal_id),
    setAcknowledged: (seq: number) => void setAcknowledged.run(seq),
    setLimit: (bytes: number) => void setLimit.run(bytes),
    addLosses: (lost: { thinned?: number; dropped?: number; events?: number }) =>
      void addLosses.run(lost.thinned ?? 0, lost.dropped ?? 0, lost.events ?? 0),
    setThinnedTo: (step: ThinningStep, entry: number) => void setThinnedTo[step].run(entry),
    /** Entries from this one on wait again. */
    rewindThinning: (entry: number | null) => void (entry !== null && rewind.run({ to: Math.max(0, entry - 1) })),
  }
}
