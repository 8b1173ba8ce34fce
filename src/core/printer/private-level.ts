import { colorOfName, kindOfName } from '../mib/supply-words.ts'
import type { Level, Supply } from '../model/printer.ts'
import type { Profile, SupplyLevelSource } from '../profiles/profile.ts'
import { isWithin } from '../snmp/oid.ts'
import { numberOf, type Tables, textOf } from './tables.ts'
import { readNumber } from './tagged-records.ts'

type ObjectSource = Extract<SupplyLevelSource, { divisor: number }>
type TableSource = Extract<SupplyLevelSource, { names: string }>

/** A level of the maker's own, and where it stands. */
export interface PrivateLevel {
  level: Level
  /** The object that holds the number. */
  oid: string
  /** The number as it stands there, or in one record of it. */
  number: number
  source: SupplyLevelSource
  /** Of a table: the name of the row. */
  name?: string
}

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
  const isLikeIt = (other: Supply) => other.kind === supply.kind && other.color === supply.color
  if (all.filter((other) => isLikeIt(other) && other.level.state === supply.level.state).length !== 1) return null
  return findPrivateLevel(tables, profile, supply)?.level ?? null
}

/** The first level that the maker's own objects give for a supply of this kind and colour. */
export function findPrivateLevel(tables: Tables, profile: Profile, supply: Supply): PrivateLevel | null {
  for (const source of privateSources(profile, supply)) {
    const found = 'names' in source ? tableLevel(tables, source, supply) : objectLevel(tables, source)
    if (found) return found
  }
  return null
}

/** Where the maker may keep the level of a supply of this kind and colour; a waste box has the colour of no toner. */
export function privateSources(profile: Profile, supply: Supply): SupplyLevelSource[] {
  if (supply.class === 'receptacle' || supply.color === null) return []
  return (profile.supply_levels ?? []).filter(
    (source) => source.kinds.includes(supply.kind) && ('names' in source || source.color === supply.color),
  )
}

function objectLevel(tables: Tables, source: ObjectSource): PrivateLevel | null {
  const number = readNumber(tables, source)
  const level = number === null ? null : percentLevel(number / source.divisor)
  return number === null || level === null ? null : { level, oid: source.oid, number, source }
}

/** The row whose name speaks of the supply's colour; several such rows decide nothing. */
function tableLevel(tables: Tables, source: TableSource, supply: Supply): PrivateLevel | null {
  const found: PrivateLevel[] = []
  for (const [nameOid, value] of tables.values) {
    if (!isWithin(nameOid, source.names)) continue
    const name = textOf(value, null) ?? ''
    if (colorOfName(name) !== supply.color || (kindOfName(name) ?? supply.kind) !== supply.kind) continue
    const oid = source.levels + nameOid.slice(source.names.length)
    const number = numberOf(tables.values.get(oid))
    if (number === null) continue
    const level = number === source.empty ? ({ state: 'empty' } as const) : percentLevel(number)
    if (level) found.push({ level, oid, number, source, name })
  }
  return found.length === 1 ? (found[0] ?? null) : null
}

function percentLevel(percent: number): Level | null {
  return percent >= 0 && percent <= 100 ? { state: 'percent', percent: Math.round(percent) } : null
}
