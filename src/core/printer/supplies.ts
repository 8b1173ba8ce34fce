import { PRINTER_MIB } from '../mib/printer-mib.ts'
import { colorOfColorant, colorOfName, kindOfName } from '../mib/supply-words.ts'
import { unitWord } from '../mib/unit-word.ts'
import type { Level, Supply, SupplyKind } from '../model/printer.ts'
import { findWorkaround, type Profile } from '../profiles/profile.ts'
import { levelOf, quantityOf } from './level.ts'
import { isOneOf } from './named-models.ts'
import { readPrivateLevel } from './private-level.ts'
import { splitSupplyName } from './supply-name.ts'
import type { Tables } from './tables.ts'

/** PrtMarkerSuppliesTypeTC to our kinds; of what is not here the name decides. */
const KINDS: Readonly<Record<number, SupplyKind>> = {
  3: 'toner',
  4: 'waste_toner',
  5: 'ink',
  6: 'ink',
  8: 'waste_ink',
  9: 'drum',
  10: 'developer',
  11: 'maintenance',
  12: 'ink',
  14: 'waste_ink',
  15: 'fuser',
  16: 'maintenance',
  17: 'maintenance',
  18: 'maintenance',
  19: 'maintenance',
  20: 'transfer_belt',
  21: 'toner',
  22: 'maintenance',
  29: 'staples',
  32: 'staples',
  35: 'toner',
  36: 'ink',
}
const SUPPLY_CLASSES: Readonly<Record<number, 'consumed' | 'receptacle'>> = { 3: 'consumed', 4: 'receptacle' }
const COLUMNS = [
  PRINTER_MIB.prtMarkerSuppliesLevel,
  PRINTER_MIB.prtMarkerSuppliesMaxCapacity,
  PRINTER_MIB.prtMarkerSuppliesType,
  PRINTER_MIB.prtMarkerSuppliesDescription,
]

/** prtMarkerSuppliesTable of one printer, in the order of its index. */
export function readSupplies(
  tables: Tables,
  device: number,
  charset: number | null,
  profile: Profile | null,
): Supply[] {
  const known = stepOf(tables, profile)
  const supplies = tables.rows(COLUMNS, device).map((row) => readSupply(tables, device, row, charset, profile, known))
  if (!profile) return supplies
  return supplies.map((supply) => ({
    ...supply,
    level: readPrivateLevel(tables, profile, supply, supplies) ?? supply.level,
  }))
}

function readSupply(
  tables: Tables,
  device: number,
  row: number,
  charset: number | null,
  profile: Profile | null,
  knownStep: number | null,
): Supply {
  const index = `${device}.${row}`
  const maximum = tables.signed(PRINTER_MIB.prtMarkerSuppliesMaxCapacity, index)
  const level = tables.signed(PRINTER_MIB.prtMarkerSuppliesLevel, index)
  const unit = tables.number(PRINTER_MIB.prtMarkerSuppliesSupplyUnit, index)
  const type = tables.number(PRINTER_MIB.prtMarkerSuppliesType, index)
  const description = tables.text(PRINTER_MIB.prtMarkerSuppliesDescription, index, charset)
  const named = description === null ? { name: null } : splitSupplyName(description)
  const colorant = tables.number(PRINTER_MIB.prtMarkerSuppliesColorantIndex, index)
  const supplyClass = SUPPLY_CLASSES[tables.number(PRINTER_MIB.prtMarkerSuppliesClass, index) ?? 0]
  const isEmpty = level !== null && level === findWorkaround(profile, 'level_means_empty')?.level
  return {
    index: row,
    kind: kindOf(type, description),
    color: colorOf(tables, device, colorant) ?? (description && colorOfName(description)),
    ...named,
    ...(supplyClass && { class: supplyClass }),
    level:
      isEmpty && supplyClass !== 'receptacle'
        ? { state: 'empty' }
        : withStep(levelOf(maximum, level, unit), maximum, knownStep),
    unit: unit === null ? null : unitWord(unit),
    capacity: quantityOf(maximum),
    remaining: quantityOf(level),
  }
}

/** A gauge of ten units or fewer moves in visible steps; some finer ones are known to do so as well. */
const COARSE_CAPACITY = 10

function withStep(level: Level, maximum: number | null, knownStep: number | null): Level {
  if (level.state !== 'percent') return level
  const isCoarse = maximum !== null && maximum >= 1 && maximum <= COARSE_CAPACITY
  const step = isCoarse ? Math.round(100 / maximum) : knownStep
  return step === null ? level : { ...level, step_percent: step }
}

/** The step in which this device's levels are known to move. */
function stepOf(tables: Tables, profile: Profile | null): number | null {
  const known = findWorkaround(profile, 'levels_in_steps')
  return known && (!known.models || isOneOf(known.models, tables)) ? known.step_percent : null
}

/** By type; one that says "other" or "unknown", one that we have no kind for, or none at all leaves it to the name. */
export function kindOf(type: number | null, description: string | null): SupplyKind {
  return KINDS[type ?? 0] ?? kindOfName(description ?? '') ?? 'other'
}

const NO_COLOR: ReadonlySet<string> = new Set(['other', 'unknown', 'none'])

/** The colorant that a supply's prtMarkerSuppliesColorantIndex points to, in our words; null where it is no colour. */
export function colorOf(tables: Tables, device: number, colorant: number | null): string | null {
  if (!colorant || colorant < 0) return null
  const color = tables.text(PRINTER_MIB.prtMarkerColorantValue, `${device}.${colorant}`, null)
  return color === null || NO_COLOR.has(color.toLowerCase()) ? null : colorOfColorant(color)
}
