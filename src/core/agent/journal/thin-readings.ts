import { COUNTER_NAMES, type CounterName } from '../../model/printer.ts'
import type { WaitingReading } from './entries.ts'
import type { ThinningStep } from './journal-row.ts'

export type Thinner = ReturnType<typeof makeThinner>

const PERIOD_MS: Readonly<Record<ThinningStep, number>> = { hours: 3_600_000, days: 86_400_000 }

type Item = Readonly<Record<string, unknown>>

interface PrinterState {
  period: number
  /** The last reading, where nothing but being the last keeps it. */
  last: number | null
  /** Those that the readings kept of this period show. */
  statuses: Set<unknown>
  counters: Partial<Record<CounterName, number>>
}

/**
 * Chooses which readings can go, from one pass over them in their order. Of each printer and period stay the first and the
 * last, and those before and after a counter fell. Of an hour, the first with each status stays too.
 */
export function makeThinner(step: ThinningStep) {
  const printers = new Map<string, PrinterState>()

  return {
    /** Gives an entry that can go now that this reading is there; null for none. */
    accept({ entry, recorded_at, item: text }: WaitingReading): number | null {
      const item = JSON.parse(text) as Item
      const printer = nameOf(item)
      // one that cannot be told from others says nothing about them
      if (printer === null) return null
      const period = Math.floor(recorded_at / PERIOD_MS[step])
      const counters = countersOf(item)
      const state = printers.get(printer)
      if (state === undefined || state.period !== period) {
        printers.set(printer, { period, last: null, statuses: new Set([item.status]), counters })
        return null
      }
      const hasFallen = COUNTER_NAMES.some((name) => isBelow(counters[name], state.counters[name]))
      const isNew = step === 'hours' && !state.statuses.has(item.status)
      const removable = hasFallen ? null : state.last
      state.last = hasFallen || isNew ? null : entry
      state.statuses.add(item.status)
      Object.assign(state.counters, counters)
      return removable
    },
  }
}

const isBelow = (now: number | undefined, before: number | undefined) =>
  now !== undefined && before !== undefined && now < before

function countersOf(item: Item): Partial<Record<CounterName, number>> {
  const found: Partial<Record<CounterName, number>> = {}
  for (const name of COUNTER_NAMES) if (typeof item[name] === 'number') found[name] = item[name]
  return found
}

/** What tells one printer of this journal from another. */
function nameOf({ manufacturer, serial, mac_address, device_id, ip, printer_index }: Item): string | null {
  const own = serial ?? mac_address ?? device_id ?? ip
  return typeof own === 'string' ? JSON.stringify([own, manufacturer, printer_index]) : null
}
