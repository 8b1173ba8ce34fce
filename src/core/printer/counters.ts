import { PRINTER_MIB } from '../mib/printer-mib.ts'
import { unitWord } from '../mib/unit-word.ts'
import type { Counter, CounterName } from '../model/printer.ts'
import type { CounterSource, Profile } from '../profiles/profile.ts'
import { isWithin } from '../snmp/oid.ts'
import { numberOf, type Tables, textOf } from './tables.ts'
import { readNumber } from './tagged-records.ts'

const IMPRESSIONS = 7
const SHEETS = 8

export interface Counters {
  pageCount: number | null
  /** The maker's counters by the printer's field they fill; absent where the device gives none. */
  fields: Partial<Record<Exclude<CounterName, 'page_count'>, number>>
  counters: Counter[]
}

/**
 * prtMarkerLifeCount of every marker, as it stands. `page_count` is that of the default marker, else of the first, and
 * only where it counts impressions or sheets: markers may repeat the same count, so they are never added up. The maker's own total is kept beside it, and stands in only where the standard one is missing.
 */
export function readCounters(tables: Tables, device: number, profile: Profile | null): Counters {
  const markers = tables.rows([PRINTER_MIB.prtMarkerLifeCount], device)
  const main = tables.number(PRINTER_MIB.prtMarkerDefaultIndex, `${device}`)
  const ordered = [...markers].sort((a, b) => Number(b === main) - Number(a === main) || a - b)
  let pageCount: number | null = null
  const counters: Counter[] = []
  for (const marker of ordered) {
    const index = `${device}.${marker}`
    const value = tables.number(PRINTER_MIB.prtMarkerLifeCount, index)
    if (value === null || value < 0) continue
    const unit = tables.number(PRINTER_MIB.prtMarkerCounterUnit, index) ?? IMPRESSIONS
    const pages = unit === IMPRESSIONS || unit === SHEETS
    if (pages) pageCount ??= value
    counters.push({
      name: pages && pageCount === value ? 'page_count' : `marker_${marker}_life`,
      value,
      unit: unitWord(unit),
      source: `prtMarkerLifeCount.${index}`,
    })
  }
  const fields: Counters['fields'] = {}
  for (const source of profile?.counters ?? []) {
    const read = readSource(tables, source)
    if (read === null || read.value < 0) continue
    const { value, oids } = read
    if (source.name === 'page_count') pageCount ??= value
    else fields[source.name] ??= value
    counters.push({
      name: source.name,
      value,
      unit: source.name === 'scan_count' ? 'scans' : 'impressions',
      source: oids.join(SUM_SIGN),
    })
  }
  return { pageCount, fields, counters }
}

/** Between the OIDs of a counter that is their sum. */
export const SUM_SIGN = ' + '

interface Count {
  value: number
  oids: string[]
}

function readSource(tables: Tables, source: CounterSource): Count | null {
  if ('sum' in source) {
    const there = (source.and_if_there ?? []).filter((oid) => tables.values.has(oid))
    return addUp(tables, [...source.sum, ...there])
  }
  if ('labels' in source) {
    const rows = source.label.map((label) => rowsLabelled(tables, source.labels, label))
    return rows.every(({ length }) => length === 1)
      ? addUp(
          tables,
          rows.flat().map((row) => `${source.values}.${row}`),
        )
      : null
  }
  const value = readNumber(tables, source)
  return value === null || value < 0 ? null : { value, oids: [source.oid] }
}

/** The sum of counters; null when one of them is no number, or a negative one. */
function addUp(tables: Tables, oids: string[]): Count | null {
  let value = 0
  for (const oid of oids) {
    const count = numberOf(tables.values.get(oid))
    if (count === null || count < 0) return null
    value += count
  }
  return { value, oids }
}

/** The index of each row whose cell in a column of labels is this number or this text. */
function rowsLabelled(tables: Tables, column: string, label: number | string): string[] {
  return [...tables.values].flatMap(([oid, value]) => {
    if (!isWithin(oid, column)) return []
    const cell = typeof label === 'number' ? numberOf(value) : textOf(value, null)
    return cell === label ? oid.slice(column.length + 1) : []
  })
}
