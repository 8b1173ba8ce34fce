import { cleanText } from '../core/output/clean-text.ts'
import { formatTextTable, type TextColumn } from '../core/output/text-table.ts'
import type { LastRun, RetentionPlan, RetentionState, RunState } from '../core/protocol/retention.ts'
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
const atLeast = ({ rows, at_least }: { readonly rows: number; readonly at_least: boolean }) =>
  `${at_least ? 'at least ' : ''}${count(rows)}`

type SourceRow = RetentionState['sources'][number] & { readonly leaving: string }

const SOURCE_COLUMNS: ReadonlyArray<TextColumn<SourceRow>> = [
  { heading: 'Table', comfort: 16, dropRank: 0, read: ({ source }) => source },
  { heading: 'Rows', align: 'right', comfort: 10, dropRank: 0, read: ({ rows }) => count(rows) },
  { heading: 'To leave', align: 'right', comfort: 16, dropRank: 0, read: ({ leaving }) => leaving },
  { heading: 'Oldest', comfort: 16, dropRank: 1, read: ({ oldest }) => day(oldest) },
  { heading: 'Newest', comfort: 16, dropRank: 2, read: ({ newest }) => day(newest) },
]

const PLAN_COLUMNS: ReadonlyArray<TextColumn<RetentionPlan['sources'][number]>> = [
  { heading: 'Table', comfort: 16, dropRank: 0, read: ({ source }) => source },
  {
    heading: 'Rows to leave',
    align: 'right',
    comfort: 18,
    dropRank: 0,
    read: atLeast,
  },
  { heading: 'Older than', comfort: 16, dropRank: 1, read: ({ before }) => day(before) },
  { heading: 'Oldest', comfort: 16, dropRank: 2, read: ({ oldest }) => day(oldest) },
]

export const formatPolicies = (policies: readonly Policy[], look: TerminalLook) =>
  formatTextTable(policies, POLICY_COLUMNS, look)

/** Policies, tables, size, the last run and the next. */
export function formatRetention(state: RetentionState, look: TerminalLook): string {
  const { policies, sources, waiting, database_bytes, free_bytes, archive, run, last_run, plan } = state
  const rows = sources.map((each) => ({ ...each, leaving: countLeaving(each.source, plan) }))
  return [
    formatTextTable(policies, POLICY_COLUMNS, look),
    formatTextTable(rows, SOURCE_COLUMNS, look),
    `Database: ${megabytes(database_bytes)}, ${megabytes(free_bytes)} of it free. Readings in no day yet: ${count(waiting)}.`,
    archive === null ? 'Rows leave without an archive.' : `Archives: ${cleanText(archive)}`,
    ...(last_run === null ? [] : describeLastRun(last_run)),
    ...(isOther(run, last_run) ? [describeRun(run)] : []),
    `Next run${run.next_at === null ? '' : ` (${day(run.next_at)} UTC)`}:`,
    ...describePlan(plan),
    '',
  ].join('\n')
}

/** What the server knows of a run that is not written down: it goes on, or did nothing. */
const isOther = ({ started_at, running }: RunState, last: LastRun | null) =>
  started_at !== null && (running || last === null || last.at < started_at)

function countLeaving(source: string, plan: RetentionPlan): string {
  if (source === 'batches') return count(plan.batches)
  const planned = plan.sources.find((each) => each.source === source)
  return planned === undefined ? '' : atLeast(planned)
}

export function formatPlan(plan: RetentionPlan, look: TerminalLook): string {
  const { sources, parts, restored, batches, batches_before } = plan
  const rows = sources.flatMap((each) => each.sites.map((site) => ({ what: each.source, ...site })))
  const types = parts.flatMap((each) => each.sites.map((site) => ({ what: each.metric_type, ...site })))
  const leaving = parts.filter((each) => each.rows > 0)
  return [
    formatTextTable(sources, PLAN_COLUMNS, look),
    ...[...rows, ...types].map(
      ({ what, site_id, before }) => `At site ${cleanText(site_id)}: ${what} older than ${day(before)}.`,
    ),
    ...leaving.map(
      (each) =>
        `Days and months of before ${day(each.before)} that lose their ${each.metric_type}: ${count(each.rows)}.`,
    ),
    ...(restored === 0 ? [] : [`Restored readings whose time is over: ${count(restored)}.`]),
    ...(batches === 0 ? [] : [`Answers to batches of before ${day(batches_before)}: ${count(batches)}.`]),
    'In all:',
    ...describePlan(plan),
    'Nothing was changed.',
    '',
  ].join('\n')
}

/** Two lines, for a narrow terminal. */
function describePlan({ roll_up, days, months, archived, deleted, at_least }: RetentionPlan): string[] {
  if (roll_up + months + archived + deleted === 0) return ['  nothing to do']
  return [
    `  ${count(roll_up)} readings to be brought into days, ${count(months)} months to be made of ${count(days)} days`,
    `  ${count(archived)} rows to be archived, ${count(deleted)} rows to be deleted${at_least ? ', or more' : ''}`,
  ]
}

/** One sentence. */
export function describeRun(run: RunState): string {
  const { running, interrupted, error } = run
  const what = describeWork(run).join(', ')
  if (running) return `Running: ${what}`
  if (interrupted) return `Interrupted: ${what}; the next run goes on where this one was`
  return error === null ? `Done: ${what}` : `Ended early (${cleanText(error)}): ${what}`
}

function describeLastRun(run: LastRun): string[] {
  const { at, actor_type, actor, outcome, error } = run
  const who = actor === actor_type ? actor : `${actor_type} ${actor}`
  const ends: Readonly<Record<string, string>> = { failure: ', ended early', interrupted: ', interrupted' }
  const why = error === null ? '' : ` (${cleanText(error)})`
  const [come, gone] = [describeWork(run).slice(0, 2), describeWork(run).slice(2)]
  return [
    `Last run (${day(at)} UTC, by ${cleanText(who)}${ends[outcome] ?? ''}${why}):`,
    `  ${come.join(', ')}`,
    `  ${gone.join(', ')}`,
  ]
}

type Work = Pick<RunState, 'rolled_up' | 'months' | 'archived' | 'deleted' | 'released_bytes'>

const describeWork = ({ rolled_up, months, archived, deleted, released_bytes }: Work): string[] => [
  `${count(rolled_up)} readings brought into days`,
  `${count(months)} months made`,
  `${count(archived)} rows archived`,
  `${count(deleted)} rows deleted`,
  `${megabytes(released_bytes)} given back`,
]

const megabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
