import { colorOfName, kindOfName } from '../mib/supply-words.ts'
import type { Level, Supply } from '../model/printer.ts'
import type { Profile, SupplyLevelSource } from '../profiles/profile.ts'
import { isWithin } from '../snmp/oid.ts'
import { numberOf, type Tables, textOf } from './tables.ts'
import { readNumber } from './tagged-records.ts'

/**
 * The level that the maker's own objects give for a supply of which the Printer-MIB only says "some" or "unknown": from
 * 0 to 100 per cent, or empty. Null where they give none, or where it is not clear which supply they mean.
 */
export function readPrivateLevel(
  tables: Tables,
  profile: Profile,
  supply: Supply,
  all: readonly Supply[],
): Level | null {
  if (supply.level.state !== 'some' && supply.level.state !== 'unknown') return null
  if (supply.class === 'receptacle' || supply.color === null) return null
  const isLikeIt = (other: Supply) => other.kind === supply.kind && other.color === supply.color
  if (all.filter((other) => isLikeIt(other) && other.level.state === supply.level.state).length !== 1) return null
  for (const source of profile.supply_levels ?? []) {
    if (!source.kinds.includes(supply.kind)) continue
    const level = 'names' in source ? tableLevel(tables, source, supply) : objectLevel(tables, source, supply)
    if (level) return level
  }
  return null
}

function objectLevel(
  tables: Tables,
  source: Extract<SupplyLevelSource, { divisor: number }>,
  supply: Supply,
): Level | null {
  if (source.color !== supply.color) return null
  const number = readNumber(tables, source)
  return number === null ? null : percentLevel(number / source.divisor)
}

/** The row whose name speaks of the supply's colour; several such rows decide nothing. */
function tableLevel(
  tables: Tables,
  source: Extract<SupplyLevelSource, { names: string }>,
  supply: Supply,
): Level | null {
  const levels: Level[] = []
  for (const [oid, value] of tables.values) {
    if (!isWithin(oid, source.names)) continue
    const name = textOf(value, null) ?? ''
    if (colorOfName(name) !== supply.color || (kindOfName(name) ?? supply.kind) !== supply.kind) continue
    const number = numberOf(tables.values.get(source.levels + oid.slice(source.names.length)))
    const level =
      number === null ? null : number === source.empty ? ({ state: 'empty' } as const) : percentLevel(number)
    if (level) levels.push(level)
  }
  return levels.length === 1 ? (levels[0] ?? null) : null
}

function percentLevel(percent: number): Level | null {
  return percent >= 0 && percent <= 100 ? { state: 'percent', percent: Math.round(percent) } : null
}
