import Type from 'typebox'
import { COUNTER_NAMES } from '../model/printer.ts'
import {
  closed,
  cursorQuery,
  limitQuery,
  nextCursor,
  nullable,
  nullableText,
  nullableUtcTime,
  text,
  utcTime,
} from './kinds.ts'
import { CorrectionSchema } from './metrics.ts'

const count = (description: string) => Type.Integer({ description })
const days = (description: string) => Type.Integer({ minimum: 1, maximum: 36_500, description })

/** What has a policy. The first three are in every reading: it is kept in detail as long as one of them asks for it. */
export const METRIC_TYPES = [
  'page_counts',
  'supply_levels',
  'status',
  'audit',
  'alerts',
  'commands',
  'agent_health',
] as const
export type MetricType = (typeof METRIC_TYPES)[number]

export const PolicySchema = Type.Object(
  {
    site_id: Type.String({ description: '* for all sites that have none of their own' }),
    metric_type: Type.String({
      description: 'page_counts, supply_levels, status, audit, alerts, commands, agent_health',
    }),
    keep_detailed_days: Type.Integer({ description: 'every reading, every entry' }),
    keep_summary_days: Type.Integer({ description: 'days; months after that' }),
    delete_after_days: Type.Integer({ description: 'nothing after that' }),
    origin: Type.String({ description: 'config, or set by somebody' }),
  },
  { ...closed, title: 'RetentionPolicy' },
)

export const RunStateSchema = Type.Object(
  {
    running: Type.Boolean(),
    started_at: nullableUtcTime('of the run that goes on, or of the last one'),
    ended_at: nullableUtcTime('of the last one'),
    error: nullableText(4096, 'why the last one failed'),
    interrupted: Type.Boolean({
      description: 'true where somebody ended the last one before it was done; the next one goes on where it was',
    }),
    rolled_up: count('readings that were brought into their days'),
    months: count('months that were made of days'),
    archived: count('rows that went to archives'),
    deleted: count('rows that left'),
    released_bytes: count('given back to the system'),
    next_at: nullableUtcTime('when the server runs it by itself; null for never'),
  },
  { ...closed, title: 'RetentionRun' },
)
export type RunState = Type.Static<typeof RunStateSchema>

const before = {
  before: utcTime('what is older leaves, at all sites that have no policy of their own'),
  sites: Type.Array(Type.Object({ site_id: Type.String(), before: utcTime('what is older leaves there') }, closed), {
    description: 'that have one',
  }),
}

export const RetentionPlanSchema = Type.Object(
  {
    roll_up: count('readings that would be brought into their days'),
    days: count('days that would become months'),
    months: count('months that would be made of them'),
    sources: Type.Array(
      Type.Object(
        {
          source: Type.String({ description: 'a table' }),
          rows: count('that would leave it'),
          at_least: Type.Boolean({ description: 'true where counting ended before all were counted' }),
          oldest: nullableUtcTime('of them'),
          newest: nullableUtcTime('of them'),
          ...before,
        },
        closed,
      ),
    ),
    parts: Type.Array(
      Type.Object(
        {
          metric_type: Type.String({ description: 'page_counts, supply_levels, status' }),
          rows: count('days and months that stay, but without that'),
          ...before,
        },
        closed,
      ),
      { description: 'what one metric type tells leaves days and months by its own policy' },
    ),
    restored: count('readings that were brought back from archives and whose time is over'),
    batches: count('answers to batches that nobody asks for any more'),
    batches_before: utcTime('answers of before'),
    archived: count('rows that would go to archives: those of all tables that are in none yet'),
    deleted: count('rows that would leave in all, parts of days and months among them'),
    at_least: Type.Boolean({ description: 'true where the numbers are of a part, because there is too much to count' }),
  },
  { ...closed, title: 'RetentionPlan' },
)
export type RetentionPlan = Type.Static<typeof RetentionPlanSchema>

export const LastRunSchema = Type.Object(
  {
    at: utcTime('when it ended'),
    actor_type: Type.String(),
    actor: Type.String({ description: 'who began it' }),
    outcome: Type.String({ description: 'success, failure, interrupted' }),
    error: nullableText(4096, 'why it failed'),
    rolled_up: count('readings that were brought into their days'),
    months: count('months that were made of days'),
    archived: count('rows that went to archives'),
    deleted: count('rows that left'),
    released_bytes: count('given back to the system'),
  },
  { ...closed, title: 'LastRetentionRun' },
)
export type LastRun = Type.Static<typeof LastRunSchema>

export const RetentionStateSchema = Type.Object(
  {
    policies: Type.Array(PolicySchema),
    sources: Type.Array(
      Type.Object(
        {
          source: Type.String({ description: 'a table' }),
          rows: count(''),
          oldest: nullableUtcTime(''),
          newest: nullableUtcTime(''),
        },
        closed,
      ),
    ),
    waiting: count('readings that are in no day yet'),
    database_bytes: count(''),
    free_bytes: count('of the database, to be given back or used again'),
    archive: nullableText(2048, 'where rows go before they are deleted; null for nowhere'),
    run: RunStateSchema,
    last_run: nullable<LastRun>(
      { ...LastRunSchema, type: 'object' },
      'of those that did something or failed, by whatever program, as the audit log has it; null where it has none',
    ),
    plan: RetentionPlanSchema,
  },
  { ...closed, title: 'RetentionState' },
)
export type RetentionState = Type.Static<typeof RetentionStateSchema>

export const SetPolicySchema = Type.Object(
  {
    site_id: Type.Optional(text(64, '* unless told otherwise')),
    metric_type: Type.Unsafe<string>({ type: 'string', enum: [...METRIC_TYPES] }),
    keep_detailed_days: Type.Optional(days('')),
    keep_summary_days: Type.Optional(days('')),
    delete_after_days: Type.Optional(days('')),
    reset: Type.Optional(Type.Boolean({ description: 'true: back to what config says, and none of the days' })),
  },
  { ...closed, title: 'SetRetentionPolicy' },
)
export type SetPolicy = Type.Static<typeof SetPolicySchema>

export const PolicyListSchema = Type.Object(
  {
    policies: Type.Array(PolicySchema),
    notes: Type.Array(Type.String({ description: 'a sentence' }), {
      description: 'what somebody may not expect of a change',
    }),
  },
  { ...closed, title: 'RetentionPolicies' },
)

export const ArchivesQuerySchema = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'behind the archive with this id' }),
    ),
    limit: limitQuery(500, 500),
  },
  closed,
)
export type ArchivesQuery = Type.Static<typeof ArchivesQuerySchema>

export const ArchiveSchema = Type.Object(
  {
    id: Type.Integer({ description: 'in the order in which they were written' }),
    archive_id: Type.String(),
    source: Type.String({ description: 'the table whose rows it holds' }),
    place: Type.String({ description: 'a directory, or a bucket' }),
    name: Type.String({ description: 'in that place' }),
    rows: count(''),
    bytes: count('of the file'),
    sha256: Type.String({ description: 'of the file, in hex' }),
    first_at: nullableUtcTime('earliest moment that a row of it is of'),
    last_at: nullableUtcTime('the latest one'),
    verified_at: utcTime('when it was read back, before its rows left'),
    deleted_at: nullableUtcTime('when its last row left the database; null while some are there'),
  },
  { ...closed, title: 'Archive' },
)
export type WireArchive = Type.Static<typeof ArchiveSchema>

export const ArchiveListSchema = Type.Object(
  { archives: Type.Array(ArchiveSchema) },
  { ...closed, title: 'ArchiveList', description: 'oldest first; without archives at the end' },
)
export type ArchiveList = Type.Static<typeof ArchiveListSchema>

export const RestoreRequestSchema = Type.Object(
  {
    from: text(64, 'RFC 3339 or a date (UTC); readings of then or later'),
    to: text(64, 'RFC 3339: before this moment. A date means to the end of that day'),
    keep_seconds: Type.Integer({ minimum: 1, maximum: 10 * 365 * 86_400, description: 'how long they stay' }),
  },
  { ...closed, title: 'RestoreRequest' },
)
export type RestoreRequest = Type.Static<typeof RestoreRequestSchema>

export const ArchiveJobSchema = Type.Object(
  {
    kind: Type.Unsafe<'verify' | 'restore' | null>({ type: ['string', 'null'], enum: ['verify', 'restore', null] }),
    running: Type.Boolean(),
    started_at: nullableUtcTime('of the one that goes on, or of the last one'),
    ended_at: nullableUtcTime('of the last one'),
    error: nullableText(4096, 'why it ended early'),
    from: nullableUtcTime('restore: readings of then or later'),
    to: nullableUtcTime('restore: and of before'),
    until: nullableUtcTime('restore: they leave again then'),
    archives: count('that were read'),
    rows: count('verify: of the archives that were read'),
    restored: count('readings that are back'),
    already_here: count('readings that were here already'),
    unknown_device: count('readings of devices or agents that are not known here'),
    problems: Type.Array(
      Type.Object({ name: Type.String(), problem: Type.String({ description: 'a sentence' }) }, closed),
    ),
  },
  { ...closed, title: 'ArchiveJob' },
)
export type ArchiveJob = Type.Static<typeof ArchiveJobSchema>

const pagesCounter = Type.Object(
  {
    first: count('where the count begins: of the last reading before the span, or the first in it'),
    last: count('of the last reading in the span'),
    pages: count('what was counted in between'),
  },
  closed,
)

export const DevicePagesSchema = Type.Object(
  {
    device_id: Type.String(),
    site_id: Type.String(),
    agent_id: nullableText(128, ''),
    agent_name: nullableText(256, ''),
    manufacturer: nullableText(256, ''),
    model: nullableText(256, ''),
    serial: nullableText(256, ''),
    ip: nullableText(64, ''),
    location: nullableText(1024, ''),
    asset_number: nullableText(256, ''),
    counters: Type.Object(Object.fromEntries(COUNTER_NAMES.map((name) => [name, Type.Optional(pagesCounter)])), closed),
    corrections: Type.Array(CorrectionSchema),
    first_at: nullableUtcTime('of the reading that the count begins with; null without readings'),
    last_at: nullableUtcTime('of the reading that it ends with'),
    let_go_before: nullableUtcTime(
      'counters of before were let go within the span, and count only as far as they were restored; null where none were',
    ),
  },
  { ...closed, title: 'DevicePages' },
)

export const PagesQuerySchema = Type.Object(
  {
    from: Type.Optional(text(64, 'RFC 3339 or a date; the beginning of all unless told otherwise')),
    to: Type.Optional(text(64, 'RFC 3339: before this moment, now unless told otherwise. A date means the whole day')),
    device_id: Type.Optional(text(64, '')),
    agent_id: Type.Optional(text(128, '')),
    site_id: Type.Optional(text(64, '')),
    limit: limitQuery(500, 100),
    cursor: cursorQuery,
  },
  closed,
)
export type PagesQuery = Type.Static<typeof PagesQuerySchema>

export const PagesReportSchema = Type.Object(
  { from: utcTime('in'), to: utcTime('out'), devices: Type.Array(DevicePagesSchema), next_cursor: nextCursor },
  { ...closed, title: 'PagesReport' },
)

/** As the wire has it: moments as texts. */
export interface WireDevicePages {
  readonly device_id: string
  readonly site_id: string
  readonly agent_id: string | null
  readonly agent_name: string | null
  readonly manufacturer: string | null
  readonly model: string | null
  readonly serial: string | null
  readonly ip: string | null
  readonly location: string | null
  readonly asset_number: string | null
  readonly counters: Readonly<Record<string, { readonly first: number; readonly last: number; readonly pages: number }>>
  readonly corrections: readonly WireCorrection[]
  readonly first_at: string | null
  readonly last_at: string | null
  readonly let_go_before: string | null
}
export interface WireCorrection {
  readonly counter: string
  readonly at: string
  readonly kind: string
  readonly before: number
  readonly after: number
  readonly pages: number
}
export interface PagesReport {
  readonly from: string
  readonly to: string
  readonly devices: readonly WireDevicePages[]
  readonly next_cursor: string | null
}
