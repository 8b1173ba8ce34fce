const PLACEHOLDERS = [
  'unknown',
  'none',
  'null',
  'n/a',
  'not available',
  'not set',
  'serial',
  'serialnumber',
  'serial_number',
  'default',
  'undefined',
]

/** Part numbers of toners and drums: Brother and Kyocera, HP, Xerox. */
const PART_NUMBER = /^(?:(?:TN|TK|DR|DK|BU|WT)-?\d{2,5}[A-Z]{0,4}|C[A-F]\d{3}[AXJ]C?|\d{3}R\d{5})$/i

/** Host names that makers give their devices: HP, Brother, Lexmark, Kyocera, Ricoh, Xerox, Samsung. */
const MADE_FROM_MAC = /^(?:NPI|BRN|BRW|ET|KM|RNP|XRX|SEC)[0-9A-F]{6,12}$/i

/** True for a word by which a device says that it has none. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDERS.includes(text.trim().toLowerCase()) || !/[\p{L}\p{N}]/u.test(text)
}

/** What else a device may keep where its serial number belongs. */
export interface NotSerials {
  /** The model, as it stands and cleaned. */
  models: readonly string[]
  /** Part numbers of the supplies. */
  parts: readonly string[]
  /** `aa:bb:cc:dd:ee:ff`: host names are made from its end. */
  mac: string | null
}

/** Why a text is no serial number of this device; null when it is one. */
export function findSerialFault(text: string, { models, parts, mac }: NotSerials): string | null {
  if (!isRealSerial(text)) return 'a placeholder, no serial number'
  const isIn = (list: readonly string[]) => list.some((each) => each.toLowerCase() === text.toLowerCase())
  if (isIn(models)) return 'the name of the model, no serial number'
  if (isIn(parts) || PART_NUMBER.test(text)) return 'the part number of a supply, no serial number'
  const tail = mac?.replaceAll(':', '').slice(-6)
  const isHostName = tail !== undefined && MADE_FROM_MAC.test(text) && text.toLowerCase().endsWith(tail)
  return isHostName ? 'a host name made from the MAC address, no serial number' : null
}

/** True unless a serial number is a placeholder: too short, without a digit, one character repeated, or counting up. */
export function isRealSerial(text: string): boolean {
  if (text.length < 4 || text.length > 64) return false
  const core = text.replace(/[\s\-_./:]/g, '').toLowerCase()
  if (core.length < 4 || !/[0-9]/.test(core) || /^(.)\1*$/.test(core)) return false
  return !'01234567890123456789'.includes(core) && !/^1234567890*$/.test(core) && !/^x+\d?$/.test(core)
}
