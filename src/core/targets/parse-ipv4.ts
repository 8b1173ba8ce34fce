import { IPV4_SPACE, joinOctets, parseAddress } from './address.ts'
import type { Span, TargetRange } from './target-range.ts'

/** What is wrong with a target text; `parseTarget` puts text and place in front. */
export interface Refusal {
  readonly refused: string
}

interface Octet {
  readonly asked: Span
  readonly covered: Span
}

/** More separate pieces than this in one target would cost memory for nothing: `*.*.*.5` is 16,777,216 of them. */
const MOST_PIECES = 65_536

/**
 * `a.b.c.d/n`, host bits allowed. Up to /30 the network and the broadcast address are covered but not asked: no host has
 * them; /31 (RFC 3021) and /32 are taken whole.
 */
export function parseIpv4Prefix(text: string): TargetRange | Refusal {
  const [start = '', bits = '', ...more] = text.split('/')
  const address = parseAddress(start)
  if (address === null || more.length > 0) return { refused: refuseOctets(start) ?? 'write a network as 10.0.0.0/24' }
  if (!/^\d{1,2}$/.test(bits) || Number(bits) > 32) return { refused: 'the prefix length goes from /0 to /32' }
  const size = 2 ** (32 - Number(bits))
  const first = address.value - (address.value % size)
  const last = first + size - 1
  const edge = size > 2 ? 1 : 0
  return {
    text,
    space: IPV4_SPACE,
    asked: [{ from: first + edge, to: last - edge, unit: 1 }],
    covered: [{ from: first, to: last, unit: 1 }],
  }
}

/** `a.b.c.d-e.f.g.h`; a shorter end gives the last octets: `10.0.1.10-2.20` ends at 10.0.2.20. Taken as written. */
export function parseIpv4Range(text: string): TargetRange | Refusal {
  const [start = '', end = '', ...more] = text.split('-')
  const wrong = refuseOctets(start) ?? refuseOctets(end)
  if (wrong !== null || more.length > 0) return { refused: wrong ?? 'a range has one start and one end' }
  const head = start.split('.').map(Number)
  const tail = end.split('.').map(Number)
  if (head.length !== 4 || tail.length > 4) return { refused: 'a range starts with a whole address of four octets' }
  const from = joinOctets(head)
  const to = joinOctets([...head.slice(0, 4 - tail.length), ...tail])
  if (from > to) return { refused: 'the range runs backwards; write the lower address first' }
  const spans = [{ from, to, unit: 1 }]
  return { text, space: IPV4_SPACE, asked: spans, covered: spans }
}

/**
 * Four octets, each a number, `m-n`, or a wildcard (`x` or `*`). A wildcard stands for 0 to 255, in the last octet for
 * the hosts 1 to 254 (0 and 255 are covered but not asked).
 */
export function parseIpv4Pattern(text: string): TargetRange | Refusal {
  const parts = text.split('.')
  if (parts.length !== 4) return { refused: `an IPv4 address has four octets, this has ${parts.length}` }
  const asked: Span[] = []
  const covered: Span[] = []
  for (const [i, part] of parts.entries()) {
    const octet = parseOctet(part, i)
    if ('refused' in octet) return octet
    asked.push(octet.asked)
    covered.push(octet.covered)
  }
  const pieces = asked.slice(0, -1).reduce((product, { from, to }) => product * (to - from + 1), 1)
  const full = asked.at(-1)?.from === 0 && asked.at(-1)?.to === 255
  if (pieces > MOST_PIECES) {
    return {
      refused: `it falls into ${pieces} separate pieces; ${full ? 'write it as a network' : 'name fewer networks'}`,
    }
  }
  return { text, space: IPV4_SPACE, asked, covered }
}

function parseOctet(part: string, index: number): Octet | Refusal {
  const unit = 256 ** (3 - index)
  if (/^[x*]$/i.test(part)) {
    const covered = { from: 0, to: 255, unit }
    return { covered, asked: index === 3 ? { from: 1, to: 254, unit } : covered }
  }
  const [low = '', high = low, ...more] = part.split('-')
  const wrong = refuseOctets(low) ?? refuseOctets(high)
  if (wrong !== null || more.length > 0) return { refused: wrong ?? 'an octet has one range at most' }
  if (Number(low) > Number(high)) return { refused: `the range ${part} runs backwards; write the lower number first` }
  const span = { from: Number(low), to: Number(high), unit }
  return { asked: span, covered: span }
}

/** Why one of the octets between the dots is none; null when all are good. */
function refuseOctets(text: string): string | null {
  for (const octet of text.split('.')) {
    if (octet === '') return 'an octet is empty'
    if (!/^\d+$/.test(octet)) return 'an octet is a number from 0 to 255, a range such as 10-20, or x'
    if (octet.length > 1 && octet.startsWith('0'))
      return 'an octet has no leading zeros (some systems read it as octal)'
    if (octet.length > 3 || Number(octet) > 255) return 'an octet goes from 0 to 255'
  }
  return null
}
