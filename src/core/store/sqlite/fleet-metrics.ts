import type { FleetPeriod, Metric, MetricPeriod } from '../../protocol/metrics.ts'
import type { FleetMetricsFilter, Page } from '../store.ts'
import { type CursorValue, openCursor, sealCursor } from './cursor.ts'
import { type Metrics, type ReadingRow, renderReading, SHORT } from './metrics.ts'
import type { Database } from './open-database.ts'
import { cacheStatements } from './statement-cache.ts'
import { PAGE_BYTES } from './take-page.ts'

/** A row of devices, merged or not, and the device that it belongs to now. */
interface DeviceRow {
  readonly id: number
  readonly device_id: string
  readonly survivor: string
}

/** A page looks through so many devices, with readings or without. */
const MOST_DEVICES = 1000
/** And so many readings, wanted or not. */
const MOST_READ = 20_000
/** What hours and days cost differs by far: a page of them ends with the device at which it took so long. */
const LONGEST_MS = 200

const FILTERS = {
  site_id: 's.site_id = @site_id',
  device_ids:
    's.id IN (SELECT coalesce(merged_into, id) FROM devices WHERE device_id IN (SELECT value FROM json_each(@ids)))',
} as const

/**
 * Readings of all devices, by device and then by time. They are walked where they are stored: a reading never changes its
 * row of devices, so that a merge during the walk neither hides one nor shows it twice.
 */
export function prepareFleetMetrics(db: Database, metrics: Metrics) {
  const prepare = cacheStatements(db)
  const walk = () =>
    db.prepare(
      `SELECT h.id, h.sampled_at, h.of_other_agent, h.rest, ${SHORT} FROM metrics_history h
       WHERE h.device = @device AND h.of_other_agent = @other AND (h.sampled_at, h.id) > (@time, @id)
         AND h.sampled_at < @to ORDER BY h.sampled_at, h.id LIMIT @limit`,
    )
  // one statement cannot be walked twice at the same time
  const [ofSource, ofOthers] = [walk(), walk()]

  /** From this device on; the last of `MOST_DEVICES + 1` tells that more follow. */
  const listDevices = (query: FleetMetricsFilter, from: string): DeviceRow[] => {
    const { site_id, agent_id, device_ids, resolution } = query
    const parts = Object.entries(FILTERS)
      .filter(([name]) => query[name as keyof typeof FILTERS] !== undefined)
      .map(([, sql]) => sql as string)
    if (resolution !== 'raw') parts.push('d.merged_into IS NULL')
    if (resolution !== 'raw' && agent_id !== undefined) {
      parts.push('s.agent = (SELECT id FROM agents WHERE agent_id = @agent_id)')
    }
    const where = ['d.device_id >= @from', ...parts].join(' AND ')
    return prepare(
      `SELECT d.id, d.device_id, s.device_id AS survivor FROM devices d
       CROSS JOIN devices s ON s.id = coalesce(d.merged_into, d.id) WHERE ${where} ORDER BY d.device_id LIMIT @limit`,
    ).all({
      from,
      site_id,
      agent_id,
      ids: device_ids === undefined ? null : JSON.stringify(device_ids),
      limit: MOST_DEVICES + 1,
    }) as DeviceRow[]
  }

  /** Of one row of devices, by sampled_at: what its source brought, and what others did. */
  function* walkReadings(device: number, { to }: FleetMetricsFilter, time: number, id: number) {
    const bound = { device, time, id, to: to ?? Number.MAX_SAFE_INTEGER, limit: MOST_READ + 1 }
    const one = ofSource.iterate({ ...bound, other: 0 }) as IterableIterator<ReadingRow>
    const other = ofOthers.iterate({ ...bound, other: 1 }) as IterableIterator<ReadingRow>
    try {
      let [a, b] = [one.next(), other.next()]
      while (!a.done || !b.done) {
        if (b.done || (!a.done && isBefore(a.value, b.value))) {
          yield a.value
          a = one.next()
        } else {
          yield b.value
          b = other.next()
        }
      }
    } finally {
      one.return?.()
      other.return?.()
    }
  }

  const listRaw = (query: FleetMetricsFilter): Page<Metric> => {
    const { from, limit, cursor, agent_id } = query
    const scope = scopeOf(query)
    const place = cursor === undefined ? null : openCursor(cursor, scope, ['value', 'number', 'number'])
    const devices = listDevices(query, String(place?.[0] ?? ''))
    const items: Metric[] = []
    let [bytes, read] = [0, 0]
    let last: CursorValue[] = []
    for (const [i, { id, device_id, survivor }] of devices.entries()) {
      if (i === MOST_DEVICES) return { items, next_cursor: sealCursor(scope, last) }
      const isStarted = place?.[0] === device_id
      const time = isStarted ? (place?.[1] as number) : (from ?? Number.MIN_SAFE_INTEGER)
      for (const row of walkReadings(id, query, time, isStarted ? (place?.[2] as number) : 0)) {
        bytes += Buffer.byteLength(row.rest)
        const isFull = items.length === limit || read === MOST_READ || (items.length > 0 && bytes > PAGE_BYTES)
        if (isFull) return { items, next_cursor: sealCursor(scope, last) }
        read += 1
        last = [device_id, row.sampled_at, row.id]
        if (agent_id === undefined || row.agent_id === agent_id) items.push(renderReading(row, survivor))
        else bytes -= Buffer.byteLength(row.rest)
      }
      last = [device_id, Number.MAX_SAFE_INTEGER, 0]
    }
    return { items, next_cursor: null }
  }

  const listPeriods = (query: FleetMetricsFilter): Page<FleetPeriod> => {
    const { from, to, limit, cursor, resolution } = query
    const scope = scopeOf(query)
    const place = cursor === undefined ? null : openCursor(cursor, scope, ['value', 'value'])
    const devices = listDevices(query, String(place?.[0] ?? ''))
    const items: FleetPeriod[] = []
    const start = performance.now()
    for (const [i, { id, device_id }] of devices.entries()) {
      const isFull = items.length === limit || i === MOST_DEVICES || (i > 0 && performance.now() - start > LONGEST_MS)
      if (isFull) return { items, next_cursor: sealCursor(scope, [device_id, null]) }
      const inner = place?.[0] === device_id ? place[1] : null
      const page = metrics.list(
        { device_id, id },
        {
          device_id,
          resolution,
          limit: limit - items.length,
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...(typeof inner === 'string' && { cursor: inner }),
        },
      )
      for (const period of page.items as MetricPeriod[]) items.push({ device_id, ...period })
      if (page.next_cursor !== null) return { items, next_cursor: sealCursor(scope, [device_id, page.next_cursor]) }
    }
    return { items, next_cursor: null }
  }

  return (query: FleetMetricsFilter): Page<Metric | FleetPeriod> =>
    query.resolution === 'raw' ? listRaw(query) : listPeriods(query)
}

const isBefore = (one: ReadingRow, other: ReadingRow) =>
  one.sampled_at < other.sampled_at || (one.sampled_at === other.sampled_at && one.id < other.id)

function scopeOf({ limit: _, cursor: __, ...filter }: FleetMetricsFilter): unknown {
  return ['fleet_metrics', filter]
}
