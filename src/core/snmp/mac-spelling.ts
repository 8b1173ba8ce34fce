/** A way in which MAC addresses stand in octet strings. */
export type MacSpelling = (mac: string) => string

const groups = (mac: string, size: number) => mac.match(new RegExp(`.{${size}}`, 'g')) as string[]
const dropZeros = (mac: string) => groups(mac, 2).map((byte) => byte.replace(/^0/, ''))
const LOWER: MacSpelling[] = [
  (mac) => mac,
  (mac) => groups(mac, 2).join(':'),
  (mac) => groups(mac, 2).join('-'),
  (mac) => groups(mac, 2).join(' '),
  (mac) => groups(mac, 4).join('.'),
  // Some agents write each byte without its leading zero.
  (mac) => dropZeros(mac).join(' '),
  (mac) => dropZeros(mac).join(':'),
]

/**
 * A MAC address (twelve lower-case hex digits) as bytes, one character each: its six, and the eight that end its
 * link-local IPv6 address (RFC 4291 appendix A).
 */
export const MAC_BYTE_SPELLINGS: readonly MacSpelling[] = [
  (mac) => Buffer.from(mac, 'hex').toString('latin1'),
  (mac) => {
    const first = (Number.parseInt(mac.slice(0, 2), 16) ^ 2).toString(16).padStart(2, '0')
    return Buffer.from(`${first}${mac.slice(2, 6)}fffe${mac.slice(6)}`, 'hex').toString('latin1')
  },
]

/** The same as text, with every usual separator, in either case. */
export const MAC_TEXT_SPELLINGS: readonly MacSpelling[] = [
  ...LOWER,
  ...LOWER.map(
    (spell): MacSpelling =>
      (mac) =>
        spell(mac).toUpperCase(),
  ),
]

export const MAC_SPELLINGS: readonly MacSpelling[] = [...MAC_BYTE_SPELLINGS, ...MAC_TEXT_SPELLINGS]

/** What printers put before the last six hex digits of their MAC address to make up a host name. */
export const MAC_TAIL_PREFIXES: readonly string[] = ['npi', 'hp', 'epson', 'canon', 'km', 'rnp', 'sec']
