import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** One address as `space` and number, in the form of `Interval`. */
export interface Address {
  readonly space: string
  readonly value: number
}

export const IPV4_SPACE = '4'

/** RFC 4007 section 11.2 leaves the zone to the system: interface names and numbers. */
const ZONE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/

/** An IPv4 address in four decimal octets, or an IPv6 address with an optional zone (no brackets); else null. */
export function parseAddress(text: string): Address | null {
  if (text.length > 80) return null
  if (isIPv4(text)) return { space: IPV4_SPACE, value: joinOctets(text.split('.').map(Number)) }
  const [plain = '', zone, ...more] = text.split('%')
  if (more.length > 0 || !isIPv6(plain)) return null
  if (zone !== undefined && !ZONE.test(zone)) return null
  const groups = ipaddr.IPv6.parse(plain).parts
  // An IPv4-mapped address (RFC 4291 section 2.5.5.2) is the same printer as the IPv4 address.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return { space: IPV4_SPACE, value: (groups[6] as number) * 0x10000 + (groups[7] as number) }
  }
  const space = `6 ${groups.slice(0, 7).join(':')}${zone === undefined ? '' : `%${zone}`}`
  return { space, value: groups[7] as number }
}

/** The canonical text: four octets, or IPv6 compressed in lower case (RFC 5952) with its zone. */
export function formatAddress(space: string, value: number): string {
  if (space === IPV4_SPACE) return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
  const [groups = '', zone] = space.slice(2).split('%')
  const text = new ipaddr.IPv6([...groups.split(':').map(Number), value]).toRFC5952String()
  return zone === undefined ? text : `${text}%${zone}`
}

/** Four octets as an unsigned 32-bit number. */
export function joinOctets(octets: readonly number[]): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0)
}
