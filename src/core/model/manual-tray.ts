import type { Alert, Tray } from './printer.ts'

/**
 * True for a tray that is fed by hand: empty is how it should be, so it never makes a printer critical. By prtInputType,
 * and by name where the type does not tell: many multi-purpose trays call themselves removable.
 */
export function isManualTray({ type, name }: Pick<Tray, 'type' | 'name'>): boolean {
  return type === 'sheetFeedManual' || /manual|bypass|multi-?\s?purpose|\bmp\b/i.test(name ?? '')
}

const MEDIA_CODES = ['subunitAlmostEmpty', 'subunitEmpty', 'inputMediaSupplyLow', 'inputMediaSupplyEmpty']

/** True for an alert that only says that a tray fed by hand is empty, or nearly so. */
export function isAboutManualTray(
  alert: Pick<Alert, 'group' | 'group_index' | 'code'>,
  trays: readonly Tray[],
): boolean {
  const tray = alert.group === 'input' ? trays.find(({ index }) => index === alert.group_index) : undefined
  return tray !== undefined && isManualTray(tray) && MEDIA_CODES.includes(alert.code)
}
