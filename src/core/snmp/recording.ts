import { PrintMasterError } from '../model/error.ts'
import { compareOids, isOid } from './oid.ts'
import type { SnmpValue } from './value.ts'

/**
 * Recordings: what a device answered, in snmpsim's text form, one `OID|type|value` a line. Types are the decimal BER
 * tags (2 Integer, 4 OctetString, 5 Null, 6 OID, 64 IpAddress, 65 Counter32, 66 Gauge32, 67 TimeTicks, 68 Opaque,
 * 70 Counter64); an `x` behind 4, 64 and 68 says that the value is in hex.
 */
export interface Recording {
  /** Where it comes from: a file's name, as it stands in messages. */
  readonly name: string
  readonly values: ReadonlyMap<string, SnmpValue>
  /** The keys of `values` in the order in which an agent walks them. */
  readonly oids: readonly string[]
  /** Lines that could not be read and were left out; always 0 unless reading was lenient. */
  readonly skipped: number
}

const MAX_BYTES = 64 * 1024 * 1024
const MAX_LINE = 128 * 1024
const MAX_ROWS = 1_000_000
const NEWLINE = 0x0a
const RETURN = 0x0d
const BAR = 0x7c
const HASH = 0x23

/**
 * Reads a recording. Harmless differences are taken as they come: a byte order mark, CRLF, blank lines and lines that
 * begin with `#`, a leading dot, lines out of order, an OID twice (the last one counts).
 * @param source the file's bytes; a text stands for its UTF-8
 * @param name goes before every message, as `NAME:LINE: ...`
 * @param options.lenient leaves unreadable lines out and counts them instead of raising an error
 * @throws PrintMasterError `bad_recording` for a line that is none, and for more than 64 MiB, a line over 128 KiB
 *   or over 1,000,000 rows (the first and the last also when lenient)
 */
export function parseRecording(source: string | Uint8Array, name: string, options?: { lenient?: boolean }): Recording {
  const bytes =
    typeof source === 'string' ? Buffer.from(source) : Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  if (bytes.length > MAX_BYTES) {
    throw new PrintMasterError(
      'bad_recording',
      `${name}: a recording may have 64 MiB, this one has ${Math.ceil(bytes.length / 1048576)}`,
    )
  }
  const values = new Map<string, SnmpValue>()
  let skipped = 0
  let sorted = true
  let last = ''
  let number = 0
  for (let at = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? 3 : 0; at < bytes.length; ) {
    number++
    const newline = bytes.indexOf(NEWLINE, at)
    const next = newline < 0 ? bytes.length : newline
    const end = next > at && bytes[next - 1] === RETURN ? next - 1 : next
    const line = bytes.subarray(at, end)
    at = next + 1
    if (line.length === 0 || line[0] === HASH || isBlank(line)) continue
    const row = parseLine(line)
    if (typeof row === 'string') {
      if (!options?.lenient) throw new PrintMasterError('bad_recording', `${name}:${number}: ${row}`)
      skipped++
      continue
    }
    if (sorted && last !== '' && compareOids(last, row.oid) >= 0) sorted = false
    last = row.oid
    values.set(row.oid, row.value)
    if (values.size > MAX_ROWS) {
      throw new PrintMasterError('bad_recording', `${name}:${number}: more than 1,000,000 rows in one recording`)
    }
  }
  const oids = [...values.keys()]
  if (!sorted) oids.sort(compareOids)
  return { name, values, oids, skipped }
}

function isBlank(line: Uint8Array): boolean {
  return line.length < 80 && line.every((byte) => byte === 0x20 || byte === 0x09)
}

/** One row, or what is wrong with the line. */
function parseLine(line: Buffer): { oid: string; value: SnmpValue } | string {
  if (line.length > MAX_LINE) return 'a line may have 128 KiB'
  const first = line.indexOf(BAR)
  const second = first < 0 ? -1 : line.indexOf(BAR, first + 1)
  if (second < 0) return `${quote(line)} is not OID|type|value`
  const written = line.toString('latin1', 0, first)
  const oid = written.startsWith('.') ? written.slice(1) : written
  if (!isOid(oid)) return `${quote(line.subarray(0, first))} is not an OID`
  const type = line.toString('latin1', first + 1, second)
  const value = parseValue(type, line.subarray(second + 1))
  return typeof value === 'string' ? value : { oid, value }
}

function parseValue(type: string, bytes: Buffer): SnmpValue | string {
  switch (type) {
    case '2':
      return parseNumber('integer', bytes, -0x80000000, 0x7fffffff)
    case '65':
      return parseNumber('counter32', bytes, 0, 0xffffffff)
    case '66':
      return parseNumber('gauge32', bytes, 0, 0xffffffff)
    case '67':
      return parseNumber('timeticks', bytes, 0, 0xffffffff)
    case '70':
      return parseCounter64(bytes)
    case '4':
      return { type: 'octets', value: new Uint8Array(bytes) }
    case '4x':
      return parseHex('octets', bytes)
    case '68':
      return { type: 'opaque', value: new Uint8Array(bytes) }
    case '68x':
      return parseHex('opaque', bytes)
    case '5':
      return bytes.length === 0 ? { type: 'null' } : `a Null (5) has no value, this one has ${quote(bytes)}`
    case '6':
      return parseOidValue(bytes)
    case '64':
      return isIpv4(bytes.toString('latin1'))
        ? { type: 'ip', value: bytes.toString('latin1') }
        : `${quote(bytes)} is not an IPv4 address`
    case '64x': {
      const hex = parseHex('octets', bytes)
      if (typeof hex === 'string') return hex
      return hex.value.length === 4
        ? { type: 'ip', value: hex.value.join('.') }
        : `${quote(bytes)} is not an IPv4 address in hex`
    }
    default:
      if (/^\d+x?:/.test(type))
        return `the variation ${quote(Buffer.from(type))} computes its value; only plain values are played`
      return `unknown type ${quote(Buffer.from(type, 'latin1'))}`
  }
}

function parseNumber(
  type: 'integer' | 'counter32' | 'gauge32' | 'timeticks',
  bytes: Buffer,
  min: number,
  max: number,
): SnmpValue | string {
  const text = bytes.length <= 24 ? bytes.toString('latin1').trim() : ''
  if (!/^[+-]?\d+$/.test(text)) return `${quote(bytes)} is not a number`
  const value = Number(text)
  if (value < min || value > max) return `${text} is not within ${min} to ${max}`
  return { type, value: value === 0 ? 0 : value }
}

function parseCounter64(bytes: Buffer): SnmpValue | string {
  const text = bytes.length <= 24 ? bytes.toString('latin1').trim() : ''
  if (!/^\d+$/.test(text)) return `${quote(bytes)} is not a number`
  const value = BigInt(text)
  return value > 0xffff_ffff_ffff_ffffn ? `${text} does not fit 64 bits` : { type: 'counter64', value }
}

function parseHex<T extends 'octets' | 'opaque'>(type: T, bytes: Buffer): { type: T; value: Uint8Array } | string {
  const text = bytes.toString('latin1')
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return `${quote(bytes)} is not hex`
  return { type, value: new Uint8Array(Buffer.from(text, 'hex')) }
}

function parseOidValue(bytes: Buffer): SnmpValue | string {
  const text = bytes.toString('latin1').replace(/^\./, '')
  // Agents send an empty OID for "none", which the wire reader gives as 0.0.
  if (text === '') return { type: 'oid', value: '0.0' }
  return isOid(text) ? { type: 'oid', value: text } : `${quote(bytes)} is not an OID`
}

function isIpv4(text: string): boolean {
  return (
    /^\d{1,3}(\.\d{1,3}){3}$/.test(text) &&
    text.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part)
  )
}

/** The beginning of what stands in the file, harmless for a terminal. */
function quote(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 40))
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '?')
  return `"${text}${bytes.length > 40 ? '...' : ''}"`
}

/**
 * Writes values in snmpsim's text form, in walk order, one line each. Octets are written as text only where they are
 * printable UTF-8, else in hex. Exceptions (`no_such_object` and the like) are no objects and are left out.
 */
export function formatRecording(values: ReadonlyMap<string, SnmpValue>): string {
  const lines: string[] = []
  for (const oid of [...values.keys()].sort(compareOids)) {
    const text = formatValue(values.get(oid) as SnmpValue)
    if (text !== undefined) lines.push(`${oid}|${text}\n`)
  }
  return lines.join('')
}

function formatValue(value: SnmpValue): string | undefined {
  switch (value.type) {
    case 'integer':
      return `2|${value.value}`
    case 'octets':
      return printable(value.value) ?? `4x|${Buffer.from(value.value).toString('hex')}`
    case 'null':
      return '5|'
    case 'oid':
      return `6|${value.value}`
    case 'ip':
      return `64|${value.value}`
    case 'counter32':
      return `65|${value.value}`
    case 'gauge32':
      return `66|${value.value}`
    case 'timeticks':
      return `67|${value.value}`
    case 'opaque':
      return `68x|${Buffer.from(value.value).toString('hex')}`
    case 'counter64':
      return `70|${value.value}`
    default:
      return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function printable(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes)
    return /[\p{C}\u2028\u2029]/u.test(text) ? undefined : `4|${text}`
  } catch {
    return undefined // not UTF-8
  }
}
