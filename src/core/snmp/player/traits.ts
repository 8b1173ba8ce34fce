import { MAC_SPELLINGS } from '../mac-spelling.ts'
import { isWithin } from '../oid.ts'
import type { Recording } from '../recording.ts'

/** Where in a recording the device shows which one it is. */
export interface Traits {
  readonly serials: readonly string[]
  /** Twelve lower-case hex digits each. */
  readonly macs: readonly string[]
  /** Octet strings in which a serial or a MAC address stands, in any spelling. */
  readonly identityOids: readonly string[]
  /** sysName, unless it is empty. */
  readonly nameOid: string | undefined
  /** prtMarkerLifeCount of every marker of every printer, and counters elsewhere that say the same as one. */
  readonly pageCountOids: readonly string[]
}

const SYS_NAME = '1.3.6.1.2.1.1.5.0'
const IF_PHYS_ADDRESS = '1.3.6.1.2.1.2.2.1.6'
const SERIAL_NUMBER = '1.3.6.1.2.1.43.5.1.1.17'
const MARKER_LIFE_COUNT = '1.3.6.1.2.1.43.10.2.1.4'
/** Below it, that two numbers are equal says little. */
const LEAST_TELLING_COUNT = 1000

const known = new WeakMap<Recording, Traits>()

/** Looks a recording through once, however many devices play it. */
export function findTraits(recording: Recording): Traits {
  const before = known.get(recording)
  if (before) return before
  const traits = lookThrough(recording)
  known.set(recording, traits)
  return traits
}

function lookThrough(recording: Recording): Traits {
  const serials = new Set<string>()
  const macs = new Set<string>()
  const pageCounts = new Set<number>()
  for (const [oid, value] of recording.values) {
    if (value.type === 'octets') {
      const text = Buffer.from(value.value).toString('latin1')
      if (isWithin(oid, SERIAL_NUMBER) && isTellingSerial(text.trim())) serials.add(text.trim())
      if (isWithin(oid, IF_PHYS_ADDRESS) && text.length === 6 && /[^\0]/.test(text)) {
        macs.add(Buffer.from(value.value).toString('hex'))
      }
    } else if (isWithin(oid, MARKER_LIFE_COUNT) && 'value' in value) {
      pageCounts.add(Number(value.value))
    }
  }
  const spelled = [...serials, ...[...macs].flatMap((mac) => MAC_SPELLINGS.map((spell) => spell(mac)))]
  const identityOids: string[] = []
  const pageCountOids: string[] = []
  for (const [oid, value] of recording.values) {
    if (value.type === 'octets') {
      const text = Buffer.from(value.value).toString('latin1')
      if (spelled.some((form) => text.includes(form))) identityOids.push(oid)
    } else if (value.type === 'counter32' || value.type === 'integer' || value.type === 'gauge32') {
      const isSame = value.value >= LEAST_TELLING_COUNT && pageCounts.has(value.value)
      // Below zero stands "unknown" (RFC 3805).
      if (isSame || (isWithin(oid, MARKER_LIFE_COUNT) && value.value >= 0)) pageCountOids.push(oid)
    }
  }
  const name = recording.values.get(SYS_NAME)
  const nameOid = name?.type === 'octets' && name.value.length > 0 ? SYS_NAME : undefined
  return { serials: [...serials], macs: [...macs], identityOids, nameOid, pageCountOids }
}

/** Not a placeholder: "0000000000", "XXXXXXXXXX" and "<private>" tell no printer from another. */
function isTellingSerial(text: string): boolean {
  return /^[\x20-\x7e]{4,64}$/.test(text) && /\d/.test(text) && new Set(text).size > 1 && !/^[<(]/.test(text)
}
