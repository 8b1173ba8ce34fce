import { endOfMonth, startOfMonth } from '../../summary/periods.ts'
import { areAlike, joinPeriods } from '../../summary/refold.ts'
import { NOTHING_BEFORE, type PeriodPart, withoutPart } from '../../summary/summarise.ts'
import { type SiteTimes, startMonths, timeOf } from '../retention.ts'
import type { Database } from './open-database.ts'
import type { PeriodRows } from './period-rows.ts'

export interface FoldStep {
  readonly months: number
  readonly days: number
  readonly is_done: boolean
}

const TABLES = ['metrics_daily', 'metrics_monthly'] as const

/** Days that are old enough become months; what nobody keeps any more leaves days and months. */
export function prepareFoldMonths(db: Database, periods: PeriodRows) {
  const nextDevice = db.prepare<[number], { readonly id: number; readonly site_id: string }>(
    'SELECT id, site_id FROM devices WHERE id >= ? AND merged_into IS NULL ORDER BY id LIMIT 1',
  )
  const oldestDay = db
    .prepare<[number], number | null>('SELECT min(period) FROM metrics_daily WHERE device = ?')
    .pluck()
  const dropDays = db.prepare('DELETE FROM metrics_daily WHERE device = ? AND period >= ? AND period < ?')
  const drops = TABLES.flatMap((table) =>
    (['counters', 'levels', 'states'] as const).map((part) => ({
      table,
      part,
      find: db.prepare<[object], { device: number; period: number; site_id: string; summary: string }>(
        `SELECT device, period, site_id, summary FROM ${table} WHERE device = @device AND period >= @from AND period < @before
           AND (${part} IS NOT NULL OR json_extract(summary, '$.${part}') NOT IN ('[]', '{}')) LIMIT @limit`,
      ),
      clear: db.prepare(`UPDATE ${table} SET ${part} = NULL, summary = ? WHERE device = ? AND period = ?`),
    })),
  )

  return {
    /**
     * A part of the work, from device `after` on; a month becomes one when all of it lies before its moment.
     * @returns the device to go on with, null at the end
     */
    fold(before: SiteTimes, after: number, limit: number): FoldStep & { readonly next: number | null } {
      let [months, days] = [0, 0]
      for (let device = nextDevice.get(after); device !== undefined; device = nextDevice.get(device.id + 1)) {
        for (;;) {
          const first = oldestDay.get(device.id) ?? null
          if (first === null || endOfMonth(startOfMonth(first)) > timeOf(before, device.site_id)) break
          if (days >= limit) return { months, days, is_done: false, next: device.id }
          const month = startOfMonth(first)
          const chain = periods.chain(device.id)
          const list = [...chain.list(month, endOfMonth(month))]
          // until what leaves of it has left of all its days
          if (!areAlike(list)) break
          const carry = chain.before(month)?.carry ?? NOTHING_BEFORE
          periods.write(device.id, device.site_id, joinPeriods(list, { length: 'month', begin: month }, carry))
          dropDays.run(device.id, month, endOfMonth(month))
          months += 1
          days += list.length
        }
      }
      return { months, days, is_done: true, next: null }
    },

    /**
     * Empties one kind of content of days and months of before its moment, but for those that leave whole, into an archive.
     * Gives how many it emptied: fewer than `limit` means all.
     */
    dropPart(part: PeriodPart, whole: SiteTimes, before: SiteTimes, limit: number): number {
      let dropped = 0
      for (let device = nextDevice.get(0); device !== undefined; device = nextDevice.get(device.id + 1)) {
        for (const { table, part: kind, find, clear } of drops) {
          if (kind !== part) continue
          const [from, moment] = [whole, before].map((times) =>
            timeOf(table === 'metrics_daily' ? times : startMonths(times), device.site_id),
          )
          const rows = find.all({ device: device.id, from, before: moment, limit: limit - dropped })
          for (const { period, summary } of rows) {
            clear.run(JSON.stringify(withoutPart(JSON.parse(summary), part)), device.id, period)
          }
          dropped += rows.length
          if (dropped >= limit) return dropped
        }
      }
      return dropped
    },
  }
}
