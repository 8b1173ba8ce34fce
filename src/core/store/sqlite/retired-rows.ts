import { COUNTER_NAMES } from '../../model/printer.ts'
import {
  ANY_SITE,
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

export type RetiredRows = ReturnType<typeof prepareRetiredRows>

/** A row on its way out. */
interface Leaving {
  readonly key: RetiredKey
  readonly at: number
  readonly row: ArchivedRow
}

/** How the rows of a source are found in a fixed order, and deleted. */
interface Source {
  /** @param most rows at most */
  read(range: RetiredRange, after: RetiredKey | null, most: number): Leaving[]
  /** The same, where the rows themselves are not wanted. */
  find?(range: RetiredRange, after: RetiredKey | null, most: number): Leaving[]
  remove(key: RetiredKey): void
}

const READING = `h.id, h.reading_id, h.site_id, (SELECT agent_id FROM agents WHERE agents.id = h.agent) AS agent_id,
  (SELECT device_id FROM devices WHERE devices.id = h.device) AS device_id, h.sampled_at, h.received_at, h.clock_offset_ms,
  h.time_mark, h.status, ${COUNTER_NAMES.map((each) => `h.${each}`).join(', ')}, h.lowest_supply, h.of_other_agent, h.rest`

/**
 * The readings of a device leave in four walks: those of its source and those of other agents, each first by `sampled_at`
 * where that has passed, then those of clocks that ran ahead, which count from their arrival.
 */
const READING_WALKS = [
  { other: 0, index: 'metrics_history_by_device', when: 'h.sampled_at < @before AND h.sampled_at <= h.received_at' },
  { other: 0, index: 'metrics_history_ahead', when: 'h.sampled_at > h.received_at' },
  { other: 1, index: 'metrics_history_by_device', when: 'true' },
] as const

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
      const leaving = sourceOf(range).read(range, range.after, limit)
      const upto = range.upto
      const inside = upto === null ? leaving : leaving.filter(({ key }) => compareKeys(key, upto) <= 0)
      const last = inside.at(-1)?.key ?? null
      return {
        rows: inside.map(({ row }) => row),
        first_at: inside.reduce<number | null>((first, { at }) => (first === null ? at : Math.min(first, at)), null),
        last_at: inside.reduce<number | null>((late, { at }) => (late === null ? at : Math.max(late, at)), null),
        last,
        next: inside.length < leaving.length || leaving.length < limit ? null : last,
      }
    },
    remove(range: RetiredRange, limit: number): RemovedRows {
      const source = sourceOf(range)
      const { upto, after } = range
      const leaving = (source.find ?? source.read)(range, after, limit)
      const inside = upto === null ? leaving : leaving.filter(({ key }) => compareKeys(key, upto) <= 0)
      for (const { key } of inside) source.remove(key)
      return { deleted: inside.length, last: inside.at(-1)?.key ?? null }
    },
  }
}

function compareKeys(one: RetiredKey, other: RetiredKey): number {
  for (const [i, value] of one.entries()) if (value !== other[i]) return value - (other[i] as number)
  return 0
}

function prepareReadings(db: Database): Source {
  const nextDevice = db.prepare<[number], { readonly id: number; readonly site_id: string }>(
    'SELECT id, site_id FROM devices WHERE id >= ? ORDER BY id LIMIT 1',
  )
  const prepareWalks = (columns: string) =>
    READING_WALKS.map(({ other, index, when }) =>
      db.prepare<[object], ReadingRow>(
        `SELECT ${columns} FROM metrics_history h INDEXED BY ${index}
       WHERE h.device = @device AND h.of_other_agent = ${other} AND ${when} AND h.id <= @top AND h.restored_until IS NULL
         AND (${index === 'metrics_history_ahead' ? 'h.received_at' : 'h.sampled_at'}, h.id) > (@time, @id)
         AND min(h.sampled_at, h.received_at) < @before AND (h.time_mark IS NOT 'past' OR h.received_at < @before)
       ORDER BY ${index === 'metrics_history_ahead' ? 'h.received_at' : 'h.sampled_at'}, h.id LIMIT @most`,
      ),
    )
  const whole = prepareWalks(READING)
  const keys = prepareWalks('h.id, h.sampled_at, h.received_at, h.time_mark')
  const remove = db.prepare('DELETE FROM metrics_history WHERE id = ?')
  const walkWith =
    (walks: typeof whole): Source['read'] =>
    ({ before, top }, after, most) => {
      const found: Leaving[] = []
      let [device, walk, time, id] = after ?? [0, 0, Number.MIN_SAFE_INTEGER, 0]
      for (;;) {
        const next = nextDevice.get(device as number)
        if (next === undefined) return found
        if (next.id !== device) [device, walk, time, id] = [next.id, 0, Number.MIN_SAFE_INTEGER, 0]
        for (; (walk as number) < walks.length; walk = (walk as number) + 1, time = Number.MIN_SAFE_INTEGER, id = 0) {
          const bound = { device, time, id, top, before: timeOf(before, next.site_id), most: most - found.length }
          const rows = (walks[walk as number] as (typeof walks)[0]).all(bound)
          const isAhead = READING_WALKS[walk as number]?.index === 'metrics_history_ahead'
          for (const row of rows) {
            const place = isAhead ? row.received_at : row.sampled_at
            found.push({
              key: [device as number, walk as number, place, row.id],
              at: effectiveTime(row),
              row: renderReading(row),
            })
          }
          if (found.length >= most) return found
        }
        device = next.id + 1
        ;[walk, time, id] = [0, Number.MIN_SAFE_INTEGER, 0]
      }
    }
  return { read: walkWith(whole), find: walkWith(keys), remove: (key) => void remove.run(key[3]) }
}

interface ReadingRow extends Record<string, unknown> {
  readonly id: number
  readonly reading_id: Buffer
  readonly sampled_at: number
  readonly received_at: number
  readonly time_mark: string | null
}

const effectiveTime = ({ time_mark, sampled_at, received_at }: ReadingRow) =>
  time_mark === 'past' ? received_at : Math.min(sampled_at, received_at)

const renderReading = ({ id: _, ...row }: ReadingRow): ArchivedRow => row

/**
 * Days or months that nothing is kept of any more. The last one of a device stays, emptied (`dropPart`): the next one counts
 * from where it ended.
 */
function preparePeriods(db: Database, table: 'metrics_daily' | 'metrics_monthly'): Source {
  const read = db.prepare<[object], Record<string, unknown> & { device: number; period: number }>(
    `SELECT t.*, (SELECT device_id FROM devices WHERE devices.id = t.device) AS device_id FROM ${table} t
     WHERE (t.device, t.period) > (@device, @period)
       AND t.period < (SELECT max(period) FROM ${table} n WHERE n.device = t.device AND n.period < ${CUTOFF})
     ORDER BY t.device, t.period LIMIT @most`,
  )
  const remove = db.prepare(`DELETE FROM ${table} WHERE device = ? AND period = ?`)
  return {
    read: ({ before }, after, most) => {
      const times = bindTimes(table === 'metrics_daily' ? before : startMonths(before))
      const bound = { ...times, device: after?.[0] ?? 0, period: after?.[1] ?? Number.MIN_SAFE_INTEGER, most }
      return read.all(bound).map((found) => {
        const { device, period, ...row } = found
        return { key: [device, period], at: period, row: { period, ...row } }
      })
    },
    remove: (key) => void remove.run(key[0], key[1]),
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
    read: ({ before }, after, most) =>
      read
        .all({ ...bindTimes(before), agent: after?.[0] ?? 0, period: after?.[1] ?? Number.MIN_SAFE_INTEGER, most })
        .map((found) => {
          const { agent, period, ...row } = found
          return { key: [agent, period], at: found.received_at, row: { period, ...row } }
        }),
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
    read: ({ before }, after, most) =>
      read.all({ ...bindTimes(before), id: after?.[0] ?? 0, most }).map(({ id, agent: _a, device: _d, ...row }) => ({
        key: [id],
        at: row[time] as number,
        row,
      })),
    remove: (key) => {
      for (const statement of removes) statement.run(key[0])
    },
  }
}

/** The moment of the site of row `t`. */
const CUTOFF = 'coalesce((SELECT value FROM json_each(@times) WHERE key = t.site_id), @any)'
const bindTimes = (before: Readonly<Record<string, number>>) => ({
  times: JSON.stringify(before),
  any: before[ANY_SITE],
})
