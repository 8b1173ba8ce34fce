import type { Level, Supply } from '../../model/printer.ts'
import { hasRisen } from '../../model/supply-refill.ts'

/** What of a supply says that it was replaced. */
export type SupplyMark = Pick<Supply, 'index' | 'kind' | 'color' | 'name' | 'level' | 'serial' | 'part_number'>

export interface SupplyReplaced {
  readonly supply: SupplyMark
  readonly from: string
  readonly to: string
}

/**
 * Supplies that were replaced between two readings of one printer. A supply is the same by its index, kind and colour. It was
 * replaced when the cartridge's own serial number is another one, or when its level rose by 20 points or more to 80 % or
 * more. A waste box counts free space: its level rises when it is emptied or replaced. Levels that are words tell nothing:
 * "some" after "low" may be a shaken cartridge.
 */
export function findReplacedSupplies(before: readonly SupplyMark[], after: readonly SupplyMark[]): SupplyReplaced[] {
  return after.flatMap((supply) => {
    const old = before.find(
      ({ index, kind, color }) => index === supply.index && kind === supply.kind && color === supply.color,
    )
    if (old === undefined) return []
    const hasOtherSerial = old.serial !== undefined && supply.serial !== undefined && old.serial !== supply.serial
    if (!hasOtherSerial && !isRefilled(old.level, supply.level)) return []
    return [{ supply, from: wordLevel(old.level), to: wordLevel(supply.level) }]
  })
}

/** The part of a supply that is kept for the next comparison. */
export function markSupply({ index, kind, color, name, level, serial, part_number }: Supply): SupplyMark {
  const { state, percent } = level
  return {
    index,
    kind,
    color,
    name,
    level: percent === undefined ? { state } : { state, percent },
    ...(serial !== undefined && { serial }),
    ...(part_number !== undefined && { part_number }),
  }
}

const isRefilled = (from: Level, to: Level) =>
  from.percent !== undefined && to.percent !== undefined && hasRisen(from.percent, to.percent)

const wordLevel = ({ state, percent }: Level) => (percent === undefined ? state : `${percent}%`)
