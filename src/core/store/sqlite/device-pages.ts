import { COUNTER_NAMES, type CounterName } from '../../model/printer.ts'
import { chainOf, chooseWaiting, composePeriods, uniteChains } from '../../summary/chain.ts'
import type { Correction, CounterState } from '../../summary/count-pages.ts'
import { startOfMonth } from '../../summary/periods.ts'
import { endOf, type Period } from '../../summary/refold.ts'
import { type Carry, NOTHING_BEFORE, summarise } from '../../summary/summarise.ts'
import type { PagesCounter, PagesFilter, DevicePages as WhatDevicesPrinted } from '../retention.ts'
import type { Page } from '../store.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { Database } from './open-database.ts'
import type { PeriodRows } from './period-rows.ts'
import type { RollUp } from './roll-up.ts'

type DeviceRow = Omit<WhatDevicesPrinted, 'counters' | 'corrections' | 'first_at' | 'last_at' | 'let_go_before'> & {
  readonly id: number
}

export type DevicePages = ReturnType<typeof prepareDevicePages>

/** What devices printed between two moments, from days, months and the readings that are in none yet. */
export function prepareDevicePages(db: Database, periods: PeriodRows, rollUp: RollUp) {
  const listDevices = db.prepare<[object], DeviceRow>(
    `SELECT d.id, d.device_id, d.site_id, a.agent_id, a.name AS agent_name, d.manufacturer, d.model, d.serial, d.ip,
       d.location, d.asset_number
     FROM devices d LEFT JOIN agents a ON a.id = d.agent
     WHERE d.id > @after AND d.merged_into IS NULL AND (@site_id IS NULL OR d.site_id = @site_id)
       AND (@agent_id IS NULL OR a.agent_id = @agent_id)
       AND (@device_id IS NULL OR d.id = (SELECT coalesce(merged_into, id) FROM devices WHERE device_id = @device_id))
     ORDER BY d.id LIMIT @limit`,
  )
  const listGroup = db.prepare<[number], number>('SELECT id FROM devices WHERE merged_into = ?').pluck()

  /**
   * The periods that end behind `from` and begin before `to`, with what waits for the next roll-up, and the carry before them.
   * `let_go_before`: older counters were let go, and are here as far as they were restored.
   */
  const read = (
    device: number,
    from: number,
    to: number,
  ): { before: Carry; list: Period[]; let_go_before: number | null } => {
    const merged = listGroup.all(device)
    const strays = merged.map(periods.chain).filter((chain) => chain.before(Number.MAX_SAFE_INTEGER) !== null)
    const own = periods.chain(device)
    const chain = strays.length === 0 ? own : uniteChains(own, strays)
    const waiting = [device, ...merged].flatMap((each) => rollUp.listWaiting(each))
    const changed = composePeriods(chain, chooseWaiting(chain, waiting))
    const begins = new Set(changed.map(({ begin }) => begin))
    const start = startOfMonth(from)
    const kept = [...chain.list(start, to)].filter(({ begin }) => !begins.has(begin))
    const all = [...kept, ...changed].sort((a, b) => a.begin - b.begin)
    const list = all.filter((period) => endOf(period) > from && period.begin < to)
    const first = list[0]?.begin ?? from
    const earlier = chainOf(all).before(first)
    const stored = chain.before(first)
    const last =
      (earlier?.begin ?? Number.MIN_SAFE_INTEGER) >= (stored?.begin ?? Number.MIN_SAFE_INTEGER) ? earlier : stored
    return { before: last?.carry ?? NOTHING_BEFORE, list, let_go_before: chain.letGoBefore() }
  }

  const count = (device: number, from: number, to: number) => {
    const { before, list, let_go_before } = read(device, from, to)
    const corrections: Correction[] = []
    const counters: Partial<Record<CounterName, PagesCounter>> = {}
    let carry = before
    let began: Carry | null = null
    const add = (counted: Pick<Period['summary'], 'counters' | 'corrections'>) => {
      for (const name of COUNTER_NAMES) {
        const news = counted.counters[name]
        if (news === undefined) continue
        const known = counters[name]
        counters[name] = {
          first: known?.first ?? began?.counters[name]?.value ?? news.first,
          last: news.last,
          pages: (known?.pages ?? 0) + news.pages,
        }
      }
      corrections.push(...counted.corrections)
    }
    for (const period of list) {
      if (period.begin >= from && endOf(period) <= to) {
        began ??= carry
        add(period.summary)
        carry = period.summary.carry
        continue
      }
      const part = (since: number, until: number) => ({
        counters: period.trace.counters.filter(({ at }) => at >= since && at < until),
        states: [],
        levels: [],
      })
      const { begin } = period
      carry = summarise(part(Number.MIN_SAFE_INTEGER, from), carry, begin, begin).carry
      began ??= carry
      const inside = summarise(part(from, to), carry, begin, begin)
      add(inside)
      carry = inside.carry
    }
    return {
      counters,
      corrections,
      ...findSpan(began ?? before, carry, list, from, to),
      let_go_before: let_go_before !== null && let_go_before > from ? let_go_before : null,
    }
  }

  return {
    list({ limit, cursor, from, to, ...filter }: PagesFilter): Page<WhatDevicesPrinted> {
      const scope = ['pages', { from, to, ...filter }]
      const after = cursor === undefined ? 0 : (openCursor(cursor, scope, ['number'])[0] as number)
      const { device_id = null, agent_id = null, site_id = null } = filter
      const rows = listDevices.all({ after, device_id, agent_id, site_id, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map(({ id, ...device }) => ({ ...device, ...count(id, from, to) })),
        next_cursor: rows.length > limit && last !== undefined ? sealCursor(scope, [last.id]) : null,
      }
    },
    read,
  }
}

/** When the readings were that the count begins and ends with. */
function findSpan(began: Carry, ended: Carry, list: readonly Period[], from: number, to: number) {
  const times = (carry: Carry) => (Object.values(carry.counters) as CounterState[]).map(({ at }) => at)
  const inside = list.flatMap(({ trace }) => {
    const told = trace.counters.filter(({ at }) => at >= from && at < to)
    return told.length === 0 ? [] : [told[0]?.at as number, told.at(-1)?.at as number]
  })
  const before = times(began)
  if (inside.length === 0) return { first_at: null, last_at: null }
  return {
    first_at: before.length > 0 ? Math.max(...before) : Math.min(...inside),
    last_at: Math.max(...inside, ...times(ended)),
  }
}
