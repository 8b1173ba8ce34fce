import type { Entries } from './entries.ts'
import type { Events } from './events.ts'
import type { JournalCounts } from './journal.ts'
import type { JournalRow } from './journal-row.ts'
import type { Size } from './measure-journal.ts'
import type { Quarantine } from './quarantine.ts'

export interface CountedParts {
  readonly row: JournalRow
  readonly entries: Entries
  readonly quarantine: Quarantine
  readonly events: Events
  readonly size: Size
}

export function countJournal({ row, entries, quarantine, events, size }: CountedParts): JournalCounts {
  const { limit_bytes, thinned, dropped, events_dropped } = row.get()
  return {
    ...entries.count(),
    quarantined: quarantine.count(),
    thinned,
    dropped,
    events_dropped,
    events_waiting: events.count(),
    bytes: size.bytes(),
    limit_bytes,
  }
}
