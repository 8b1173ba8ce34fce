import { parseMacText } from '../../mib/mac-address.ts'
import { isRealSerial } from '../../printer/serial.ts'

/** What a printer shows of itself, and where. Known printers and readings both have it. */
export interface Shown {
  readonly address: string
  readonly port: number
  readonly printer_index: number
  readonly manufacturer: string | null
  readonly model: string | null
  readonly serial: string | null
  readonly mac_address: string | null
  readonly device_id: string | null
}

/** Ways to find a printer again, the surest first. */
export const IDENTITY_KINDS = ['serial', 'mac', 'device_id', 'address'] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]

/** What a printer is looked up by; null for what it does not show, or shows only as a placeholder. */
export function identityKeys(shown: Shown): Record<IdentityKind, string | null> {
  const serial = serialOf(shown)
  const mac = macOf(shown)
  const device_id = shown.device_id?.trim() || null
  return {
    // the maker is held against it later: some printers tell theirs in one reading and not in the next
    serial,
    mac,
    device_id: device_id === null || !isRealSerial(device_id) ? null : device_id,
    address: `${shown.address} ${shown.port} ${shown.printer_index}`,
  }
}

/**
 * Which of the printers that share a key with a reading it is of: by maker and serial number, else by MAC address, else by
 * device id, else by address, each only where nothing speaks against it. Of several the first counts.
 *
 * @param candidates by the key that they share
 */
export function identifyKnown<P extends Shown>(
  shown: Shown,
  candidates: Readonly<Record<IdentityKind, readonly P[]>>,
): P | null {
  for (const kind of IDENTITY_KINDS) {
    const found = candidates[kind].find((known) => !speaksAgainst(kind, shown, known))
    if (found) return found
  }
  return null
}

function speaksAgainst(kind: IdentityKind, shown: Shown, known: Shown): boolean {
  const hasOtherMaker = differ(wordOf(shown.manufacturer), wordOf(known.manufacturer))
  // One number of two makers; but at the same place, or behind the same network card, the maker was misread before.
  if (kind === 'serial') return hasOtherMaker && !isSamePlace(shown, known) && !isSameMac(shown, known)
  if (hasOtherMaker || differ(serialOf(shown), serialOf(known))) return true
  // A network card may be another one, or sit in another printer: the serial number decides.
  if (kind === 'mac') return false
  return differ(macOf(shown), macOf(known)) || differ(wordOf(shown.model), wordOf(known.model))
}

const isSamePlace = (one: Shown, other: Shown) =>
  one.address === other.address && one.port === other.port && one.printer_index === other.printer_index

const isSameMac = (one: Shown, other: Shown) => macOf(one) !== null && macOf(one) === macOf(other)

/** True when nothing but its address says which printer it is. */
export function isNameless(shown: Shown): boolean {
  const keys = identityKeys(shown)
  return keys.serial === null && keys.mac === null && keys.device_id === null
}

/** True when what both show is nowhere different. */
export function mayBeSame(one: Shown, other: Shown): boolean {
  return !speaksAgainst('address', one, other)
}

function serialOf({ serial }: Shown): string | null {
  const text = serial?.trim() ?? ''
  return isRealSerial(text) ? text : null
}

/** Printers behind one network card are told apart by their index. */
function macOf({ mac_address, printer_index }: Shown): string | null {
  const mac = parseMacText(mac_address ?? '')
  return mac === null ? null : `${mac}#${printer_index}`
}

const wordOf = (text: string | null) => text?.trim().toLowerCase() || null
const differ = (one: string | null, other: string | null) => one !== null && other !== null && one !== other
