import type { RetentionPlan } from '../protocol/retention.ts'
import {
  ANY_SITE,
  type CountedRows,
  type CountedSource,
  RETIRED_SOURCES,
  type RetiredKey,
  type RetiredRange,
  type SiteTimes,
  startMonths,
} from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { utcText } from '../store/utc-text.ts'
import { forecastPeriods, type PeriodsForecast } from './forecast-periods.ts'
import { BATCHES_KEPT_MS, type Cutoffs, findCutoffs, PART_TYPES, type Policy, timesOfSource } from './policies.ts'

export interface PlanOptions {
  readonly policies: readonly Policy[]
  readonly now: number
  /** False where rows leave without an archive. */
  readonly archives: boolean
  /** Counting ends there, and the plan says "at least". */
  readonly most: number
  /** Readings that are in no day yet, where somebody counted them already. */
  readonly waiting?: number
}

/** What somebody waits for who asks for a plan. */
export const MOST_PLANNED = 1_000_000
/** What is counted for somebody who wants to see much else as well. */
export const MOST_SHOWN = 100_000

/** Readings, or agents, of one question to the store: others wait for its end. */
const ROWS_OF_STEP = 10_000
const DEVICES_OF_STEP = 200
/** Rows that are read whole. */
const ROWS_OF_PAGE = 1000

/** What the next run would do; nothing is changed. @throws StoreError */
export async function planRetention(
  store: Store,
  { policies, now, archives, most, ...known }: PlanOptions,
): Promise<RetentionPlan> {
  const waiting = known.waiting ?? (await store.readRetentionSizes()).waiting
  const cutoffs = findCutoffs(policies, now)
  const audit_before = Math.min(...Object.values(cutoffs.types.audit))
  const batches_before = now - BATCHES_KEPT_MS
  const tooMany = waiting > most
  const periods = await forecastAll(store, cutoffs, !tooMany)
  const others = await store.countOthers({ audit: audit_before, batches: batches_before, restored: now })

  const sources: RetentionPlan['sources'] = []
  for (const source of RETIRED_SOURCES) {
    const before = timesOfSource(source, cutoffs)
    const isPeriods = source === 'metrics_daily' || source === 'metrics_monthly'
    const counted = isPeriods ? { ...periods[source], at_least: tooMany } : await countAll(store, source, before, most)
    sources.push(describeSource(source, counted, source === 'metrics_monthly' ? startMonths(before) : before))
  }
  // one chain for all sites
  sources.push(describeSource('audit_log', { ...others.audit, at_least: false }, { [ANY_SITE]: audit_before }))

  const parts = Object.entries(PART_TYPES).map(([part, metric_type]) => ({
    metric_type,
    rows: periods.parts[part as keyof typeof PART_TYPES],
    ...describeTimes(cutoffs.types[metric_type]),
  }))
  const leaving = sum(sources.map(({ rows }) => rows))
  return {
    roll_up: waiting,
    days: periods.days,
    months: periods.months,
    sources,
    parts,
    restored: others.restored,
    batches: others.batches,
    batches_before: utcText(batches_before),
    archived: archives ? Math.max(0, leaving - (await countArchived(store))) : 0,
    deleted: leaving + sum(parts.map(({ rows }) => rows)) + others.restored + others.batches,
    at_least: sources.some(({ at_least }) => at_least),
  }
}

type Counted = Omit<CountedRows, 'next'> & { readonly at_least: boolean }

async function countAll(store: Store, source: CountedSource, before: SiteTimes, most: number): Promise<Counted> {
  let all: Counted = { rows: 0, first_at: null, last_at: null, at_least: false }
  for (let after: RetiredKey | null = null; ; ) {
    const page: CountedRows = await store.countRetired(source, before, after, ROWS_OF_STEP)
    after = page.next
    all = { ...unite(all, page), at_least: after !== null }
    if (after === null || all.rows >= most) return all
  }
}

/** Of all devices. @param wholly also of the readings that are in no day yet, which have to be read for that */
async function forecastAll(store: Store, cutoffs: Cutoffs, wholly: boolean) {
  const times = [cutoffs.days, cutoffs.periods, ...Object.values(PART_TYPES).map((type) => cutoffs.types[type])]
  const before = Math.max(...times.flatMap((each) => Object.values(each)))
  const all: PeriodsForecast[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<Store['readPeriods']>> = await store.readPeriods({
      before,
      waiting: wholly,
      after,
      limit: DEVICES_OF_STEP,
    })
    all.push(...page.devices.map((device) => forecastPeriods(device, cutoffs)))
    after = page.next
  }
  const leave = (table: 'metrics_daily' | 'metrics_monthly') => {
    const none = { rows: 0, first_at: null, last_at: null }
    return all.reduce<Omit<CountedRows, 'next'>>((found, { leaving }) => {
      const [list, first_at, last_at] = [leaving[table], leaving[table][0] ?? null, leaving[table].at(-1) ?? null]
      return unite(found, { rows: list.length, first_at, last_at })
    }, none)
  }
  const countPart = (part: keyof typeof PART_TYPES) => sum(all.map(({ parts }) => parts[part]))
  return {
    days: sum(all.map(({ days }) => days)),
    months: sum(all.map(({ months }) => months)),
    metrics_daily: leave('metrics_daily'),
    metrics_monthly: leave('metrics_monthly'),
    parts: { counters: countPart('counters'), levels: countPart('levels'), states: countPart('states') },
  }
}

/** Rows that leave, but are in an archive already: a run was ended between the one and the other. */
async function countArchived(store: Store): Promise<number> {
  let rows = 0
  for (const { range } of await store.listOpenArchives()) {
    if (range === null) continue
    rows +=
      range.source === 'audit_log' ? await countEntries(store, range.upto?.[0] ?? 0) : await countRange(store, range)
  }
  return rows
}

async function countRange(store: Store, range: RetiredRange): Promise<number> {
  let rows = 0
  for (let after = range.after; ; ) {
    const page = await store.readRetired({ ...range, after }, ROWS_OF_PAGE)
    rows += page.rows.length
    if (page.next === null) return rows
    after = page.next
  }
}

/** Entries of the audit log up to this one. */
async function countEntries(store: Store, upto: number): Promise<number> {
  const [first] = await store.readAuditChain(0, 1)
  return first === undefined ? 0 : Math.max(0, upto - first.seq + 1)
}

function describeSource(
  source: string,
  { rows, at_least, first_at, last_at }: Counted,
  before: SiteTimes,
): RetentionPlan['sources'][number] {
  const utc = (time: number | null) => (time === null ? null : utcText(time))
  return { source, rows, at_least, oldest: utc(first_at), newest: utc(last_at), ...describeTimes(before) }
}

const describeTimes = (times: SiteTimes) => ({
  before: utcText(times[ANY_SITE] as number),
  sites: Object.entries(times)
    .filter(([site_id]) => site_id !== ANY_SITE)
    .map(([site_id, time]) => ({ site_id, before: utcText(time) })),
})

function unite(one: Omit<CountedRows, 'next'>, other: Omit<CountedRows, 'next'>): Omit<CountedRows, 'next'> {
  const firsts = [one.first_at, other.first_at].filter((each) => each !== null)
  const lasts = [one.last_at, other.last_at].filter((each) => each !== null)
  return {
    rows: one.rows + other.rows,
    first_at: firsts.length === 0 ? null : Math.min(...firsts),
    last_at: lasts.length === 0 ? null : Math.max(...lasts),
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0)
