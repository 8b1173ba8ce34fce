import { cleanText } from '../core/output/clean-text.ts'
import { formatTextTable, type TextColumn } from '../core/output/text-table.ts'
import type { RetentionPlan, RetentionState, RunState } from '../core/protocol/retention.ts'
import type { Policy } from '../core/retention/policies.ts'
import type { TerminalLook } from './terminal.ts'

type PolicyRow = RetentionState['policies'][number]

const POLICY_COLUMNS: ReadonlyArray<TextColumn<PolicyRow>> = [
  { heading: 'Type', comfort: 14, dropRank: 0, read: ({ metric_type }) => metric_type },
  { heading: 'Site', comfort: 8, dropRank: 2, read: ({ site_id }) => (site_id === '*' ? 'all' : site_id) },
  {
    heading: 'In detail',
    align: 'right',
    comfort: 9,
    dropRank: 0,
    read: ({ keep_detailed_days }) => `${keep_detailed_days} d`,
  },
  {
    heading: 'In days',
    align: 'right',
    comfort: 7,
    dropRank: 0,
    read: ({ keep_summary_days }) => `${keep_summary_days} d`,
  },
  {
    heading: 'Deleted after',
    align: 'right',
    comfort: 13,
    dropRank: 0,
    read: ({ delete_after_days }) => `${delete_after_days} d`,
  },
  { heading: 'From', comfort: 6, dropRank: 3, read: ({ origin }) => origin },
]

const day = (time: string | null) => time?.slice(0, 16).replace('T', ' ') ?? ''
const count = (value: number) => value.toLocaleString('en')

const SOURCE_COLUMNS: ReadonlyArray<TextColumn<RetentionState['sources'][number]>> = [
  { heading: 'Table', comfort: 16, dropRank: 0, read: ({ source }) => source },
  { heading: 'Rows', align: 'right', comfort: 10, dropRank: 0, read: ({ rows }) => count(rows) },
  { heading: 'Oldest', comfort: 16, dropRank: 1, read: ({ oldest }) => day(oldest) },
  { heading: 'Newest', comfort: 16, dropRank: 2, read: ({ newest }) => day(newest) },
]

const PLAN_COLUMNS: ReadonlyArray<TextColumn<RetentionPlan['sources'][number]>> = [
  { heading: 'Table', comfort: 16, dropRank: 0, read: ({ source }) => source },
  {
    heading: 'Rows to leave',
    align: 'right',
    comfort: 13,
    dropRank: 0,
    read: ({ rows, at_least }) => `${at_least ? 'over ' : ''}${count(rows)}`,
  },
  { heading: 'Older than', comfort: 16, dropRank: 1, read: ({ before }) => day(before) },
  { heading: 'Oldest', comfort: 16, dropRank: 2, read: ({ oldest }) => day(oldest) },
]

export const formatPolicies = (policies: readonly Policy[], look: TerminalLook) =>
  formatTextTable(policies, POLICY_COLUMNS, look)

/** Policies, tables, size, the last run and the next. */
export function formatRetention(state: RetentionState, look: TerminalLook): string {
  const { policies, sources, waiting, database_bytes, free_bytes, archive, run } = state
  return [
    formatTextTable(policies, POLICY_COLUMNS, look),
    formatTextTable(sources, SOURCE_COLUMNS, look),
    `Database: ${megabytes(database_bytes)}, ${megabytes(free_bytes)} of it free. Readings in no day yet: ${count(waiting)}.`,
    archive === null ? 'Rows leave without an archive.' : `Archives: ${cleanText(archive)}`,
    ...(run.started_at === null ? [] : [describeRun(run)]),
    ...(run.next_at === null ? [] : [`Next run: ${day(run.next_at)} UTC`]),
    '',
  ].join('\n')
}

export function formatPlan({ roll_up, audit_before, sources }: RetentionPlan, look: TerminalLook): string {
  return [
    formatTextTable(sources, PLAN_COLUMNS, look),
    `Readings to be brought into their days: ${count(roll_up)}. Entries of the audit log of before ${day(audit_before)} leave.`,
    'Nothing was changed.',
    '',
  ].join('\n')
}

/** One sentence. */
export function describeRun({
  running,
  rolled_up,
  months,
  archived,
  deleted,
  released_bytes,
  error,
}: RunState): string {
  const parts = [
    `${count(rolled_up)} readings brought into days`,
    `${count(months)} months made`,
    `${count(archived)} rows archived`,
    `${count(deleted)} rows deleted`,
    `${megabytes(released_bytes)} given back`,
  ]
  const begin = running ? 'Running: ' : error === null ? 'Done: ' : `Ended early (${cleanText(error)}): `
  return `${begin}${parts.join(', ')}`
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
