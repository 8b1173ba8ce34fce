import { type Chain, composePeriods } from '../../summary/chain.ts'
import { endOfMonth, startOfMonth } from '../../summary/periods.ts'
import { endOf, isEmptied, joinPeriods, type Period, refold } from '../../summary/refold.ts'
import { NOTHING_BEFORE, type Summary } from '../../summary/summarise.ts'
import { type PackedTrace, type Point, packTrace, unpackTrace } from '../../summary/trace.ts'
import type { Database } from './open-database.ts'

export type PeriodRows = ReturnType<typeof preparePeriodRows>

interface Row extends PackedTrace {
  readonly length: Period['length']
  readonly period: number
  readonly summary: string
}

const COLUMNS = 'period, counters, levels, states, summary'
const TABLES = { day: 'metrics_daily', month: 'metrics_monthly' } as const
const LENGTHS = ['day', 'month'] as const

/** The days and months of devices, as rows. */
export function preparePeriodRows(db: Database) {
  // a month of which days are kept still has no row of its own
  const walk = db.prepare<[{ device: number; from: number; to: number }], Row>(
    `SELECT 'month' AS length, ${COLUMNS} FROM metrics_monthly WHERE device = @device AND period >= @from AND period < @to
     UNION ALL
     SELECT 'day', ${COLUMNS} FROM metrics_daily WHERE device = @device AND period >= @from AND period < @to
     ORDER BY period`,
  )
  const last = LENGTHS.map((length) =>
    db.prepare<[number, number], { readonly period: number; readonly summary: string }>(
      `SELECT period, summary FROM ${TABLES[length]} WHERE device = ? AND period < ? ORDER BY period DESC LIMIT 1`,
    ),
  )
  // what is kept is younger than what was let go
  const letGo = LENGTHS.map((length) => ({
    length,
    read: db
      .prepare<[object], number | null>(
        `SELECT max(period) FROM ${TABLES[length]} WHERE device = @device
           AND EXISTS (SELECT 1 FROM json_each(summary, '$.dropped') WHERE value = 'counters')
           AND period < coalesce((SELECT period FROM ${TABLES[length]} WHERE device = @device AND counters IS NOT NULL
             ORDER BY period LIMIT 1), ${Number.MAX_SAFE_INTEGER})`,
      )
      .pluck(),
  }))
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

  const chain = (device: number): Chain => ({
    *list(from, to = Number.MAX_SAFE_INTEGER) {
      for (const row of walk.iterate({ device, from, to })) yield readRow(row)
    },
    before(begin) {
      const found = last.flatMap((statement) => statement.get(device, begin) ?? [])
      const latest = found.sort((a, b) => b.period - a.period)[0]
      if (latest === undefined) return null
      return { begin: latest.period, carry: (JSON.parse(latest.summary) as Summary).carry }
    },
    hasMonth: (month) => hasMonth.get(device, month) !== undefined,
    hasCounters: (day) => hasCounters.get({ device, day, month: startOfMonth(day) }) !== undefined,
    letGoBefore() {
      const ends = letGo.flatMap(({ length, read }) => {
        const begin = read.get({ device }) ?? null
        return begin === null ? [] : [endOf({ length, begin })]
      })
      return ends.length === 0 ? null : Math.max(...ends)
    },
  })

  return {
    chain,
    /** The periods that these readings change, as they are then; nothing is written. */
    compose: (device: number, points: readonly Point[]): Period[] => composePeriods(chain(device), points),
    /** The same for a period of another device that turned out to be this one. */
    adopt(device: number, stray: Period): Period[] {
      const { begin, length } = stray
      const { list, before } = chain(device)
      // of a period that is emptied only its end is known: without any period of its own, the device goes on from there
      if (isEmptied(stray)) return before(Number.MAX_SAFE_INTEGER) === null ? [stray] : []
      const own = [...list(startOfMonth(begin), endOfMonth(begin))]
      const isMonth = length === 'month' || own[0]?.length === 'month'
      const place = isMonth
        ? ({ length: 'month', begin: startOfMonth(begin) } as const)
        : ({ length: 'day', begin } as const)
      const others = isMonth ? own : own.filter((each) => each.begin === begin)
      const joined = joinPeriods([...others, stray], place, NOTHING_BEFORE)
      if (isMonth) for (const each of own) if (each.length === 'day') dropDay.run(device, each.begin)
      const rest = function* (): Generator<Period> {
        yield joined
        yield* list(endOf(joined))
      }
      // the one behind was made without it
      return refold(rest(), before(joined.begin)?.carry ?? null, new Map([[joined.begin, []]]), 2)
    },
    write(device: number, site_id: string, { length, begin, trace, summary }: Period): void {
      const { counters, levels, states } = packTrace(trace)
      writes[length].run(device, begin, site_id, counters, levels, states, JSON.stringify(summary))
    },
  }
}

const readRow = ({ length, period, summary, ...packed }: Row): Period => ({
  length,
  begin: period,
  trace: unpackTrace(packed),
  summary: JSON.parse(summary),
})
