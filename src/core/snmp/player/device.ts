import { createHash } from 'node:crypto'
import { MAC_SPELLINGS } from '../mac-spelling.ts'
import type { Recording } from '../recording.ts'
import type { SnmpValue } from '../value.ts'
import { LiveObjects } from './objects.ts'
import { findTraits, type Traits } from './traits.ts'

const SYS_UP_TIME = '1.3.6.1.2.1.1.3.0'
const HR_SYSTEM_UP_TIME = '1.3.6.1.2.1.25.1.1.0'
/** MACs of one device differ by little; copies keep this distance. */
const MAC_STEP = 256
const MAX_EXTRA_PAGES = 50_000

/**
 * The objects of the n-th live device made of one recording. Copy 0 is the recorded device; every other has its own
 * serial, MAC address and host name wherever they stand, and its own page count. sysUpTime and hrSystemUptime run on
 * from what was recorded.
 * @param now milliseconds
 */
export function createDevice(recording: Recording, copy: number, now: () => number): LiveObjects {
  const objects = new LiveObjects(recording)
  const started = now()
  for (const oid of [SYS_UP_TIME, HR_SYSTEM_UP_TIME]) {
    const recorded = recording.values.get(oid)
    if (recorded?.type !== 'timeticks') continue
    objects.set(oid, () => ({
      type: 'timeticks',
      value: (recorded.value + Math.max(0, Math.floor((now() - started) / 10))) % 0x1_0000_0000,
    }))
  }
  if (copy > 0) personalise(objects, findTraits(recording), copy)
  return objects
}

function personalise(objects: LiveObjects, traits: Traits, copy: number): void {
  const replacements = new Map<string, string>()
  // The printers behind one server may have serials in a row.
  const step = copy * traits.serials.length
  for (const serial of traits.serials) replacements.set(serial, raiseText(serial, step))
  for (const mac of traits.macs) {
    const raised = raiseMac(mac, copy * MAC_STEP)
    for (const spell of MAC_SPELLINGS) replacements.set(spell(mac), spell(raised))
  }
  for (const oid of traits.identityOids) {
    const value = objects.get(oid)
    if (value?.type === 'octets') objects.set(oid, { type: 'octets', value: replaceAll(value.value, replacements) })
  }
  if (traits.nameOid) {
    const before = objects.recording.values.get(traits.nameOid) as SnmpValue & { type: 'octets' }
    const after = objects.get(traits.nameOid) as SnmpValue & { type: 'octets' }
    if (Buffer.compare(before.value, after.value) === 0) {
      objects.set(traits.nameOid, { type: 'octets', value: Buffer.concat([after.value, Buffer.from(`-${copy + 1}`)]) })
    }
  }
  const extra =
    createHash('sha256').update(`${objects.recording.name}/${copy}`).digest().readUInt16BE(0) % MAX_EXTRA_PAGES
  for (const oid of traits.pageCountOids) {
    const value = objects.get(oid)
    if (value && 'value' in value && typeof value.value === 'number') {
      objects.set(oid, { ...value, value: (value.value + extra + copy) % 0x8000_0000 } as SnmpValue)
    }
  }
}

/** Counts a serial up in its own letters and digits: "VD99Z" and 1 is "VE00A". */
export function raiseText(text: string, by: number): string {
  const characters = [...text]
  let carry = by
  for (let i = characters.length - 1; i >= 0 && carry > 0; i--) {
    const character = characters[i] as string
    const [base, size] = /[0-9]/.test(character)
      ? ['0', 10]
      : /[A-Z]/.test(character)
        ? ['A', 26]
        : /[a-z]/.test(character)
          ? ['a', 26]
          : ['', 0]
    if (size === 0) continue
    const sum = character.charCodeAt(0) - base.charCodeAt(0) + carry
    characters[i] = String.fromCharCode(base.charCodeAt(0) + (sum % size))
    carry = Math.floor(sum / size)
  }
  return characters.join('')
}

/** `mac` is twelve hex digits; the maker's half stays. */
function raiseMac(mac: string, by: number): string {
  return mac.slice(0, 6) + ((Number.parseInt(mac.slice(6), 16) + by) % 0x100_0000).toString(16).padStart(6, '0')
}

function replaceAll(bytes: Uint8Array, replacements: ReadonlyMap<string, string>): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const present = [...replacements.keys()].filter((from) => text.includes(from)).sort((a, b) => b.length - a.length)
  if (present.length === 0) return bytes
  // In one pass: what replaces one may be another one's original.
  const pattern = new RegExp(present.map((from) => from.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g')
  return Buffer.from(
    text.replace(pattern, (from) => replacements.get(from) ?? from),
    'latin1',
  )
}
