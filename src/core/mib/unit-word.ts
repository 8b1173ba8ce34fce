import type { EnumTable } from './iana-printer.ts'

/**
 * Units as they stand in our JSON. PrtMarkerSuppliesSupplyUnitTC, PrtCapacityUnitTC, PrtMarkerCounterUnitTC and
 * PrtMediaUnitTC (RFC 3805) share one numbering, so one table serves them all.
 */
export const UNIT_WORDS = {
  1: 'other',
  2: 'unknown',
  3: 'ten_thousandths_of_inches',
  4: 'micrometers',
  5: 'characters',
  6: 'lines',
  7: 'impressions',
  8: 'sheets',
  9: 'dot_rows',
  11: 'hours',
  12: 'thousandths_of_ounces',
  13: 'tenths_of_grams',
  14: 'hundredths_of_fluid_ounces',
  15: 'tenths_of_milliliters',
  16: 'feet',
  17: 'meters',
  18: 'items',
  19: 'percent',
} as const satisfies EnumTable

export type UnitWord = (typeof UNIT_WORDS)[keyof typeof UNIT_WORDS]

/** The word for a unit number; `unknown` for a number that no convention has. */
export function unitWord(unit: number): UnitWord {
  return Object.hasOwn(UNIT_WORDS, unit) ? UNIT_WORDS[unit as keyof typeof UNIT_WORDS] : 'unknown'
}
