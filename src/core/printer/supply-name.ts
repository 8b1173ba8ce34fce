import { remember } from '../model/remember.ts'

/** What a supply's description says beside its name. */
export interface SupplyName {
  name: string
  part_number?: string
  serial?: string
}

const SERIAL = /[,;]?\s?\b(S\/?N)(\s?:\s?|\s)?([A-Z0-9/-]{0,40})/gi
const NO_SERIAL = /^(?:unknown|none|n\/a|0+|-+)?$/i
const LABELLED_PART = /[,;]?\s?\bP\/?N(?::\s*|\s+)([A-Z0-9][A-Z0-9/-]{2,39})/i
/** Capital letters and digits at the end: "HP CF300A", "T9441/T9451", "SJIC35P-BK", "TK-1162". */
const TRAILING_PART =
  /(?:^|\s)(?:HP\s+)?((?=[A-Z0-9/-]*\d{2})(?=[0-9-]*[A-Z])[A-Z0-9]{1,6}-?[A-Z0-9]{2,}(?:[/-][A-Z0-9]{1,8})*)$/
/** The same in brackets: "(CE410A)", "[TN-328K]". */
const BRACKETED_PART =
  /\s?(?:\((?=[^()]{4,40}\)$)|\[(?=[^[\]]{4,40}\]$))((?=[A-Z0-9/-]*\d{2})(?=[0-9-]*[A-Z])[A-Z0-9]{1,6}-?[A-Z0-9]{2,}(?:[/-][A-Z0-9]{1,8})*)[)\]]$/
/** Voltage, yield, weight or size: "110V", "220-240V", "300K". */
const RATING = /^\d+(?:[-/]\d+)?(?:V|VAC|W|HZ|K|KP|P|PGS|PAGES|ML|L|G|KG|MM|CM|DPI|PPM)$/

/**
 * Splits "Black Cartridge HP CF300A;SN1234567" into name, part number and the cartridge's serial number. What is no
 * clear part number stays in the name; a name that is nothing but its part number stays as well.
 */
export const splitSupplyName = remember((description): SupplyName => {
  const { name: unserialled, serial } = splitSerial(description)
  let name = unserialled
  const labelled = LABELLED_PART.exec(name)
  if (labelled) name = name.replace(labelled[0], '').trim()
  const trailing = labelled ? null : (BRACKETED_PART.exec(name) ?? TRAILING_PART.exec(name))
  const isRating = trailing !== null && RATING.test(trailing[1] as string)
  if (trailing && !isRating && trailing.index > 0) name = name.slice(0, trailing.index).trim()
  const part = labelled ? labelled[1] : isRating ? undefined : trailing?.[1]
  return {
    name: name || description,
    ...(part !== undefined && /\d/.test(part) && { part_number: part }),
    ...(serial !== null && { serial }),
  }
})

/** Takes out "S/N: 123", "SN123", "SNunknown"; what only begins like it ("SNOW WHITE", "SN5") stays. */
function splitSerial(description: string): { name: string; serial: string | null } {
  for (const match of description.matchAll(SERIAL)) {
    const [whole, label = '', separator = '', value = ''] = match
    const isSerial = value.length >= 3 && /\d/.test(value)
    const isLabel = label.includes('/') || separator.includes(':')
    const isAtEnd = match.index + whole.length === description.length
    if (!isSerial && !isLabel && !(NO_SERIAL.test(value) && isAtEnd)) continue
    const name = description.slice(0, match.index) + description.slice(match.index + whole.length)
    return { name: name.trim(), serial: isSerial ? value : null }
  }
  return { name: description, serial: null }
}
