import type { Level } from '../model/printer.ts'

const PERCENT_UNIT = 19

/**
 * How full something is, from a maximum and a level of the Printer-MIB (RFC 3805, prtMarkerSuppliesLevel and
 * prtInputCurrentLevel): -1 no limit, -2 unknown, -3 at least something. A level above its maximum is full. A level
 * without a maximum says nothing, unless its unit is per cent.
 */
export function levelOf(maximum: number | null, level: number | null, unit: number | null): Level {
  if (level === -3) return { state: 'some' }
  if (level === -1) return { state: 'unlimited' }
  if (level === null || level < 0) return { state: 'unknown' }
  if (maximum !== null && maximum > 0) {
    return { state: 'percent', percent: Math.min(100, Math.round((100 * level) / maximum)) }
  }
  return unit === PERCENT_UNIT && level <= 100 ? { state: 'percent', percent: level } : { state: 'unknown' }
}

/** The number itself where it is one; the Printer-MIB's negative codes are no quantities. */
export function quantityOf(value: number | null): number | null {
  return value !== null && value >= 0 ? value : null
}
