import { COUNTER_NAMES } from '../../model/printer.ts'
import { PERIOD_PARTS, type Summary, withoutPart } from '../../summary/summarise.ts'
import {
  type ArchivedRow,
  type RemovedRows,
  type RetiredKey,
  type RetiredPage,
  type RetiredRange,
  type RetiredSource,
  startMonths,
  timeOf,
} from '../retention.ts'
import type { Database } from './open-database.ts'
import { bindTimes, CUTOFF } from './site-cutoff.ts'

export type RetiredRows = ReturnType<typeof prepareRetiredRows>

/** A row on its way out. */
interface Leaving {
  readonly key: RetiredKey
  readonly at: number
  readonly row: ArchivedRow
}

/** Some of the rows of a source that leave. */
interface Found {
  readonly leaving: readonly Leaving[]
  /** Where to go on; null at the end. */
  readonly next: RetiredKey | null
}

/** How the rows of a source are found in a fixed order, and deleted. */
interface Source {
  /** @param most rows at most: there may be none on the way to others */
  read(range: RetiredRange, after: RetiredKey | null, most: number): Found
  /** The same, where the rows themselves are not wanted. */
  find?(range: RetiredRange, after: RetiredKey | null, most: number): Found
  remove(key: RetiredKey): void
}

const READING = `h.id, h.device, h.restored_until, h.reading_id, h.site_id, (SELECT agent_id FROM agents WHERE agents.id = h.agent) AS agent_id,
  (SELECT device_id FROM devices WHERE devices.id = h.device) AS device_id, h.sampled_at, h.received_at, h.clock_offset_ms,
  h.time_mark, h.status, ${COUNTER_NAMES.map((each) => `h.${each}`).join(', ')}, h.lowest_supply, h.of_other_agent, h.rest`

/**
 * Readings that came late leave device by device, in three walks: those of its source, by `sampled_at` where that has
 * passed, then those of clocks that ran ahead, which count from their arrival; then those of other agents.
 */
const LATE_WALKS = [
  { other: 0, index: 'metrics_history_by_device', when: 'h.sampled_at < @before AND h.sampled_at <= h.received_at' },
  { other: 0, index: 'metrics_history_ahead', when: 'h.sampled_at > h.received_at' },
  { other: 1, index: 'metrics_history_by_device', when: 'true' },
] as const
/** So many devices without late readings are looked at in one go. */
const DEVICES_OF_WALK = 200

/** What leaves the database, in an order that stays, page by page. */
export function prepareRetiredRows(db: Database) {
  const sources: Record<RetiredSource, Source> = {
    metrics_history: prepareReadings(db),
    metrics_daily: preparePeriods(db, 'metrics_daily'),
    metrics_monthly: preparePeriods(db, 'metrics_monthly'),
    alerts: prepareById(
      db,
      'alerts',
      'closed_at',
      `*, (SELECT agent_id FROM agents WHERE agents.id = t.agent) AS agent_id,
       (SELECT device_id FROM devices WHERE devices.id = t.device) AS device_id,
       (SELECT json_group_array(json_object('channel', channel, 'event', event, 'created_at', created_at, 'tries', tries,
          'delivered_at', delivered_at, 'last_error', last_error)) FROM alert_deliveries WHERE alert = t.id) AS deliveries`,
      ['DELETE FROM alert_deliveries WHERE alert = ?'],
    ),
    commands: prepareById(
      db,
      'commands',
      'ended_at',
      '*, (SELECT agent_id FROM agents WHERE agents.id = t.agent) AS agent_id',
    ),
    agent_health: prepareHealth(db),
  }

  const sourceOf = ({ source }: RetiredRange): Source => {
    if (source === 'audit_log') throw new Error('audit entries leave by their own way')
    return sources[source]
  }

  return {
    read(range: RetiredRange, limit: number): RetiredPage {
      const { leaving, next } = findInside(sourceOf(range).read, range, limit)
      return {
        rows: leaving.map(({ row }) => row),
        first_at: leaving.reduce<number | null>((first, { at }) => (first === null ? at : Math.min(first, at)), null),
        last_at: leaving.reduce<number | null>((late, { at }) => (late === null ? at : Math.max(late, at)), null),
        last: leaving.at(-1)?.key ?? null,
        next,
      }
    },
    remove(range: RetiredRange, limit: number): RemovedRows {
      const source = sourceOf(range)
      const { leaving, next } = findInside(source.find ?? source.read, range, limit)
      for (const { key } of leaving) source.remove(key)
      return { deleted: leaving.length, next }
    },
  }
}

/** Up to the end of the range. */
function findInside(read: Source['read'], range: RetiredRange, limit: number): Found {
  const { upto, after } = range
  const { leaving, next } = read(range, after, limit)
  if (upto === null) return { leaving, next }
  const inside = leaving.filter(({ key }) => compareKeys(key, upto) <= 0)
  const isEnd = inside.length < leaving.length || next === null || compareKeys(next, upto) >= 0
  return { leaving: inside, next: isEnd ? null : next }
}

/** Of a source whose rows are all looked at. */
const endOf = (leaving: readonly Leaving[], most: number): Found => ({
  leaving,
  next: leaving.length < most ? null : (leaving.at(-1) as Leaving).key,
})

function compareKeys(one: RetiredKey, other: RetiredKey): number {
  for (const [i, value] of one.entries()) if (value !== other[i]) return value - (other[i] as number)
  return 0
}

/**
 * Readings leave in the order in which they came, which is that of the file, up to the first that came too late to leave by
 * its arrival: `[0, id]`. Of those from there on only what was on its way for long has to leave, and is found by device:
 * `[1, first id, device, walk, time, id]`.
 */
function prepareReadings(db: Database): Source {
  const remove = db.prepare('DELETE FROM metrics_history WHERE id = ?')
  const siteOf = db.prepare<[number], string>('SELECT site_id FROM devices WHERE id = ?').pluck()
  const prepare = (columns: string): Source['read'] => {
    const readArrived = prepareArrived(db, columns, siteOf)
    const readLate = prepareLate(db, columns)
    return (range, after, most) =>
      after?.[0] === 1 ? readLate(range, after, most) : readArrived(range, after?.[1] ?? 0, most)
  }
  return {
    read: prepare(READING),
    find: prepare('h.id, h.device, h.sampled_at, h.received_at, h.time_mark, h.restored_until'),
    remove: (key) => void remove.run(key.at(-1)),
  }
}

function prepareArrived(db: Database, columns: string, siteOf: { get(device: number): string | undefined }) {
  const walk = db.prepare<[number, number, number], ReadingRow>(
    `SELECT ${columns} FROM metrics_history h WHERE h.id > ? AND h.id <= ? ORDER BY h.id LIMIT ?`,
  )
  return ({ before, top, upto }: RetiredRange, after: number, most: number): Found => {
    const end = endOfArrived(upto)
    const rows = walk.all(after, Math.min(top, end ?? top), most)
    const latest = Math.max(...Object.values(before))
    const sites = new Map<number, string>()
    const leaving: Leaving[] = []
    for (const row of rows) {
      // in a range with an end it is known already where the others begin
      if (end === null && row.received_at >= latest) return { leaving, next: beginLate(row.id) }
      const { device } = row
      if (!sites.has(device)) sites.set(device, siteOf.get(device) as string)
      const at = effectiveTime(row)
      if (row.restored_until === null && at < timeOf(before, sites.get(device) as string)) {
        leaving.push({ key: [0, row.id], at, row: renderReading(row) })
      }
    }
    const last = rows.at(-1)
    if (last !== undefined && rows.length === most) return { leaving, next: [0, last.id] }
    return { leaving, next: upto?.[0] === 1 ? beginLate(upto[1] as number) : null }
  }
}

const beginLate = (first: number): RetiredKey => [1, first, 0, 0, Number.MIN_SAFE_INTEGER, 0]
const endOfArrived = (upto: RetiredKey | null): number | null =>
  upto === null ? null : (upto[1] as number) - (upto[0] as number)

function prepareLate(db: Database, columns: string): Source['read'] {
  const nextDevice = db.prepare<[number], { readonly id: number; readonly site_id: string }>(
    'SELECT id, site_id FROM devices WHERE id >= ? ORDER BY id LIMIT 1',
  )
  const walks = LATE_WALKS.map(({ other, index, when }) =>
    db.prepare<[object], ReadingRow>(
      `SELECT ${columns} FROM metrics_history h INDEXED BY ${index}
       WHERE h.device = @device AND h.of_other_agent = ${other} AND ${when} AND h.id >= @first AND h.id <= @top
         AND h.restored_until IS NULL
         AND (${index === 'metrics_history_ahead' ? 'h.received_at' : 'h.sampled_at'}, h.id) > (@time, @id)
         AND min(h.sampled_at, h.received_at) < @before AND (h.time_mark IS NOT 'past' OR h.received_at < @before)
       ORDER BY ${index === 'metrics_history_ahead' ? 'h.received_at' : 'h.sampled_at'}, h.id LIMIT @most`,
    ),
  )
  return ({ before, top }, after, most) => {
    const leaving: Leaving[] = []
    let [, first, device, walk, time, id] = after as [number, number, number, number, number, number]
    for (let looked = 0; looked < DEVICES_OF_WALK; looked += 1) {
      const next = nextDevice.get(device)
      if (next === undefined) return { leaving, next: null }
      if (next.id !== device) [device, walk, time, id] = [next.id, 0, Number.MIN_SAFE_INTEGER, 0]
      for (; walk < walks.length; [walk, time, id] = [walk + 1, Number.MIN_SAFE_INTEGER, 0]) {
        const bound = { device, first, time, id, top, before: timeOf(before, next.site_id) }
        const rows = (walks[walk] as (typeof walks)[0]).all({ ...bound, most: most - leaving.length })
        const isAhead = LATE_WALKS[walk]?.index === 'metrics_history_ahead'
        for (const row of rows) {
          const key = [1, first, device, walk, isAhead ? row.received_at : row.sampled_at, row.id]
          leaving.push({ key, at: effectiveTime(row), row: renderReading(row) })
        }
        if (leaving.length >= most) return { leaving, next: (leaving.at(-1) as Leaving).key }
      }
      ;[device, walk, time, id] = [next.id + 1, 0, Number.MIN_SAFE_INTEGER, 0]
    }
    return { leaving, next: [1, first, device, walk, time, id] }
  }
}

interface ReadingRow extends Record<string, unknown> {
  readonly id: number
  readonly device: number
  readonly restored_until: number | null
  readonly sampled_at: number
  readonly received_at: number
  readonly time_mark: string | null
}

const effectiveTime = ({ time_mark, sampled_at, received_at }: ReadingRow) =>
  time_mark === 'past' ? received_at : Math.min(sampled_at, received_at)

const renderReading = ({ id: _i, device: _d, restored_until: _r, ...row }: ReadingRow): ArchivedRow => row

/**
 * Days or months that nothing is kept of any more. The last one of a device that leaves stays without its content: the next
 * one counts from where it ended.
 */
function preparePeriods(db: Database, table: 'metrics_daily' | 'metrics_monthly'): Source {
  const isEmptied = "counters IS NULL AND levels IS NULL AND states IS NULL AND summary ->> '$.dropped' IS NOT NULL"
  const read = db.prepare<[object], Record<string, unknown> & { device: number; period: number }>(
    `SELECT t.*, (SELECT device_id FROM devices WHERE devices.id = t.device) AS device_id FROM ${table} t
     WHERE (t.device, t.period) > (@device, @period) AND t.period < ${CUTOFF} AND NOT (${isEmptied})
     ORDER BY t.device, t.period LIMIT @most`,
  )
  const find = db
    .prepare<[number, number], string>(`SELECT summary FROM ${table} WHERE device = ? AND period = ?`)
    .pluck()
  const empty = db.prepare(
    `UPDATE ${table} SET counters = NULL, levels = NULL, states = NULL, summary = ? WHERE device = ? AND period = ?`,
  )
  const removeEarlier = db.prepare(`DELETE FROM ${table} WHERE device = ? AND period < ? AND ${isEmptied}`)
  return {
    read: ({ before }, after, most) => {
      const times = bindTimes(table === 'metrics_daily' ? before : startMonths(before))
      const bound = { ...times, device: after?.[0] ?? 0, period: after?.[1] ?? Number.MIN_SAFE_INTEGER, most }
      const rows = read.all(bound).map(({ device, period, ...row }) => {
        return { key: [device, period], at: period, row: { period, ...row } }
      })
      return endOf(rows, most)
    },
    remove: ([device, period]) => {
      const summary = JSON.parse(find.get(device as number, period as number) as string) as Summary
      empty.run(JSON.stringify(PERIOD_PARTS.reduce(withoutPart, summary)), device, period)
      removeEarlier.run(device, period)
    },
  }
}

function prepareHealth(db: Database): Source {
  const read = db.prepare<[object], Record<string, unknown> & { agent: number; period: number; received_at: number }>(
    `SELECT t.*, (SELECT agent_id FROM agents WHERE agents.id = t.agent) AS agent_id FROM agent_health t
     WHERE (t.agent, t.period) > (@agent, @period) AND t.received_at < ${CUTOFF}
     ORDER BY t.agent, t.period LIMIT @most`,
  )
  const remove = db.prepare('DELETE FROM agent_health WHERE agent = ? AND period = ?')
  return {
    read: ({ before }, after, most) => {
      const place = { agent: after?.[0] ?? 0, period: after?.[1] ?? Number.MIN_SAFE_INTEGER }
      const rows = read.all({ ...bindTimes(before), ...place, most }).map(({ agent, period, ...row }) => {
        return { key: [agent, period], at: row.received_at, row: { period, ...row } }
      })
      return endOf(rows, most)
    },
    remove: (key) => void remove.run(key[0], key[1]),
  }
}

function prepareById(
  db: Database,
  table: string,
  time: string,
  columns: string,
  first: readonly string[] = [],
): Source {
  const read = db.prepare<[object], Record<string, unknown> & { id: number }>(
    `SELECT ${columns} FROM ${table} t WHERE t.id > @id AND t.${time} < ${CUTOFF} ORDER BY t.id LIMIT @most`,
  )
  const removes = [...first, `DELETE FROM ${table} WHERE id = ?`].map((sql) => db.prepare(sql))
  return {
    read: ({ before }, after, most) => {
      const found = read.all({ ...bindTimes(before), id: after?.[0] ?? 0, most })
      const rows = found.map(({ id, agent: _a, device: _d, ...row }) => ({ key: [id], at: row[time] as number, row }))
      return endOf(rows, most)
    },
    remove: (key) => {
      for (const statement of removes) statement.run(key[0])
    },
  }
}
