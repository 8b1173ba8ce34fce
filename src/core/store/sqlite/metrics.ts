import { COUNTER_NAMES, type CounterName } from '../../model/printer.ts'
import type { Metric, MetricPeriod, PeriodResolution } from '../../protocol/metrics.ts'
import { type PeriodSlice, slicePeriods } from '../../summary/slice-periods.ts'
import { OFFLINE } from '../checked-item.ts'
import { uuidToText } from '../derive-id.ts'
import type { MetricsFilter, Page } from '../store.ts'
import { utcText } from '../utc-text.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { DevicePages } from './device-pages.ts'
import type { Database } from './open-database.ts'
import { takePage } from './take-page.ts'

export type Metrics = ReturnType<typeof prepareMetrics>
export type MetricsPage = Page<Metric | MetricPeriod> & { device_id: string }

/** A device with those that were merged into it, however many. */
export interface DeviceGroup {
  readonly device_id: string
  /** The rowid of the surviving one. */
  readonly id: number
}

type Counters = Record<CounterName, number | null>
export interface ReadingRow extends Counters {
  readonly id: number
  readonly reading_id: Buffer
  readonly agent_id: string
  readonly sampled_at: number
  readonly received_at: number
  readonly clock_offset_ms: number | null
  readonly time_mark: Metric['time_mark']
  readonly status: string | null
  readonly lowest_supply: number | null
  readonly of_other_agent: number
  readonly rest: string
}

type SaidRow = Pick<ReadingRow, CounterName | 'sampled_at' | 'status' | 'rest'>

/** The readings of the source alone, or those that other agents brought as well. */
type Whose = 'source' | 'anybody'

/** A page of hours or days reads no more of them: a reader has others to answer. */
export const MOST_SUMMED = 50_000
/** So many readings of a clock that ran ahead may lie between the last one of a right clock and now. */
const MOST_AHEAD = 100

export const SHORT = `h.reading_id, (SELECT agent_id FROM agents WHERE agents.id = h.agent) AS agent_id, h.received_at,
  h.clock_offset_ms, h.time_mark, h.status, ${COUNTER_NAMES.map((each) => `h.${each}`).join(', ')}`
/** What `sayAgain` needs. */
const SAID = `h.sampled_at, h.status, ${COUNTER_NAMES.map((each) => `h.${each}`).join(', ')}, h.rest`
/** A column of the walk: looked up when its row comes up, not while it waits in the queue with those of other devices. */
const REST = '(SELECT rest FROM metrics_history r WHERE r.id = walk.id) AS rest'
const SUMMED = `h.status, h.lowest_supply, ${COUNTER_NAMES.map((each) => `h.${each}`).join(', ')}`

/**
 * The readings of a group by time. Each device is one walk of the index, each agent's readings another; what is next in
 * each of them waits in the queue of the recursion, which is in order. So a page costs what it shows, however many devices
 * were merged.
 */
const walk = (columns: string, lateColumns: readonly string[] = []) => {
  const all = `h.sampled_at, h.id, h.device, h.of_other_agent, ${columns}`
  const next = (device: string, other: string, place: string) => `SELECT n.id FROM metrics_history n
      WHERE n.device = ${device} AND n.of_other_agent = ${other} AND (n.sampled_at, n.id) > ${place} AND n.sampled_at < @to
      ORDER BY n.sampled_at, n.id LIMIT 1`
  return `WITH RECURSIVE walk AS (
    SELECT ${all} FROM devices d CROSS JOIN (SELECT 0 AS other UNION ALL SELECT 1) CROSS JOIN metrics_history h
    ON h.id = (${next('d.id', 'other', '(@time, @id)')})
    WHERE (d.id = @device OR d.merged_into = @device) AND other <= @others
    UNION ALL
    SELECT ${all} FROM walk CROSS JOIN metrics_history h
    ON h.id = (${next('walk.device', 'walk.of_other_agent', '(walk.sampled_at, walk.id)')})
    ORDER BY 1, 2 LIMIT @limit
  ) SELECT ${['*', ...lateColumns].join(', ')} FROM walk`
}

/** A reading of a clock that ran ahead counts from its arrival, like everywhere. Silence is none. */
const NEWEST = `SELECT ${SAID}, min(h.sampled_at, h.received_at) AS at
  FROM devices d CROSS JOIN metrics_history h ON h.id IN (
    (SELECT id FROM (
       SELECT n.id, n.sampled_at, n.received_at FROM metrics_history n
       WHERE n.device = d.id AND n.of_other_agent = 0 AND n.sampled_at <= d.last_seen AND n.status IS NOT '${OFFLINE}'
       ORDER BY n.sampled_at DESC, n.id DESC LIMIT ${MOST_AHEAD})
     WHERE sampled_at <= received_at ORDER BY sampled_at DESC, id DESC LIMIT 1),
    (SELECT n.id FROM metrics_history n
     WHERE n.device = d.id AND n.sampled_at > n.received_at AND n.received_at <= d.last_seen AND n.of_other_agent = 0
       AND n.status IS NOT '${OFFLINE}'
     ORDER BY n.received_at DESC, n.id DESC LIMIT 1))
  WHERE d.id = @device OR d.merged_into = @device ORDER BY at DESC, h.id DESC LIMIT 1`

/** The same, mostly at once: none is newer than one of the moment at which the device was seen last. */
const OF_LAST_SEEN = `SELECT ${SAID}, h.sampled_at AS at FROM metrics_history h
  WHERE h.device = @device AND h.of_other_agent = 0 AND h.sampled_at = @last_seen AND h.sampled_at <= h.received_at
    AND h.status IS NOT '${OFFLINE}' ORDER BY h.id DESC LIMIT 1`

export function prepareMetrics(db: Database, periods: Pick<DevicePages, 'read'>) {
  const walks = { raw: db.prepare(walk(SHORT, [REST])), summed: db.prepare(walk(SUMMED)) }
  const newest = db.prepare(NEWEST)
  const ofLastSeen = db.prepare(OF_LAST_SEEN)

  const bind = (
    { id }: DeviceGroup,
    { from, to }: MetricsFilter,
    after: Place | null,
    whose: Whose,
    limit: number,
  ) => ({
    device: id,
    time: after?.[0] ?? from ?? Number.MIN_SAFE_INTEGER,
    id: after?.[1] ?? 0,
    to: to ?? Number.MAX_SAFE_INTEGER,
    others: whose === 'source' ? 0 : 1,
    limit,
  })

  const listRaw = (group: DeviceGroup, query: MetricsFilter): MetricsPage => {
    const { from, to, limit } = query
    const { device_id } = group
    const scope = ['metrics', { device_id, from, to }]
    const bound = bind(group, query, openPlace(query, scope), 'anybody', limit + 1)
    const rows = walks.raw.iterate(bound) as IterableIterator<ReadingRow>
    const { page, hasMore } = takePage(rows, limit, ({ rest }) => Buffer.byteLength(rest))
    const last = page.at(-1)
    return {
      device_id,
      items: page.map((row) => renderReading(row, device_id)),
      next_cursor: hasMore && last !== undefined ? sealCursor(scope, placeOf(last)) : null,
    }
  }

  /** From days and months, and the readings that are in none yet. What others than the source brought is not in them. */
  const listPeriods = (group: DeviceGroup, query: MetricsFilter, resolution: PeriodResolution): MetricsPage => {
    const { limit, cursor, from = 0, to = Number.MAX_SAFE_INTEGER } = query
    const { device_id } = group
    const scope = ['metrics', { device_id, from: query.from, to: query.to, resolution }]
    const start = cursor === undefined ? from : (openCursor(cursor, scope, ['number'])[0] as number)
    const items: MetricPeriod[] = []
    for (const period of slicePeriods(periods.read(group.id, start, to), resolution, start, to)) {
      if (items.length === limit) return { device_id, items, next_cursor: sealCursor(scope, [period.begin]) }
      items.push(renderPeriod(period))
    }
    return { device_id, items, next_cursor: null }
  }

  return {
    /** Oldest first. */
    list: (group: DeviceGroup, query: MetricsFilter): MetricsPage =>
      query.resolution === 'raw' ? listRaw(group, query) : listPeriods(group, query, query.resolution),

    /** The newest reading of the source as it was said, its size, and when it counts from; null when there is none. */
    findNewest(
      { id }: DeviceGroup,
      last_seen: number,
    ): { readonly at: number; readonly said: object; readonly bytes: number } | null {
      const bound = { device: id, last_seen }
      const row = (ofLastSeen.get(bound) ?? newest.get(bound)) as (SaidRow & { readonly at: number }) | undefined
      return row === undefined ? null : { at: row.at, said: sayAgain(row), bytes: Buffer.byteLength(row.rest) }
    },
  }
}

/** The reading that a page ended with. */
type Place = readonly [sampled_at: number, id: number]
const placeOf = ({ sampled_at, id }: ReadingRow): Place => [sampled_at, id]
const openPlace = ({ cursor }: MetricsFilter, scope: unknown): Place | null =>
  cursor === undefined ? null : (openCursor(cursor, scope, ['number', 'number']) as unknown as Place)

/** The item as it was sent, but for the time, which is in the notation of the server. */
function sayAgain(row: SaidRow): Record<string, unknown> {
  const counters = COUNTER_NAMES.filter((name) => row[name] !== null).map((name) => [name, row[name]])
  const { status, rest, sampled_at } = row
  return {
    ...JSON.parse(rest),
    ...(status !== null && { status }),
    ...Object.fromEntries(counters),
    sampled_at: utcText(sampled_at),
  }
}

export function renderReading(row: ReadingRow, device_id: string): Metric {
  // a word of the server: what an agent may have said under it does not pass for that
  const { of_other_agent: _, ...said } = sayAgain(row)
  return {
    status: null,
    ...said,
    reading_id: uuidToText(row.reading_id),
    device_id,
    agent_id: row.agent_id,
    sampled_at: utcText(row.sampled_at),
    received_at: utcText(row.received_at),
    clock_offset_ms: row.clock_offset_ms,
    time_mark: row.time_mark,
    ...(row.of_other_agent === 1 && { of_other_agent: true }),
  }
}

function renderPeriod({ begin, summary, last_status }: PeriodSlice): MetricPeriod {
  const { counters, corrections, levels, states, readings } = summary
  return {
    period_start: utcText(begin),
    readings,
    counters,
    corrections: corrections.map((each) => ({ ...each, at: utcText(each.at) })),
    lowest_supply: levels.length === 0 ? null : Math.floor(Math.min(...levels.map(({ min }) => min))),
    levels: [...levels],
    states: Object.fromEntries(Object.entries(states).map(([status, ms]) => [status, Math.round(ms / 1000)])),
    last_status,
  }
}
