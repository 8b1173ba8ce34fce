import type { EnumTable } from './iana-printer.ts'

/** hrPrinterStatus (RFC 2790). A sleeping printer reports other(1). */
export const HR_PRINTER_STATUS = {
  1: 'other',
  2: 'unknown',
  3: 'idle',
  4: 'printing',
  5: 'warmup',
} as const satisfies EnumTable

/** hrDeviceStatus (RFC 2790). */
export const HR_DEVICE_STATUS = {
  1: 'unknown',
  2: 'running',
  3: 'warning',
  4: 'testing',
  5: 'down',
} as const satisfies EnumTable

/** ifOperStatus (RFC 2863). */
export const IF_OPER_STATUS = {
  1: 'up',
  2: 'down',
  3: 'testing',
  4: 'unknown',
  5: 'dormant',
  6: 'notPresent',
  7: 'lowerLayerDown',
} as const satisfies EnumTable

/** Bits of hrPrinterDetectedErrorState, bit 0 first (RFC 2790). */
export const DETECTED_ERRORS = [
  'lowPaper',
  'noPaper',
  'lowToner',
  'noToner',
  'doorOpen',
  'jammed',
  'offline',
  'serviceRequested',
  'inputTrayMissing',
  'outputTrayMissing',
  'markerSupplyMissing',
  'outputNearFull',
  'outputFull',
  'inputTrayEmpty',
  'overduePreventMaint',
] as const
export type DetectedError = (typeof DETECTED_ERRORS)[number]

/**
 * The conditions set in hrPrinterDetectedErrorState, in bit order. Bit 0 is the most significant bit of the first byte.
 * Agents of RFC 1514 send one byte and some send none; bits behind the fifteenth have no meaning and are ignored.
 */
export function decodeDetectedErrors(bytes: Uint8Array): DetectedError[] {
  return DETECTED_ERRORS.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0)
}

export interface SubUnitStatus {
  availability: 'idle' | 'standby' | 'active' | 'busy' | 'onRequest' | 'broken' | 'unknown'
  nonCriticalAlerts: boolean
  criticalAlerts: boolean
  onLine: boolean
  /** On its way to the state it is meant to be in. */
  transitioning: boolean
}

const AVAILABILITY = ['idle', 'onRequest', 'standby', 'broken', 'active', 'unknown', 'busy', 'unknown'] as const

/** PrtSubUnitStatusTC (RFC 3805): a sum of five values; null outside 0..126. */
export function decodeSubUnitStatus(value: number): SubUnitStatus | null {
  if (!Number.isInteger(value) || value < 0 || value > 126) return null
  return {
    availability: AVAILABILITY[value & 7] as SubUnitStatus['availability'],
    nonCriticalAlerts: (value & 8) !== 0,
    criticalAlerts: (value & 16) !== 0,
    onLine: (value & 32) === 0,
    transitioning: (value & 64) !== 0,
  }
}
