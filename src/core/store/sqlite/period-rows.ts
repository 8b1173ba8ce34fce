import { endOfMonth, startOfDay, startOfMonth } from '../../summary/periods.ts'
import { joinDays, type Period, refold } from '../../summary/refold.ts'
import { type Carry, NOTHING_BEFORE, type Summary } from '../../summary/summarise.ts'
import { EMPTY_TRACE, joinTraces, type PackedTrace, type Point, packTrace, unpackTrace } from '../../summary/trace.ts'
import type { Database } from './open-database.ts'

export type PeriodRows = ReturnType<typeof preparePeriodRows>

/** A reading that is in no period yet, or was brought back from an archive. */
export interface WaitingPoint extends Point {
  readonly isRestored: boolean
}

interface Row extends PackedTrace {
  readonly length: Period['length']
  readonly period: number
  readonly summary: string
}

const COLUMNS = 'period, counters, levels, states, summary'
const TABLES = { day: 'metrics_daily', month: 'metrics_monthly' } as const

/** The days and months of devices, as rows. */
export function preparePeriodRows(db: Database) {
  // a month of which days are kept still has no row of its own
  const walk = db.prepare<[{ device: number; from: number; to: number }], Row>(
    `SELECT 'month' AS length, ${COLUMNS} FROM metrics_monthly WHERE device = @device AND period >= @from AND period < @to
     UNION ALL
     SELECT 'day', ${COLUMNS} FROM metrics_daily WHERE device = @device AND period >= @from AND period < @to
     ORDER BY period`,
  )
  const before = Object.values(TABLES).map((table) =>
    db.prepare<[number, number], { readonly period: number; readonly summary: string }>(
      `SELECT period, summary FROM ${table} WHERE device = ? AND period < ? ORDER BY period DESC LIMIT 1`,
    ),
  )
  const hasMonth = db
    .prepare<[number, number], number>('SELECT 1 FROM metrics_monthly WHERE device = ? AND period = ?')
    .pluck()
  const hasCounters = db
    .prepare<[object], number>(
      `SELECT 1 FROM metrics_daily WHERE device = @device AND period = @day AND counters IS NOT NULL
       UNION ALL SELECT 1 FROM metrics_monthly WHERE device = @device AND period = @month AND counters IS NOT NULL`,
    )
    .pluck()
  const put = (length: Period['length']) =>
    db.prepare(
      `INSERT INTO ${TABLES[length]} (device, period, site_id, counters, levels, states, summary) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET counters = excluded.counters, levels = excluded.levels, states = excluded.states,
         summary = excluded.summary`,
    )
  const dropDay = db.prepare('DELETE FROM metrics_daily WHERE device = ? AND period = ?')
  const writes = { day: put('day'), month: put('month') }

  /** By time. */
  function* list(device: number, from: number, to: number = Number.MAX_SAFE_INTEGER): Generator<Period> {
    for (const row of walk.iterate({ device, from, to })) yield readRow(row)
  }

  const carryBefore = (device: number, begin: number): Carry | null => {
    const found = before.flatMap((statement) => statement.get(device, begin) ?? [])
    const last = found.sort((a, b) => b.period - a.period)[0]
    return last === undefined ? null : (JSON.parse(last.summary) as Summary).carry
  }

  /** The first midnight of the period that a reading belongs to: of its month once its days are one, else of its day. */
  const beginOf = (device: number, at: number): number => {
    const month = startOfMonth(at)
    return hasMonth.get(device, month) === undefined ? startOfDay(at) : month
  }

  return {
    list,
    carryBefore,
    /** Without what was brought back of periods that are still known: it is in them already. */
    withoutKnown(device: number, points: readonly WaitingPoint[]): Point[] {
      const known = new Map<number, boolean>()
      return points.filter(({ at, isRestored }) => {
        if (!isRestored) return true
        const day = startOfDay(at)
        if (!known.has(day)) known.set(day, hasCounters.get({ device, day, month: startOfMonth(at) }) !== undefined)
        return !known.get(day)
      })
    },
    /** The periods that these readings change, as they are then; nothing is written. */
    compose(device: number, points: readonly Point[]): Period[] {
      if (points.length === 0) return []
      const grouped = new Map<number, Point[]>()
      let last: { readonly from: number; readonly to: number; readonly group: Point[] } | null = null
      for (const point of points) {
        // mostly of the same day as the one before
        if (last === null || point.at < last.from || point.at >= last.to) {
          const begin = beginOf(device, point.at)
          const group = grouped.get(begin) ?? []
          grouped.set(begin, group)
          const day = startOfDay(point.at)
          last = { from: day, to: day + 86_400_000, group }
        }
        last.group.push(point)
      }
      const first = Math.min(...grouped.keys())
      return refold(list(device, first), carryBefore(device, first), grouped)
    },
    /** The same for a period of another device that turned out to be this one. */
    adopt(device: number, stray: Period): Period[] {
      const { begin, length } = stray
      // of a period that is emptied only its end is known: without any period of its own, the device goes on from there
      if (isEmptied(stray)) return carryBefore(device, Number.MAX_SAFE_INTEGER) === null ? [stray] : []
      const own = [...list(device, startOfMonth(begin), endOfMonth(begin))]
      const isMonth = length === 'month' || own[0]?.length === 'month'
      const others = isMonth ? own : own.filter((each) => each.begin === begin)
      const joined = isMonth
        ? joinDays([...others, stray], startOfMonth(begin), NOTHING_BEFORE)
        : { ...stray, trace: joinTraces(others[0]?.trace ?? EMPTY_TRACE, stray.trace) }
      if (isMonth) for (const each of own) if (each.length === 'day') dropDay.run(device, each.begin)
      const rest = function* (): Generator<Period> {
        yield joined
        yield* list(device, isMonth ? endOfMonth(begin) : begin + 1)
      }
      return refold(rest(), carryBefore(device, joined.begin), new Map([[joined.begin, []]]))
    },
    write(device: number, site_id: string, { length, begin, trace, summary }: Period): void {
      const { counters, levels, states } = packTrace(trace)
      writes[length].run(device, begin, site_id, counters, levels, states, JSON.stringify(summary))
    },
  }
}

const isEmptied = ({ trace }: Period) => trace.counters.length + trace.states.length + trace.levels.length === 0

const readRow = ({ length, period, summary, ...packed }: Row): Period => ({
  length,
  begin: period,
  trace: unpackTrace(packed),
  summary: JSON.parse(summary),
})
