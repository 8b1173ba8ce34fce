/**
 * A hardware address as `aa:bb:cc:dd:ee:ff`. Null for anything but six bytes, for all zeros and all ones, and for group
 * addresses (low bit of the first byte), which no interface owns. Locally administered addresses are real ones.
 */
export function formatMac(bytes: Uint8Array): string | null {
  if (bytes.length !== 6 || ((bytes[0] as number) & 1) === 1 || bytes.every((byte) => byte === 0)) return null
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
}

const NOTATIONS = [
  /^[0-9a-f]{12}$/,
  /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/,
  /^[0-9a-f]{1,2}(-[0-9a-f]{1,2}){5}$/,
  /^[0-9a-f]{2}( [0-9a-f]{2}){5}$/,
  /^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/,
]

/**
 * The same for an address that an agent gives as text: twelve hexadecimal digits, six groups with colons, hyphens or
 * spaces (a colon or hyphen notation may drop leading zeros), or three groups of four with dots.
 */
export function parseMacText(text: string): string | null {
  const address = text.length > 40 ? '' : text.trim().toLowerCase()
  if (!NOTATIONS.some((notation) => notation.test(address))) return null
  const digits = address
    .split(/[:\- .]/)
    .map((group) => group.padStart(2, '0'))
    .join('')
  return formatMac(Uint8Array.from({ length: 6 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)))
}
