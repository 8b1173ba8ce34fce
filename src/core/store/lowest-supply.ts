import type { WireSupply } from '../protocol/devices.ts'

/**
 * The lowest level of a printer's supplies in whole percent, rounded down; null when none is known as a number. "Some" and
 * "low" are no numbers, and a number outside 0 to 100 is no level.
 */
export function findLowestSupply(supplies: readonly WireSupply[] | null | undefined): number | null {
  let lowest: number | null = null
  for (const { level } of supplies ?? []) {
    if (level?.state !== 'percent') continue
    const { percent } = level
    if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) continue
    if (lowest === null || percent < lowest) lowest = percent
  }
  return lowest === null ? null : Math.floor(lowest)
}
