import Type from 'typebox'
import { COUNTER_NAMES } from '../model/printer.ts'
import { closed, cursorQuery, limitQuery, nextCursor, nullableText, nullableUtcTime, text, utcTime } from './kinds.ts'
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
    error: nullableText(4096, 'why the last one ended early'),
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
  },
  { ...closed, title: 'RetentionState' },
)
export type RetentionState = Type.Static<typeof RetentionStateSchema>

export const RetentionPlanSchema = Type.Object(
  {
    roll_up: count('readings that would be brought into their days'),
    audit_before: utcTime('older entries of the audit log would leave'),
    sources: Type.Array(
      Type.Object(
        {
          source: Type.String({ description: 'a table' }),
          rows: count('that would be archived and deleted'),
          at_least: Type.Boolean({ description: 'true where counting ended before all were counted' }),
          oldest: nullableUtcTime('of them'),
          newest: nullableUtcTime('of them'),
          before: utcTime('what is older leaves'),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'RetentionPlan' },
)
export type RetentionPlan = Type.Static<typeof RetentionPlanSchema>

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
  { policies: Type.Array(PolicySchema) },
  { ...closed, title: 'RetentionPolicies' },
)

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
