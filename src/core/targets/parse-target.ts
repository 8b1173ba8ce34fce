import { PrintMasterError } from '../model/error.ts'
import { isHostName } from './host-name.ts'
import { parseIpv4Pattern, parseIpv4Prefix, parseIpv4Range, type Refusal } from './parse-ipv4.ts'
import { parseIpv6 } from './parse-ipv6.ts'
import { quoteText } from './quote-text.ts'
import type { TargetRange } from './target-range.ts'

/** Longest target in characters; a host name has at most 253. */
const LONGEST = 300

/**
 * One target of addresses: `10.0.0.5`, `10.0.0.0/24` (network and broadcast address are not asked), `10.0.0.5-10.0.1.9`,
 * `10.0.0.10-20`, `10.0.1.10-2.20` (the end gives the last octets), `10.0.0.x`, `*` or `m-n` in any octet, `fe80::1%eth0`,
 * `[2001:db8::1]`, `2001:db8::/120` (up to a /112). `where` says in the message where the text stands, for example
 * `printers.txt:3`.
 *
 * @throws PrintMasterError `bad_target`, for host names too: `resolveTargets` takes those.
 */
export function parseTarget(text: string, where?: string): TargetRange {
  const range = readRange(text)
  if (!('refused' in range)) return range
  throw refuseTarget(text, range.refused, where)
}

/**
 * Checks a target that may be a host name, without looking it up.
 *
 * @throws PrintMasterError `bad_target`
 */
export function checkTarget(text: string, where?: string): void {
  if (!isHostName(text)) parseTarget(text, where)
}

/** The parts of a list of targets, separated by commas or white space. */
export function splitTargets(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '')
}

function readRange(text: string): TargetRange | Refusal {
  if (text.length > LONGEST) return { refused: `it is longer than ${LONGEST} characters` }
  if (text.includes(':') || text.startsWith('[')) return parseIpv6(text)
  if (isHostName(text)) return { refused: 'a host name cannot stand here; write its address' }
  if (!/^[\d.x*/-]+$/i.test(text)) {
    return { refused: 'write an address, a range (10.0.0.10-20), a network (10.0.0.0/24) or a host name' }
  }
  if (text.includes('/')) return parseIpv4Prefix(text)
  const dashes = text.split('-').length - 1
  return dashes === 1 && text.split('.').length > 4 ? parseIpv4Range(text) : parseIpv4Pattern(text)
}

function refuseTarget(text: string, reason: string, where: string | undefined): PrintMasterError {
  return new PrintMasterError(
    'bad_target',
    `${where === undefined ? '' : `${where}: `}${quoteText(text)} is not a target: ${reason}`,
  )
}
