import { isAboutManualTray } from './manual-tray.ts'
import type { Alert, Tray } from './printer.ts'

/**
 * Codes of prtAlertTable that tell of an event or of a state that is as it should be. A fuser under its temperature is one
 * that rests or warms up; where it is a fault the printer says critical.
 */
const EVENTS: ReadonlySet<string> = new Set([
  'coverClosed',
  'interlockClosed',
  'configurationChange',
  'doorClosed',
  'powerUp',
  'powerDown',
  'printerNMSReset',
  'printerManualReset',
  'printerReadyToPrint',
  'markerFuserUnderTemperature',
  'markerAdjustingPrintQuality',
])

/** True for an alert that asks nothing of anyone, so that the printer is no worse for it. */
export function isHarmless(
  alert: Pick<Alert, 'severity' | 'group' | 'group_index' | 'code'>,
  trays: readonly Tray[],
): boolean {
  return isAboutManualTray(alert, trays) || (alert.severity !== 'critical' && EVENTS.has(alert.code))
}
