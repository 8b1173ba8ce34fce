import type { Journal } from './journal.ts'

/** What can be seen of a journal without being its agent. */
export type JournalView = Pick<
  Journal,
  'path' | 'journal_id' | 'last_acknowledged' | 'recall' | 'listPrinters' | 'count' | 'listQuarantined' | 'close'
>
