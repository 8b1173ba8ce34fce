import { type CountedRows, type CountedSource, type RetiredKey, type SiteTimes, timeOf } from '../retention.ts'
import type { Database } from './open-database.ts'
import { bindTimes, CUTOFF } from './site-cutoff.ts'

/** When a reading counts, as `roll-up.ts` reads it. */
export const COUNTS_AT = "CASE WHEN h.time_mark IS 'past' THEN h.received_at ELSE min(h.sampled_at, h.received_at) END"

interface Sum {
  readonly rows: number
  readonly first_at: number | null
  readonly last_at: number | null
}
const NOTHING: Sum = { rows: 0, first_at: null, last_at: null }
const SUM = (time: string) => `SELECT count(*) AS rows, min(${time}) AS first_at, max(${time}) AS last_at`

/**
 * How many rows the next run lets go of, in small parts: nothing but what decides is read of each, and nothing of those
 * that stay for long. What is counted here is what `retired-rows.ts` finds.
 */
export function prepareCountRetired(db: Database) {
  const sources: Record<CountedSource, (before: SiteTimes, after: RetiredKey | null, limit: number) => CountedRows> = {
    metrics_history: prepareReadings(db),
    alerts: prepareClosed(db, 'alerts', 'closed_at'),
    commands: prepareClosed(db, 'commands', 'ended_at'),
    agent_health: prepareHealth(db),
  }
  return (source: CountedSource, before: SiteTimes, after: RetiredKey | null, limit: number): CountedRows =>
    sources[source](before, after, limit)
}

type ArrivedRow = [id: number, device: number, at: number, received_at: number, mayLeave: 0 | 1]

/**
 * First in the order of arrival, `[0, id]`, up to the first that came too late to leave; of those from there on what leaves
 * is found by device: `[1, first id, device]`.
 */
function prepareReadings(db: Database) {
  // the newest of all stays, because its number must not come again
  const newest = db.prepare<[], number | null>('SELECT max(id) FROM metrics_history').pluck()
  const siteOf = db.prepare<[number], string>('SELECT site_id FROM devices WHERE id = ?').pluck()
  const arrived = db
    .prepare<[number, number, number], ArrivedRow>(
      `SELECT h.id, h.device, ${COUNTS_AT}, h.received_at, h.restored_until IS NULL FROM metrics_history h
       WHERE h.id > ? AND h.id < ? ORDER BY h.id LIMIT ?`,
    )
    .raw()
  const devices = db.prepare<[number, number], { readonly id: number; readonly site_id: string }>(
    'SELECT id, site_id FROM devices WHERE id > ? ORDER BY id LIMIT ?',
  )
  const late = LATE.map((sql) => db.prepare<[object], Sum>(sql))

  return (before: SiteTimes, after: RetiredKey | null, limit: number): CountedRows => {
    const end = newest.get() ?? 0
    if (after?.[0] === 1) return countLate(after[1] as number, after[2] as number)
    const latest = Math.max(...Object.values(before))
    const times = new Map<number, number>()
    let [seen, last, sum] = [0, after?.[1] ?? 0, NOTHING]
    for (const [id, device, at, received_at, mayLeave] of arrived.iterate(last, end, limit)) {
      if (received_at >= latest) return { ...sum, next: [1, id, 0] }
      if (!times.has(device)) times.set(device, timeOf(before, siteOf.get(device) as string))
      if (mayLeave === 1 && at < (times.get(device) as number)) {
        sum = add(sum, { rows: 1, first_at: at, last_at: at })
      }
      ;[seen, last] = [seen + 1, id]
    }
    return { ...sum, next: seen < limit ? null : [0, last] }

    function countLate(first: number, device: number): CountedRows {
      const page = devices.all(device, Math.ceil(limit / 10))
      let all = NOTHING
      for (const { id, site_id } of page) {
        const bound = { device: id, first, end, before: timeOf(before, site_id) }
        for (const statement of late) all = add(all, statement.get(bound) as Sum)
      }
      const next = page.length < Math.ceil(limit / 10) ? undefined : page.at(-1)
      return { ...all, next: next === undefined ? null : [1, first, next.id] }
    }
  }
}

const LATE_ONES = `h.device = @device AND h.id >= @first AND h.id < @end AND h.restored_until IS NULL AND ${COUNTS_AT} < @before`
/** Of the source by `sampled_at`; those of clocks that ran ahead; those of other agents. */
const LATE = [
  `${SUM(COUNTS_AT)} FROM metrics_history h INDEXED BY metrics_history_by_device
   WHERE ${LATE_ONES} AND h.of_other_agent = 0 AND h.sampled_at < @before`,
  `${SUM(COUNTS_AT)} FROM metrics_history h INDEXED BY metrics_history_ahead
   WHERE ${LATE_ONES} AND h.of_other_agent = 0 AND h.sampled_at > h.received_at AND h.received_at < @before
     AND h.sampled_at >= @before`,
  `${SUM(COUNTS_AT)} FROM metrics_history h INDEXED BY metrics_history_by_device
   WHERE ${LATE_ONES} AND h.of_other_agent = 1`,
] as const

/** What has ended. */
function prepareClosed(db: Database, table: string, time: string) {
  const count = db.prepare<[object], Sum>(
    `${SUM(`t.${time}`)} FROM ${table} t WHERE t.${time} < @latest AND t.${time} < ${CUTOFF}`,
  )
  return (before: SiteTimes): CountedRows => ({ ...(count.get(bindTimes(before)) as Sum), next: null })
}

function prepareHealth(db: Database) {
  const agents = db.prepare<[number, number], number>('SELECT id FROM agents WHERE id > ? ORDER BY id LIMIT ?').pluck()
  // a period begins before what was received in it
  const count = db.prepare<[object], Sum>(
    `${SUM('t.received_at')} FROM agent_health t
     WHERE t.agent = @agent AND t.period < @latest AND t.received_at < ${CUTOFF}`,
  )
  return (before: SiteTimes, after: RetiredKey | null, limit: number): CountedRows => {
    const page = agents.all(after?.[0] ?? 0, limit)
    const times = bindTimes(before)
    const sum = page.reduce((all, agent) => add(all, count.get({ ...times, agent }) as Sum), NOTHING)
    return { ...sum, next: page.length < limit ? null : [page.at(-1) as number] }
  }
}

const add = (one: Sum, other: Sum): Sum => ({
  rows: one.rows + other.rows,
  first_at: other.first_at === null ? one.first_at : Math.min(one.first_at ?? other.first_at, other.first_at),
  last_at: other.last_at === null ? one.last_at : Math.max(one.last_at ?? other.last_at, other.last_at),
})
