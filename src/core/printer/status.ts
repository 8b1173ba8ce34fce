import { saysAsleep } from '../mib/console-words.ts'
import { HOST_RESOURCES_MIB } from '../mib/host-resources.ts'
import { enumName } from '../mib/iana-printer.ts'
import { type DetectedError, decodeDetectedErrors, HR_DEVICE_STATUS, HR_PRINTER_STATUS } from '../mib/printer-status.ts'
import { isHarmless } from '../model/harmless-alert.ts'
import { isManualTray } from '../model/manual-tray.ts'
import type { Alert, PrinterStatus, Tray } from '../model/printer.ts'
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
  /** Which of the rules decided. */
  reason: string
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
  trays: readonly Tray[],
): StatusReading {
  const printer = tables.number(HOST_RESOURCES_MIB.hrPrinterStatus, `${device}`)
  const deviceStatus = tables.number(HOST_RESOURCES_MIB.hrDeviceStatus, `${device}`)
  const detectedErrors = decodeDetectedErrors(
    tables.bytes(HOST_RESOURCES_MIB.hrPrinterDetectedErrorState, `${device}`) ?? new Uint8Array(),
  )
  const wolf = onlyManualTraysAreEmpty(trays)
  const heeded = wolf ? detectedErrors.filter((bit) => !PAPER_BITS.includes(bit)) : detectedErrors
  const has = (bits: readonly DetectedError[]) => bits.some((bit) => heeded.includes(bit))
  const decide = (): [PrinterStatus, reason: string] => {
    if (alerts.some((alert) => alert.severity === 'critical' && !isHarmless(alert, trays)))
      return ['error', 'prtAlertTable has a critical alert']
    if (has(STOPS)) return ['error', `hrPrinterDetectedErrorState has ${heeded.join(', ')}`]
    const sleepy = consoleText.find(saysAsleep)
    if (sleepy !== undefined) return ['asleep', `its display says "${sleepy}"`]
    const state = name(HR_PRINTER_STATUS, printer)
    const running = name(HR_DEVICE_STATUS, deviceStatus)
    const says = `hrPrinterStatus is ${state || 'not there'}, hrDeviceStatus ${running || 'not there'}`
    if (state === 'other' && running === 'running') return ['asleep', `${says}: standby (RFC 3805)`]
    if (running === 'down') return [state === 'warmup' ? 'warmup' : has(['offline']) ? 'offline' : 'error', says]
    if (alerts.some((alert) => alert.severity === 'warning' && !isHarmless(alert, trays)))
      return ['warning', 'prtAlertTable has a warning']
    if (has(WARNS)) return ['warning', `hrPrinterDetectedErrorState has ${heeded.join(', ')}`]
    if (state === 'idle' || state === 'printing' || state === 'warmup') return [state, says]
    return [has(['offline']) ? 'offline' : running === 'warning' ? 'warning' : 'unknown', says]
  }
  const [status, reason] = decide()
  return { status, detectedErrors, reason }
}

const PAPER_BITS: readonly DetectedError[] = ['lowPaper', 'noPaper', 'inputTrayEmpty']

/** Printers set their paper bits for an empty manual tray too, while the others are full. */
function onlyManualTraysAreEmpty(trays: readonly Tray[]): boolean {
  const empty = trays.filter(({ level }) => level.state === 'percent' && level.percent === 0)
  const others = trays.filter((tray) => !isManualTray(tray))
  const isFed = ({ level }: Tray) => level.state === 'some' || (level.percent ?? 0) > 0
  return empty.length > 0 && empty.every(isManualTray) && others.length > 0 && others.every(isFed)
}

function name(table: Readonly<Record<number, string>>, value: number | null): string {
  return value === null ? '' : enumName(table, value)
}
