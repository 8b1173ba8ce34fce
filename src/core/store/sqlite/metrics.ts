import { COUNTERS, type CounterName } from '../../protocol/devices.ts'
import type { Metric, MetricPeriod, Resolution } from '../../protocol/metrics.ts'
import { uuidToText } from '../derive-id.ts'
import type { MetricsFilter, Page } from '../store.ts'
import { utcText } from '../utc-text.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { Database } from './open-database.ts'
import { cacheStatements } from './statement-cache.ts'

export type Metrics = ReturnType<typeof prepareMetrics>
export type MetricsPage = Page<Metric | MetricPeriod> & { device_id: string }

/** A device with those that were merged into it. */
export interface DeviceGroup {
  readonly device_id: string
  /** The surviving one first. */
  readonly rowids: readonly number[]
}

type Counters = Record<CounterName, number | null>
interface ReadingRow extends Counters {
  readonly id: number
  readonly reading_id: Buffer
  readonly agent_id: string
  readonly sampled_at: number
  readonly received_at: number
  readonly clock_offset_ms: number | null
  readonly time_mark: Metric['time_mark']
  readonly status: string | null
  readonly lowest_supply: number | null
  readonly rest: string
}

const PERIODS: Readonly<Record<Exclude<Resolution, 'raw'>, number>> = { hour: 3_600_000, day: 86_400_000 }
const RAW = `h.id, h.reading_id, (SELECT agent_id FROM agents WHERE agents.id = h.agent) AS agent_id, h.sampled_at, h.received_at, h.clock_offset_ms, h.time_mark, h.status,
  ${COUNTERS.map((each) => `h.${each}`).join(', ')}, h.rest`
const SUMMED = `h.id, h.sampled_at, h.status, h.lowest_supply, ${COUNTERS.map((each) => `h.${each}`).join(', ')}`

export function prepareMetrics(db: Database) {
  const prepare = cacheStatements(db, 64)

  /** Ordered by time; each device is one walk of the index, and SQLite merges the walks. */
  const select = (columns: string, devices: number, place: string, end: string) => {
    const one = (_: unknown, i: number) =>
      `SELECT ${columns} FROM metrics_history h WHERE h.device = @device${i} AND ${place}`
    const all = Array.from({ length: devices }, one).join('\nUNION ALL\n')
    return prepare(`${all}\nORDER BY sampled_at, id ${end}`)
  }
  const bindDevices = ({ rowids }: DeviceGroup) => Object.fromEntries(rowids.map((id, i) => [`device${i}`, id]))

  const listRaw = (group: DeviceGroup, query: MetricsFilter): MetricsPage => {
    const { from, to, limit, cursor } = query
    const { device_id } = group
    const scope = ['metrics', { device_id, from, to }]
    const after =
      cursor === undefined ? [from ?? Number.MIN_SAFE_INTEGER, 0] : openCursor(cursor, scope, ['number', 'number'])
    const place = '(h.sampled_at, h.id) > (@time, @id) AND h.sampled_at < @to'
    const rows = select(RAW, group.rowids.length, place, 'LIMIT @limit').all({
      ...bindDevices(group),
      time: after[0],
      id: after[1],
      to: to ?? Number.MAX_SAFE_INTEGER,
      limit: limit + 1,
    }) as ReadingRow[]
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      device_id,
      items: page.map((row) => renderReading(row, device_id)),
      next_cursor: rows.length > limit && last !== undefined ? sealCursor(scope, [last.sampled_at, last.id]) : null,
    }
  }

  /** Reads as many rows as the page covers, one at a time. */
  const listPeriods = (group: DeviceGroup, query: MetricsFilter, length: number): MetricsPage => {
    const { from, to, limit, cursor, resolution } = query
    const { device_id } = group
    const scope = ['metrics', { device_id, from, to, resolution }]
    const start = cursor === undefined ? (from ?? Number.MIN_SAFE_INTEGER) : openCursor(cursor, scope, ['number'])[0]
    const rows = select(SUMMED, group.rowids.length, 'h.sampled_at >= @from AND h.sampled_at < @to', '').iterate({
      ...bindDevices(group),
      from: start,
      to: to ?? Number.MAX_SAFE_INTEGER,
    }) as IterableIterator<ReadingRow>
    const items: MetricPeriod[] = []
    let current = Number.NaN
    for (const row of rows) {
      const period = Math.floor(row.sampled_at / length) * length
      if (period !== current) {
        // the place is the reading itself, which `from` may have cut off from the beginning of its period
        if (items.length === limit) return { device_id, items, next_cursor: sealCursor(scope, [row.sampled_at]) }
        current = period
        items.push(startPeriod(period))
      }
      addReading(items.at(-1) as MetricPeriod, row)
    }
    return { device_id, items, next_cursor: null }
  }

  return {
    /** Oldest first. */
    list: (group: DeviceGroup, query: MetricsFilter): MetricsPage =>
      query.resolution === 'raw' ? listRaw(group, query) : listPeriods(group, query, PERIODS[query.resolution]),

    /** The newest reading as it was said, with its time; null when there is none. */
    findNewest(group: DeviceGroup, agent: number): { readonly sampled_at: number; readonly said: object } | null {
      const one = (_: unknown, i: number) =>
        `SELECT * FROM (SELECT ${RAW} FROM metrics_history h
           WHERE h.device = @device${i} AND h.agent = @agent ORDER BY h.sampled_at DESC, h.id DESC LIMIT 1)`
      const all = Array.from({ length: group.rowids.length }, one).join('\nUNION ALL\n')
      const row = prepare(`${all}\nORDER BY sampled_at DESC, id DESC LIMIT 1`).get({ ...bindDevices(group), agent })
      if (row === undefined) return null
      const { sampled_at } = row as ReadingRow
      return { sampled_at, said: sayAgain(row as ReadingRow) }
    },
  }
}

/** The item as it was sent, but for the time, which is in the notation of the server. */
function sayAgain(row: ReadingRow): Record<string, unknown> {
  const counters = COUNTERS.filter((name) => row[name] !== null).map((name) => [name, row[name]])
  const { status, rest, sampled_at } = row
  return {
    ...JSON.parse(rest),
    ...(status !== null && { status }),
    ...Object.fromEntries(counters),
    sampled_at: utcText(sampled_at),
  }
}

function renderReading(row: ReadingRow, device_id: string): Metric {
  return {
    status: null,
    ...sayAgain(row),
    reading_id: uuidToText(row.reading_id),
    device_id,
    agent_id: row.agent_id,
    sampled_at: utcText(row.sampled_at),
    received_at: utcText(row.received_at),
    clock_offset_ms: row.clock_offset_ms,
    time_mark: row.time_mark,
  }
}

const startPeriod = (period: number): MetricPeriod => ({
  period_start: utcText(period),
  readings: 0,
  counters: {},
  lowest_supply: null,
  last_status: null,
})

function addReading(period: MetricPeriod, row: ReadingRow): void {
  period.readings += 1
  for (const name of COUNTERS) {
    const value = row[name]
    if (value === null) continue
    const counters = period.counters as Record<string, { first: number; last: number }>
    const counter = counters[name]
    if (counter === undefined) counters[name] = { first: value, last: value }
    else counter.last = value
  }
  if (row.lowest_supply !== null) period.lowest_supply = Math.min(row.lowest_supply, period.lowest_supply ?? 100)
  if (row.status !== null) period.last_status = row.status
}
