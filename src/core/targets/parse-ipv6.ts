import { parseAddress } from './address.ts'
import type { Refusal } from './parse-ipv4.ts'
import type { TargetRange } from './target-range.ts'

/** 65,536 addresses: a larger IPv6 network cannot be asked address by address. */
const SHORTEST_PREFIX = 112

/**
 * An IPv6 address or prefix, with zone (`fe80::1%eth0`) and brackets allowed. All addresses of a prefix are taken: IPv6
 * knows no broadcast address.
 */
export function parseIpv6(text: string): TargetRange | Refusal {
  const match = /^(\[?)([^[\]/]+)(\]?)(?:\/(\d{1,3}))?$/.exec(text)
  if (match === null || (match[1] === '') !== (match[3] === '')) {
    return {
      refused: 'write an IPv6 address as fe80::1 or [fe80::1], a network as 2001:db8::/120; the port goes to --port',
    }
  }
  const [, , plain = '', , bits] = match
  const address = parseAddress(plain)
  if (address === null) {
    const hasPort = /^[\w.-]+:\d{1,5}$/.test(text)
    return { refused: hasPort ? 'the port goes to --port' : 'this is not an IPv6 address (RFC 4291)' }
  }
  const length = bits === undefined ? 128 : Number(bits)
  if (length > 128) return { refused: 'the prefix length of IPv6 goes up to /128' }
  if (length < SHORTEST_PREFIX) {
    return { refused: `an IPv6 network may be no larger than a /${SHORTEST_PREFIX} (65,536 addresses)` }
  }
  const size = 2 ** (128 - length)
  const from = address.value - (address.value % size)
  const spans = [{ from, to: from + size - 1, unit: 1 }]
  return { text, space: address.space, asked: spans, covered: spans }
}
