import { COUNTER_NAMES } from '../../model/printer.ts'
import type { WaitingPoint } from '../../summary/chain.ts'
import type { Point } from '../../summary/trace.ts'
import type { RollUpStep } from '../retention.ts'
import { StoreError } from '../store-error.ts'
import { readSupplyLevels } from '../supply-levels.ts'
import type { Database } from './open-database.ts'
import type { PeriodRows } from './period-rows.ts'

export type RollUp = ReturnType<typeof prepareRollUp>

/** The readings up to `done` are in their periods; a pass brings in those up to `top`, device by device. */
interface Progress {
  readonly done: number
  readonly top: number | null
  readonly device: number
  readonly sampled_at: number
  readonly id: number
}

interface ReadingRow extends Record<string, unknown> {
  readonly id: number
  readonly sampled_at: number
  readonly received_at: number
  readonly time_mark: string | null
  readonly status: string | null
  readonly rest: string
  readonly restored_until: number | null
}

const BEGIN: Progress = { done: 0, top: null, device: 0, sampled_at: Number.MIN_SAFE_INTEGER, id: 0 }
/** So many readings that are in no day yet are looked at for one answer: others wait for theirs. */
const MOST_WAITING = 100_000
/** A period that is written costs about as much as so many readings. */
const PERIOD_SHARE = 10

const COLUMNS = `id, sampled_at, received_at, time_mark, status, rest, restored_until, ${COUNTER_NAMES.join(', ')}`
// what was brought back from an archive is in its periods, or they were let go
const OF_SOURCE = 'device = @device AND of_other_agent = 0 AND restored_until IS NULL'

/** Brings readings into the days and months of their devices, each once, in the order of devices and time. */
export function prepareRollUp(db: Database, periods: PeriodRows) {
  const readMeta = db.prepare<[], string>("SELECT value FROM meta WHERE key = 'rollup'").pluck()
  const writeMeta = db.prepare(
    "INSERT INTO meta (key, value) VALUES ('rollup', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  )
  const newest = db.prepare<[], number | null>('SELECT max(id) FROM metrics_history').pluck()
  const nextDevice = db.prepare<
    [number],
    { readonly id: number; readonly merged_into: number | null; readonly site_id: string }
  >('SELECT id, merged_into, site_id FROM devices WHERE id >= ? ORDER BY id LIMIT 1')
  const readNews = db.prepare<[object], ReadingRow>(
    `SELECT ${COLUMNS} FROM metrics_history INDEXED BY metrics_history_by_device
     WHERE ${OF_SOURCE} AND (sampled_at, id) > (@sampled_at, @id) AND id > @done AND id <= @top
     ORDER BY sampled_at, id LIMIT @limit`,
  )
  const readRest = db.prepare<[object], ReadingRow>(
    `SELECT ${COLUMNS} FROM metrics_history INDEXED BY metrics_history_by_device
     WHERE device = @device AND of_other_agent = 0 AND (id > @done OR restored_until IS NOT NULL)
     ORDER BY sampled_at, id LIMIT ${MOST_WAITING + 1}`,
  )
  const findStray = db.prepare<[], { readonly device: number; readonly merged_into: number; readonly site_id: string }>(
    `SELECT d.id AS device, d.merged_into, d.site_id FROM devices d WHERE d.merged_into IS NOT NULL AND (
       EXISTS (SELECT 1 FROM metrics_daily WHERE device = d.id) OR EXISTS (SELECT 1 FROM metrics_monthly WHERE device = d.id))
     LIMIT 1`,
  )
  const dropStray = ['metrics_daily', 'metrics_monthly'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE device = ? AND period >= ? AND period < ?`),
  )

  const progress = (): Progress => {
    const text = readMeta.get()
    return text === undefined ? BEGIN : JSON.parse(text)
  }

  /** A device that was merged brings its days along, some at a time. Gives how many. */
  const adopt = (most: number): number => {
    const stray = findStray.get()
    if (stray === undefined) return 0
    const { device, merged_into, site_id } = stray
    let taken = 0
    for (const period of [...take(periods.chain(device).list(Number.MIN_SAFE_INTEGER), most)]) {
      for (const changed of periods.adopt(merged_into, period)) periods.write(merged_into, site_id, changed)
      for (const statement of dropStray) statement.run(device, period.begin, period.begin + 1)
      taken += 1
    }
    return taken
  }

  return {
    rolledUpTo: () => progress().done,
    /** Readings up to this one are in their periods and may leave; the newest of all stays, because its number must not come again. */
    mayLeaveUpTo: () => Math.min(progress().done, (newest.get() ?? 0) - 1),

    /** A part of the work, about as much as `limit` readings take. */
    step(limit: number): RollUpStep {
      const adopted = adopt(Math.ceil(limit / PERIOD_SHARE))
      if (adopted > 0) return { readings: 0, periods: adopted, is_done: false }
      let state = progress()
      if (state.top === null) {
        const top = newest.get() ?? 0
        if (top <= state.done) return { readings: 0, periods: 0, is_done: true }
        state = { ...BEGIN, done: state.done, top }
      }
      let [readings, written, cost] = [0, 0, 0]
      while (cost < limit && state.top !== null) {
        const device = nextDevice.get(state.device)
        if (device === undefined) {
          state = { ...BEGIN, done: state.top }
          break
        }
        if (device.id !== state.device) state = { ...state, device: device.id, sampled_at: BEGIN.sampled_at, id: 0 }
        const rows = readNews.all({ ...state, limit: limit - cost })
        const owner = device.merged_into ?? device.id
        const changed = periods.compose(owner, rows.map(readPoint))
        for (const period of changed) periods.write(owner, device.site_id, period)
        readings += rows.length
        written += changed.length
        const isWhole = rows.length < limit - cost
        cost += 1 + rows.length + changed.length * PERIOD_SHARE
        const last = rows.at(-1)
        state =
          isWhole || last === undefined
            ? { ...state, device: device.id + 1, sampled_at: BEGIN.sampled_at, id: 0 }
            : { ...state, sampled_at: last.sampled_at, id: last.id }
      }
      writeMeta.run(JSON.stringify(state))
      return { readings, periods: written, is_done: state.top === null }
    },

    /** What is not in its periods yet, and what was brought back, of one device (not of those merged into it). */
    listWaiting(device: number): WaitingPoint[] {
      const rows = readRest.all({ device, done: progress().done })
      if (rows.length <= MOST_WAITING)
        return rows.map((row) => ({ ...readPoint(row), isRestored: row.restored_until !== null }))
      throw new StoreError(
        'unavailable',
        `more than ${MOST_WAITING} readings of this device are in no day yet: ask again in some minutes`,
      )
    },
  }
}

function* take<T>(all: Iterable<T>, most: number): Generator<T> {
  let taken = 0
  for (const each of all) {
    yield each
    taken += 1
    if (taken >= most) return
  }
}

/** A clock that ran ahead, or was never set, counts from the arrival, like everywhere. */
function readPoint(row: ReadingRow): Point {
  const { sampled_at, received_at, time_mark, status, rest } = row
  return {
    at: time_mark === 'past' ? received_at : Math.min(sampled_at, received_at),
    status,
    counters: COUNTER_NAMES.map((name) => row[name] as number | null),
    levels: rest.includes('"supplies"') ? readSupplyLevels((JSON.parse(rest) as { supplies?: unknown }).supplies) : [],
  }
}
