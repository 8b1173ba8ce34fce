import { cleanText } from '../../output/clean-text.ts'
import type { Device } from '../../protocol/devices.ts'

/** What people find the printer by: `HP LaserJet M404dn "front desk" (10.1.2.3)`. */
export function nameDevice(
  device: Pick<Device, 'manufacturer' | 'model' | 'hostname' | 'location' | 'ip' | 'serial'>,
): string {
  const maker = cleanText(device.manufacturer ?? '')
  const model = cleanText(device.model ?? '')
  const isRepeated = model.toLowerCase().startsWith(maker.toLowerCase())
  const name = (model === '' ? maker : isRepeated ? model : `${maker} ${model}`) || 'printer'
  const place = cleanText(device.location ?? '') || cleanText(device.hostname ?? '')
  const address = cleanText(device.ip ?? '') || cleanText(device.serial ?? '')
  return [name, place && `"${place}"`, address && `(${address})`].filter(Boolean).join(' ')
}
