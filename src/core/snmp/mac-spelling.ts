/** A way in which MAC addresses stand in octet strings. */
export type MacSpelling = (mac: string) => string

const groups = (mac: string, size: number) => mac.match(new RegExp(`.{${size}}`, 'g')) as string[]
const LOWER: MacSpelling[] = [
  (mac) => mac,
  (mac) => groups(mac, 2).join(':'),
  (mac) => groups(mac, 2).join('-'),
  (mac) => groups(mac, 2).join(' '),
  (mac) => groups(mac, 4).join('.'),
]

/**
 * Spellings of a MAC address given as twelve lower-case hex digits: its six bytes (one character each), and as text
 * with every usual separator, in either case.
 */
export const MAC_SPELLINGS: readonly MacSpelling[] = [
  (mac) => Buffer.from(mac, 'hex').toString('latin1'),
  ...LOWER,
  ...LOWER.map(
    (spell): MacSpelling =>
      (mac) =>
        spell(mac).toUpperCase(),
  ),
]
