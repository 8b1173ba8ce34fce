import type { Alert, Level, Printer, Supply, Tray } from '../model/printer.ts'
import { cleanText } from './clean-text.ts'

/** `black toner`, `waste toner`, `fuser`; a supply of kind "other" goes by the name that the device gives it. */
export function nameSupply(supply: Supply): string {
  const kind = supply.kind.replaceAll('_', ' ')
  const color = supply.color === null ? '' : cleanText(supply.color).replaceAll('_', ' ')
  if (supply.kind === 'other') return cleanText(supply.name ?? '') || [color, 'supply'].filter(Boolean).join(' ')
  return [color, kind].filter(Boolean).join(' ')
}

/** `78%`, or the word where the device gives no number. */
export function wordLevel(level: Level): string {
  return level.state === 'percent' && level.percent !== undefined ? `${level.percent}%` : level.state
}

/** `black toner 78%` */
export function wordSupply(supply: Supply): string {
  return `${nameSupply(supply)} ${wordLevel(supply.level)}`
}

export function nameTray(tray: Tray): string {
  return cleanText(tray.name ?? '') || `tray ${tray.index}`
}

/** `Tray 2 (A4) 50%` */
export function wordTray(tray: Tray): string {
  const media = cleanText(tray.media ?? '')
  return `${nameTray(tray)}${media ? ` (${media})` : ''} ${wordLevel(tray.level)}`
}

/** The description that the device gives, else group and code in words. */
export function nameAlert(alert: Alert): string {
  const given = cleanText(alert.description ?? '')
  return (
    given || `${splitName(alert.group)}: ${splitName(alert.code)}${alert.part ? ` (${cleanText(alert.part)})` : ''}`
  )
}

export function isCritical(alert: Alert): boolean {
  return alert.severity === 'critical'
}

/** `critical: Paper jam` or `warning: ...` */
export function wordAlert(alert: Alert): string {
  return `${isCritical(alert) ? 'critical' : 'warning'}: ${nameAlert(alert)}`
}

/** The maker once and the model: `HP LaserJet M607`; null when the printer shows neither. */
export function namePrinter(printer: Pick<Printer, 'manufacturer' | 'model'>): string | null {
  const maker = cleanText(printer.manufacturer ?? '')
  const model = cleanText(printer.model ?? '')
  if (!model) return maker || null
  return !maker || model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${maker} ${model}`
}

/** `inputTrayEmpty` as people write it: `input tray empty`. */
export function splitName(name: string): string {
  return cleanText(name)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
}
