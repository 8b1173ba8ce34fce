import { COUNTER_NAMES } from '../../model/printer.ts'
import { endOfDay } from '../../summary/periods.ts'
import { PERIOD_PARTS, type PeriodPart } from '../../summary/summarise.ts'
import type { DevicePeriods, PeriodContent, PeriodsQuery } from '../retention.ts'
import { COUNTS_AT } from './count-retired.ts'
import type { Database } from './open-database.ts'

interface Row extends Readonly<Record<PeriodPart, 0 | 1>> {
  readonly period: number
  /** JSON, as `Summary` has it. */
  readonly dropped: string | null
}

const DAY_MS = endOfDay(0)
const has = (part: PeriodPart) =>
  `(${part} IS NOT NULL OR json_extract(summary, '$.${part}') NOT IN ('[]', '{}')) AS ${part}`
const CONTENT = PERIOD_PARTS.map(has).join(', ')
const TOLD = COUNTER_NAMES.map((name) => `h.${name} IS NOT NULL`).join(' OR ')

/** Which days and months there are and what is in them, without reading it. */
export function preparePeriodContents(db: Database, rolledUpTo: () => number) {
  const devices = db.prepare<[number, number], { readonly id: number; readonly site_id: string }>(
    'SELECT id, site_id FROM devices WHERE id >= ? AND merged_into IS NULL ORDER BY id LIMIT ?',
  )
  const merged = db.prepare<[number], number>('SELECT id FROM devices WHERE merged_into = ?').pluck()
  const list = (table: string) =>
    db.prepare<[number, number], Row>(
      `SELECT period, ${CONTENT}, summary ->> '$.dropped' AS dropped FROM ${table} WHERE device = ? AND period < ?`,
    )
  const [days, months] = [list('metrics_daily'), list('metrics_monthly')]
  const waiting = db.prepare<[object], Row>(
    `SELECT ${COUNTS_AT} / ${DAY_MS} * ${DAY_MS} AS period, max(${TOLD}) AS counters,
       max(instr(h.rest, '"supplies"') > 0 AND instr(h.rest, '"percent"') > 0) AS levels,
       max(h.status IS NOT NULL) AS states, NULL AS dropped
     FROM metrics_history h INDEXED BY metrics_history_by_device
     WHERE h.device = @device AND h.of_other_agent = 0 AND h.restored_until IS NULL AND h.id > @done
       AND ${COUNTS_AT} < @before
     GROUP BY 1`,
  )
  return ({ before, waiting: isWanted, after, limit }: PeriodsQuery) => {
    const done = rolledUpTo()
    const page = devices.all(after, limit)
    const found = page.map(({ id, site_id }): DevicePeriods => {
      const members = [id, ...merged.all(id)]
      const collect = (rows: (device: number) => readonly Row[]) => members.flatMap(rows).map(readContent)
      return {
        site_id,
        days: collect((device) => days.all(device, before)),
        months: collect((device) => months.all(device, before)),
        waiting: isWanted ? collect((device) => waiting.all({ device, done, before })) : [],
      }
    })
    const last = page.length < limit ? undefined : page.at(-1)
    return { devices: found, next: last === undefined ? null : last.id + 1 }
  }
}

const readContent = ({ period, dropped, ...row }: Row): PeriodContent => ({
  period,
  content: new Set(PERIOD_PARTS.filter((part) => row[part] === 1)),
  dropped: new Set(dropped === null ? [] : (JSON.parse(dropped) as PeriodPart[])),
})
