import { METRIC_TYPES, type MetricType } from '../protocol/retention.ts'
import { ANY_SITE, type RetiredSource, type SiteTimes, type StoredPolicy } from '../store/retention.ts'
import type { PeriodPart } from '../summary/summarise.ts'
import type { RetentionOptions } from './retention-options.ts'

/** Types that a reading has something of. */
export const READING_TYPES = ['page_counts', 'supply_levels', 'status'] as const satisfies readonly MetricType[]

/** Which type decides how long that part of days and months is kept. */
export const PART_TYPES = {
  counters: 'page_counts',
  levels: 'supply_levels',
  states: 'status',
} as const satisfies Record<PeriodPart, MetricType>

/** Answers to batches that nobody repeats any more: agents keep what is acknowledged for a week. */
export const BATCHES_KEPT_MS = 90 * 86_400_000

export interface Policy {
  /** `*` for all sites that have none of their own. */
  readonly site_id: string
  readonly metric_type: MetricType
  /** Every reading. */
  readonly keep_detailed_days: number
  /** Days; months after that. */
  readonly keep_summary_days: number
  /** Nothing after that. */
  readonly delete_after_days: number
  /** `set` by somebody, else from `config`. */
  readonly origin: 'config' | 'set'
}

const DAY_MS = 86_400_000

/** The others have neither days nor months: one number says it. */
export const isReadingType = (type: MetricType) => READING_TYPES.some((each) => each === type)

/** All that hold: one for each type, and those of sites that have their own. */
export function listPolicies(options: RetentionOptions, stored: readonly StoredPolicy[]): Policy[] {
  return METRIC_TYPES.flatMap((metric_type) => {
    const set = stored.filter((each) => each.metric_type === metric_type)
    const common = set.find(({ site_id }) => site_id === ANY_SITE)
    const others = set.filter(({ site_id }) => site_id !== ANY_SITE)
    return [
      common === undefined ? fromConfig(options, metric_type) : asSet(common, metric_type),
      ...others.map((policy) => asSet(policy, metric_type)),
    ]
  })
}

const asSet = (policy: StoredPolicy, metric_type: MetricType): Policy => ({ ...policy, metric_type, origin: 'set' })

function fromConfig(options: RetentionOptions, metric_type: MetricType): Policy {
  const [detailed, summary, last] = daysOf(options, metric_type)
  return {
    site_id: ANY_SITE,
    metric_type,
    keep_detailed_days: detailed,
    keep_summary_days: summary,
    delete_after_days: last,
    origin: 'config',
  }
}

function daysOf(options: RetentionOptions, type: MetricType): [number, number, number] {
  if (isReadingType(type)) {
    return [options.metrics_detailed_days, options.metrics_summary_days, options.metrics_delete_days]
  }
  const days = {
    audit: options.audit_log_days,
    alerts: options.alerts_days,
    commands: options.commands_days,
    agent_health: options.agent_health_days,
  }[type as 'audit' | 'alerts' | 'commands' | 'agent_health']
  return [days, days, days]
}

/** From which moments on things are kept; midnights (UTC), milliseconds. */
export interface Cutoffs {
  /** Readings. */
  readonly detail: SiteTimes
  /** Days; older ones are months. */
  readonly days: SiteTimes
  /** Days and months. */
  readonly periods: SiteTimes
  /** What is left of each type, in days and months. */
  readonly types: Readonly<Record<MetricType, SiteTimes>>
}

export function findCutoffs(policies: readonly Policy[], now: number): Cutoffs {
  const today = Math.floor(now / DAY_MS) * DAY_MS
  const times = (
    types: readonly MetricType[],
    key: 'keep_detailed_days' | 'keep_summary_days' | 'delete_after_days',
  ) => {
    const sites = new Set(
      policies.filter(({ metric_type }) => types.includes(metric_type)).map(({ site_id }) => site_id),
    )
    return Object.fromEntries(
      [...sites].map((site) => {
        const days = types.map((type) => (policyOf(policies, type, site) as Policy)[key])
        return [site, today - Math.max(...days) * DAY_MS]
      }),
    )
  }
  return {
    detail: times(READING_TYPES, 'keep_detailed_days'),
    days: times(READING_TYPES, 'keep_summary_days'),
    periods: times(READING_TYPES, 'delete_after_days'),
    types: Object.fromEntries(
      METRIC_TYPES.map((type) => [type, times([type], 'delete_after_days')]),
    ) as Cutoffs['types'],
  }
}

/** From when on the rows of a table are kept. */
export function timesOfSource(source: RetiredSource, { detail, periods, types }: Cutoffs): SiteTimes {
  if (source === 'metrics_history') return detail
  if (source === 'metrics_daily' || source === 'metrics_monthly') return periods
  return types[source]
}

/** The one that holds at a site. */
export const policyOf = (policies: readonly Policy[], type: MetricType, site: string): Policy | undefined =>
  policies.find(({ metric_type, site_id }) => metric_type === type && site_id === site) ??
  policies.find(({ metric_type, site_id }) => metric_type === type && site_id === ANY_SITE)

/** Null where the three numbers make sense together, else a sentence. */
export function judgePolicy(policy: Omit<Policy, 'origin'>): string | null {
  const { metric_type, keep_detailed_days, keep_summary_days, delete_after_days } = policy
  if (keep_detailed_days > keep_summary_days) {
    return `${metric_type}: keep_detailed_days (${keep_detailed_days}) is more than keep_summary_days (${keep_summary_days}); summaries are made of what is kept in detail and are kept at least as long`
  }
  if (keep_summary_days > delete_after_days) {
    return `${metric_type}: keep_summary_days (${keep_summary_days}) is more than delete_after_days (${delete_after_days}); nothing is kept after that`
  }
  return null
}
