/** What a supply's description says beside its name. */
export interface SupplyName {
  name: string
  part_number?: string
  serial?: string
}

const SERIAL = /[,;]?\s*\bS\/?N(?::\s*|\s+|(?=[A-Z0-9]*\d)|(?=unknown|none|n\/a|$))([A-Z0-9/-]{3,40})?/i
const LABELLED_PART = /[,;]?\s*\bP\/?N(?::\s*|\s+)([A-Z0-9][A-Z0-9/-]{2,39})/i
/** Capital letters and digits at the end: "HP CF300A", "T9441/T9451", "SJIC35P-BK", "TK-1162". */
const TRAILING_PART =
  /(?:^|\s)(?:HP\s+)?((?=[A-Z0-9/-]*\d{2})(?=[0-9-]*[A-Z])[A-Z0-9]{1,6}-?[A-Z0-9]{2,}(?:[/-][A-Z0-9]{1,8})*)$/

/**
 * Splits "Black Cartridge HP CF300A;SN1234567" into name, part number and the cartridge's serial number. What is no
 * clear part number stays in the name; a name that is nothing but its part number stays as well.
 */
export function splitSupplyName(description: string): SupplyName {
  let name = description
  const serial = SERIAL.exec(name)
  if (serial) name = name.replace(serial[0], '').trim()
  const labelled = LABELLED_PART.exec(name)
  if (labelled) name = name.replace(labelled[0], '').trim()
  const trailing = labelled ? null : TRAILING_PART.exec(name)
  if (trailing && trailing.index > 0) name = name.slice(0, trailing.index).trim()
  const part = labelled ? labelled[1] : trailing?.[1]
  const isKnown = part !== undefined && /\d/.test(part)
  const isReal = serial?.[1] && /\d/.test(serial[1])
  return {
    name: name || description,
    ...(isKnown && { part_number: part }),
    ...(isReal && { serial: serial?.[1] as string }),
  }
}
