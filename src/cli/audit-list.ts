import { setTimeout as sleep } from 'node:timers/promises'
import { renderEntry } from '../core/audit/render-entry.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { formatCsvRows } from '../core/output/csv.ts'
import { formatTextTable, type TextColumn } from '../core/output/text-table.ts'
import type { AuditEntry } from '../core/protocol/audit.ts'
import type { AuditFilter } from '../core/store/store.ts'
import type { AuditSource } from './audit-source.ts'
import type { TerminalLook } from './terminal.ts'

const PAGE = 200
const ASK_EVERY_MS = 1000

/** Newest first, `limit` at most; page by page. @throws PrintMasterError, StoreError */
export async function listEntries(
  source: Pick<AuditSource, 'list'>,
  filter: Omit<AuditFilter, 'limit' | 'cursor'>,
  limit: number,
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = []
  let cursor: string | null = null
  do {
    const most = Math.min(PAGE, limit - entries.length)
    const page = await source.list({ ...filter, limit: most, ...(cursor !== null && { cursor }) })
    entries.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null && entries.length < limit)
  return entries
}

/**
 * The newest entries, `limit` at most, then new ones as they come, until the signal aborts; oldest first.
 * @throws PrintMasterError, StoreError
 */
export async function* followEntries(
  source: Pick<AuditSource, 'list' | 'chain' | 'ends'>,
  filter: Omit<AuditFilter, 'limit' | 'cursor'>,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<AuditEntry> {
  // asked for before the list is: what is recorded between both would be in neither
  const { end } = await source.ends()
  const listed = await listEntries(source, filter, limit)
  yield* listed.toReversed()
  // the newest one that fits may be far back, with nothing behind it that is wanted
  let last = Math.max(end?.seq ?? 0, listed[0]?.seq ?? 0)
  while (!signal.aborted) {
    const page = await source.chain(last, PAGE)
    for (const stored of page) {
      last = stored.seq
      const entry = renderEntry({ ...stored, hash: Buffer.from(stored.hash, 'hex') })
      if (isWanted(entry, filter)) yield entry
    }
    if (page.length === PAGE) continue
    await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}

function isWanted(entry: AuditEntry, { from, ...filter }: Omit<AuditFilter, 'limit' | 'cursor'>): boolean {
  if (from !== undefined && Date.parse(entry.recorded_at) < from) return false
  const names = ['agent_id', 'actor', 'action', 'resource_type', 'resource_id'] as const
  return names.every((name) => filter[name] === undefined || filter[name] === entry[name])
}

const COLUMNS: ReadonlyArray<TextColumn<AuditEntry>> = [
  { heading: 'No', align: 'right', comfort: 5, dropRank: 3, read: ({ seq }) => String(seq) },
  { heading: 'Time', comfort: 19, dropRank: 0, read: ({ recorded_at }) => recorded_at.slice(0, 19).replace('T', ' ') },
  { heading: 'Actor', comfort: 16, dropRank: 1, read: ({ actor }) => actor },
  { heading: 'Action', comfort: 18, dropRank: 0, read: ({ action }) => action },
  {
    heading: 'Resource',
    comfort: 24,
    dropRank: 2,
    read: ({ resource_type, resource_id }) => [resource_type, resource_id].filter(Boolean).join('/'),
  },
  { heading: 'Outcome', comfort: 7, dropRank: 4, read: ({ outcome }) => outcome },
  { heading: 'From', comfort: 12, dropRank: 5, read: ({ ip_address }) => ip_address ?? '' },
]

export const formatEntries = (entries: readonly AuditEntry[], look: TerminalLook) =>
  formatTextTable(entries, COLUMNS, look)

/** One line, for a terminal that scrolls. */
export const formatEntryLine = (entry: AuditEntry): string =>
  [
    entry.recorded_at,
    cleanText(entry.actor),
    cleanText(entry.action),
    cleanText([entry.resource_type, entry.resource_id].filter(Boolean).join('/')) || '-',
    cleanText(entry.outcome),
  ].join('  ')

const FIELDS = [
  'seq',
  'recorded_at',
  'occurred_at',
  'site_id',
  'actor_type',
  'actor',
  'agent_id',
  'action',
  'resource_type',
  'resource_id',
  'outcome',
  'ip_address',
  'event_id',
  'details',
  'hash',
] as const

export const CSV_HEAD = formatCsvRows([[...FIELDS]])
export const formatEntryCsv = (entry: AuditEntry): string =>
  formatCsvRows([FIELDS.map((name) => (name === 'details' ? JSON.stringify(entry.details) : entry[name]))])
