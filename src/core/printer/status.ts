import { saysAsleep } from '../mib/console-words.ts'
import { HOST_RESOURCES_MIB } from '../mib/host-resources.ts'
import { enumName } from '../mib/iana-printer.ts'
import { type DetectedError, decodeDetectedErrors, HR_DEVICE_STATUS, HR_PRINTER_STATUS } from '../mib/printer-status.ts'
import type { Alert, PrinterStatus } from '../model/printer.ts'
import type { Tables } from './tables.ts'

const STOPS: readonly DetectedError[] = [
  'noPaper',
  'noToner',
  'doorOpen',
  'jammed',
  'inputTrayMissing',
  'outputTrayMissing',
  'markerSupplyMissing',
  'outputFull',
]
const WARNS: readonly DetectedError[] = [
  'lowPaper',
  'lowToner',
  'outputNearFull',
  'inputTrayEmpty',
  'overduePreventMaint',
  'serviceRequested',
]

export interface StatusReading {
  status: PrinterStatus
  detectedErrors: DetectedError[]
}

/**
 * One word for how a printer is, from what stands worst: critical alerts and the error bits that stop printing, sleep,
 * warnings, then hrPrinterStatus. An asleep printer is not an error, and its warnings wait until it wakes. The table
 * of printer states in RFC 3805 gives other(1) with hrDeviceStatus running(2) for a printer in standby, and warmup(5)
 * with down(5) for one that is coming on line.
 */
export function readStatus(
  tables: Tables,
  device: number,
  alerts: readonly Alert[],
  consoleText: readonly string[],
): StatusReading {
  const printer = tables.number(HOST_RESOURCES_MIB.hrPrinterStatus, `${device}`)
  const deviceStatus = tables.number(HOST_RESOURCES_MIB.hrDeviceStatus, `${device}`)
  const detectedErrors = decodeDetectedErrors(
    tables.bytes(HOST_RESOURCES_MIB.hrPrinterDetectedErrorState, `${device}`) ?? new Uint8Array(),
  )
  const has = (bits: readonly DetectedError[]) => bits.some((bit) => detectedErrors.includes(bit))
  const status = (): PrinterStatus => {
    if (alerts.some(({ severity }) => severity === 'critical') || has(STOPS)) return 'error'
    if (consoleText.some(saysAsleep)) return 'asleep'
    const state = name(HR_PRINTER_STATUS, printer)
    if (state === 'other' && name(HR_DEVICE_STATUS, deviceStatus) === 'running') return 'asleep'
    if (name(HR_DEVICE_STATUS, deviceStatus) === 'down') {
      return state === 'warmup' ? 'warmup' : has(['offline']) ? 'offline' : 'error'
    }
    const warned = alerts.some(({ severity }) => severity === 'warning') || has(WARNS)
    if (warned) return 'warning'
    if (state === 'idle' || state === 'printing' || state === 'warmup') return state
    return has(['offline']) ? 'offline' : name(HR_DEVICE_STATUS, deviceStatus) === 'warning' ? 'warning' : 'unknown'
  }
  return { status: status(), detectedErrors }
}

function name(table: Readonly<Record<number, string>>, value: number | null): string {
  return value === null ? '' : enumName(table, value)
}
