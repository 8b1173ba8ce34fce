import { randomBytes } from 'node:crypto'
import { compareOids, isWithin } from './oid.ts'
import { findPeople, findTokens } from './scrub-patterns.ts'
import { ADDRESS_TABLE, DROPPED, MACS, MODEL_NAMED, MODEL_TEXTS, NAMES, PEOPLE, SERIALS } from './scrub-rules.ts'
import { Disguise } from './scrub-tokens.ts'
import { narrow, WIDE } from './scrub-wide.ts'
import type { SnmpValue } from './value.ts'

/** What is private in a recording beside what its standard objects and its texts show, as a scan words it. */
export interface Secrets {
  /** Serial numbers of the device and its supplies, asset numbers. */
  readonly serials: readonly string[]
  /** Names of hosts, people and places. */
  readonly names: readonly string[]
  /** `aa:bb:cc:dd:ee:ff` */
  readonly macs: readonly string[]
}

/**
 * Takes out of a recording whose printer it is, so that it can be shown: serials, MAC and IP addresses, names of hosts,
 * people and places, asset numbers, e-mail addresses, what stands behind words like "user=" and "ssid=". What replaces
 * them keeps its shape (length, letters, digits, the maker's half of a MAC address; IP addresses come from the ranges
 * kept for documentation, RFC 5737 and RFC 3849) and is the same wherever the original stood: in texts, as bytes, as
 * hex, in an OID. Tables that name users, documents, connections or communities are left out. A printer name that is
 * also the model's name stays.
 *
 * What nobody can know stays too: a serial or a name in a vendor's own object that stands nowhere else and that no profile
 * knows. A recording wants a look before it is published.
 * @param options.secrets what is known to be private from elsewhere: what a scan made of the same values
 * @param options.salt decides what replaces what; random for each call, so that nothing can be looked up
 */
export function scrubRecording(
  values: ReadonlyMap<string, SnmpValue>,
  options?: { salt?: Uint8Array; secrets?: Secrets },
): Map<string, SnmpValue> {
  const rows = [...values].filter(([oid]) => !isBelowAny(oid, DROPPED))
  const disguise = new Disguise(options?.salt ?? randomBytes(32))
  const modelTexts = collectModelTexts(rows)
  for (const [oid, value] of rows) collect(oid, value, disguise, modelTexts)
  if (options?.secrets) addSecrets(options.secrets, disguise, modelTexts)
  disguise.seal()
  const scrubbed = new Map<string, SnmpValue>()
  for (const [oid, value] of rows) {
    scrubbed.set(disguise.inOid(oid), scrubValue(oid, value, disguise, modelTexts))
  }
  return new Map([...scrubbed].sort(([a], [b]) => compareOids(a, b)))
}

function isBelowAny(oid: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => isWithin(oid, prefix))
}

/** The sysDescr of these says the host's name, not a model's. */
const HOST_SYSTEM = /^(?:linux|darwin|freebsd|openbsd|netbsd|sunos|aix|hp-ux|solaris|hardware: .*windows)\b/i

const SYS_DESCR = '1.3.6.1.2.1.1.1'
/** As uname writes it: the system, the host's name, a version. */
const HOST_NAME =
  /^((?:linux|darwin|freebsd|openbsd|netbsd|sunos|aix|hp-ux|solaris) )([A-Za-z][\w.-]*)(?= [A-Za-z.]{0,3}\d)/i
/** fe80::/64 and an interface identifier made of a MAC address (RFC 4291 appendix A), in hex. */
const LINK_LOCAL = /^fe800{12}(..)(.{4})fffe(.{6})$/

function collectModelTexts(rows: readonly [string, SnmpValue][]): string {
  const texts = rows.flatMap(([oid, value]) => {
    return value.type === 'octets' && isBelowAny(oid, MODEL_TEXTS) ? textOf(value.value) : []
  })
  return texts
    .filter((text) => !HOST_SYSTEM.test(text))
    .join('\n')
    .toLowerCase()
}

/** One character a byte, whatever the encoding is. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function addSecrets({ serials, names, macs }: Secrets, disguise: Disguise, modelTexts: string): void {
  for (const text of serials.flatMap(spellInBytes)) {
    disguise.addSerial(text)
    // A few digits alone are a count or a paper size as well.
    if (!/^\d{1,4}$/.test(text)) disguise.addSecret(text)
    disguise.addWhole(text)
  }
  for (const text of names.flatMap(spellInBytes)) {
    if (isModelName(text, modelTexts)) continue
    disguise.addName(text)
    disguise.addWhole(text)
  }
  for (const mac of macs) disguise.addMac(mac.replaceAll(':', '').toLowerCase())
}

/** A text in UTF-8 and, where it can be written so, in Latin-1; one character a byte. */
function spellInBytes(text: string): string[] {
  const utf8 = Buffer.from(text).toString('latin1')
  return utf8 === text || /[^\0-\xff]/.test(text) ? [utf8] : [utf8, text]
}

function isModelName(text: string, modelTexts: string): boolean {
  return text.trim().length > 2 && modelTexts.includes(text.trim().toLowerCase())
}

function collect(oid: string, value: SnmpValue, disguise: Disguise, modelTexts: string): void {
  if (value.type === 'ip') disguise.addAddress(value.value)
  if (isWithin(oid, ADDRESS_TABLE)) disguise.addAddress(oid.split('.').slice(-4).join('.'))
  if (value.type !== 'octets') return
  const text = narrow(textOf(value.value)) ?? textOf(value.value)
  if (isBelowAny(oid, MACS) && text.length === 6) disguise.addMac(Buffer.from(value.value).toString('hex'))
  else if (isBelowAny(oid, SERIALS)) disguise.addSerial(text)
  else if (isBelowAny(oid, NAMES) && !isModelName(text, modelTexts)) disguise.addName(text)
  if (isBelowAny(oid, PEOPLE)) findPeople(text, disguise, (name) => isModelName(name, modelTexts))
  const host = isWithin(oid, SYS_DESCR) ? HOST_NAME.exec(text)?.[2] : undefined
  if (host !== undefined) disguise.addName(host)
  const linkLocal = LINK_LOCAL.exec(Buffer.from(value.value).toString('hex'))
  if (linkLocal) {
    const [, first, maker, own] = linkLocal as unknown as [string, string, string, string]
    disguise.addMac((Number.parseInt(first, 16) ^ 2).toString(16).padStart(2, '0') + maker + own)
  }
  findTokens(text, disguise)
  for (const [run] of text.matchAll(WIDE)) findTokens(run.replaceAll('\0', ''), disguise)
}

function scrubValue(oid: string, value: SnmpValue, disguise: Disguise, modelTexts: string): SnmpValue {
  switch (value.type) {
    case 'octets':
    case 'opaque': {
      const text = textOf(value.value)
      const isModel = isBelowAny(oid, MODEL_NAMED) && isModelName(text, modelTexts)
      const isOwn = isBelowAny(oid, SERIALS) || (isBelowAny(oid, NAMES) && !isModel)
      let other = isOwn ? disguise.whole(text) : disguise.inText(text)
      if (isWithin(oid, SYS_DESCR)) {
        // Names too short to be looked for everywhere.
        other = other.replace(HOST_NAME, (all, system: string, host: string) =>
          host.length < 4 ? system + disguise.whole(host) : all,
        )
      }
      return { type: value.type, value: Buffer.from(other, 'latin1') }
    }
    case 'ip':
      return { type: 'ip', value: disguise.address(value.value) }
    case 'oid':
      return { type: 'oid', value: disguise.inOid(value.value) }
    case 'integer':
    case 'counter32':
    case 'gauge32':
      return { ...value, value: disguise.number(value.value) }
    default:
      return value
  }
}
