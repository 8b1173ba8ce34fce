import { PRINTER_MIB } from '../mib/printer-mib.ts'
import { unitWord } from '../mib/unit-word.ts'
import type { Counter } from '../model/printer.ts'
import type { CounterName, CounterSource, Profile } from '../profiles/profile.ts'
import { numberOf, type Tables } from './tables.ts'
import { readTaggedRecords } from './tagged-records.ts'

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
    const value = readSource(tables, source)
    if (value === null || value < 0) continue
    if (source.name === 'page_count') pageCount ??= value
    else fields[source.name] ??= value
    counters.push({
      name: source.name,
      value,
      unit: source.name === 'scan_count' ? 'scans' : 'impressions',
      source: source.oid,
    })
  }
  return { pageCount, fields, counters }
}

function readSource(tables: Tables, { oid, record }: CounterSource): number | null {
  const value = tables.values.get(oid)
  if (record === undefined) return numberOf(value)
  return value?.type === 'octets' ? (readTaggedRecords(value.value).get(record) ?? null) : null
}
