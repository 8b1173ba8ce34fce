import { cleanDeviceText } from './device-text.ts'

/** An IEEE 1284 device id, read. What it does not say is null; `fields` has all keys, in upper case. */
export interface DeviceId {
  manufacturer: string | null
  model: string | null
  command_set: string[]
  class: string | null
  description: string | null
  serial: string | null
  fields: Map<string, string>
}

const MAX_CHARACTERS = 4096
const MAX_KEYS = 64

/** IEEE 1284-2000 section 7.6 names the long and the short form of each; serial numbers are the vendors' addition. */
const KEYS = {
  manufacturer: ['MFG', 'MANUFACTURER'],
  model: ['MDL', 'MODEL'],
  commandSet: ['CMD', 'COMMAND SET'],
  class: ['CLS', 'CLASS'],
  description: ['DES', 'DESCRIPTION'],
  serial: ['SN', 'SERN', 'SERIALNUMBER'],
} as const
const KNOWN_KEYS: ReadonlySet<string> = new Set(Object.values(KEYS).flat())

/**
 * Reads `KEY:value;KEY:value;`. Takes it as devices send it: with or without the two length bytes in front, without the
 * last semicolon, with spaces and line breaks anywhere, keys in any case. Of a repeated key the first value counts; text
 * behind 4,096 characters and keys behind the sixty-fourth are ignored. Never throws: no field found is an empty map.
 */
export function parseDeviceId(text: string): DeviceId {
  const fields = new Map<string, string>()
  for (const part of dropLengthPrefix(text.slice(0, MAX_CHARACTERS)).split(';')) {
    const colon = part.indexOf(':')
    const key = colon < 0 ? '' : cleanDeviceText(part.slice(0, colon)).toUpperCase()
    if (key === '' || fields.has(key)) continue
    if (fields.size === MAX_KEYS) break
    fields.set(key, cleanDeviceText(part.slice(colon + 1)))
  }
  const pick = (keys: readonly string[]) => keys.map((key) => fields.get(key)).find((value) => value) ?? null
  return {
    manufacturer: pick(KEYS.manufacturer),
    model: pick(KEYS.model),
    command_set: (pick(KEYS.commandSet) ?? '')
      .split(',')
      .map((command) => command.trim())
      .filter((command) => command !== ''),
    class: pick(KEYS.class),
    description: pick(KEYS.description),
    serial: pick(KEYS.serial),
    fields,
  }
}

/**
 * The two bytes in front are the length, high byte first (some devices: low byte first). One is then a control
 * character, but the other may look like the first letter of a key, and may be all that an earlier cleaning left.
 */
function dropLengthPrefix(text: string): string {
  if (startsWithKnownKey(text)) return text
  if (isHighByte(text.charCodeAt(0)) || isHighByte(text.charCodeAt(1))) return text.slice(2)
  return startsWithKnownKey(text.slice(1)) ? text.slice(1) : text
}

/** True for the high byte of a believable length. Tab and line ends are white space: no real id has 2,304 bytes. */
function isHighByte(code: number): boolean {
  return code <= 8
}

function startsWithKnownKey(text: string): boolean {
  const colon = text.indexOf(':')
  return colon > 0 && KNOWN_KEYS.has(cleanDeviceText(text.slice(0, colon)).toUpperCase())
}
