import type { WireSupply } from '../protocol/devices.ts'

/** A supply whose level is known as a number. */
export interface SupplyLevel {
  /** prtMarkerSuppliesIndex, or its place in the list. */
  readonly supply: string
  readonly kind: string
  readonly color: string
  /** 0 to 100. */
  readonly percent: number
}

/** No printer has as many; who sends more does not get a measure for each. */
const MOST_LEVELS = 64

/** The levels of a printer's supplies that are known as a number, each supply once. */
export function readSupplyLevels(supplies: unknown): SupplyLevel[] {
  if (!Array.isArray(supplies)) return []
  const levels = new Map<string, SupplyLevel>()
  for (const [place, each] of (supplies as readonly (WireSupply | null)[]).entries()) {
    const percent = each?.level?.state === 'percent' ? each.level.percent : null
    const supply = String(each?.index ?? place + 1)
    if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100) || levels.has(supply)) continue
    levels.set(supply, { supply, kind: each?.kind ?? '', color: each?.color ?? '', percent })
    if (levels.size === MOST_LEVELS) break
  }
  return [...levels.values()]
}
