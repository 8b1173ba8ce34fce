import { BerError, BerReader, BerWriter, TAG } from './ber.ts'
import type { SnmpValue, Varbind } from './value.ts'

/** SNMP messages and PDUs (RFC 1157, RFC 3416, RFC 3412), between bytes and objects. */

export const PDU = {
  get: 0xa0,
  get_next: 0xa1,
  response: 0xa2,
  set: 0xa3,
  trap_v1: 0xa4,
  get_bulk: 0xa5,
  inform: 0xa6,
  trap: 0xa7,
  report: 0xa8,
} as const
export type PduType = Exclude<keyof typeof PDU, 'trap_v1'>

export const ERROR_STATUS = {
  no_error: 0,
  too_big: 1,
  no_such_name: 2,
  bad_value: 3,
  read_only: 4,
  gen_err: 5,
  no_access: 6,
  authorization_error: 16,
} as const

export interface Pdu {
  type: PduType
  requestId: number
  /** In a GetBulk: non-repeaters. */
  errorStatus: number
  /** In a GetBulk: max-repetitions. */
  errorIndex: number
  varbinds: Varbind[]
}

export interface CommunityMessage {
  version: '1' | '2c'
  community: Buffer
  pdu: Pdu
}

export interface UsmParameters {
  engineId: Buffer
  engineBoots: number
  engineTime: number
  userName: Buffer
  authentication: Buffer
  privacy: Buffer
}

export interface ScopedPdu {
  contextEngineId: Buffer
  contextName: Buffer
  pdu: Pdu
}

export const MSG_FLAG = { auth: 1, priv: 2, reportable: 4 } as const

export interface V3Message {
  version: '3'
  msgId: number
  maxSize: number
  flags: number
  usm: UsmParameters
  /** A view into the message: writing zeros or the digest into it changes the bytes that were decoded. */
  scoped: ScopedPdu | { encrypted: Buffer }
}

export type SnmpMessage = CommunityMessage | V3Message

const MAX_MESSAGE = 65_535
const MAX_VARBINDS = 4096
const PDU_NAME = new Map(Object.entries(PDU).map(([name, tag]) => [tag as number, name as PduType]))

/**
 * Decodes one datagram. Octets in the result are views into `bytes`.
 * @throws BerError when the bytes are not an SNMP message; never anything else, whatever they are.
 */
export function decodeMessage(bytes: Buffer): SnmpMessage {
  if (bytes.length > MAX_MESSAGE) throw new BerError('longer than a datagram', MAX_MESSAGE)
  const message = new BerReader(bytes).enter(TAG.sequence)
  const version = message.integer()
  if (version === 0 || version === 1) {
    const community = message.octets()
    return { version: version === 0 ? '1' : '2c', community, pdu: decodePdu(message) }
  }
  if (version !== 3) throw new BerError(`unknown SNMP version ${version}`, message.offset)
  const header = message.enter(TAG.sequence)
  const msgId = header.integer()
  const maxSize = header.integer()
  const flags = header.octets()[0] ?? 0
  if (header.integer() !== 3) throw new BerError('unknown security model', header.offset)
  const usm = decodeUsmParameters(message.octets())
  if (flags & MSG_FLAG.priv)
    return { version: '3', msgId, maxSize, flags, usm, scoped: { encrypted: message.octets() } }
  return { version: '3', msgId, maxSize, flags, usm, scoped: decodeScopedPdu(message) }
}

function decodeUsmParameters(bytes: Buffer): UsmParameters {
  const usm = new BerReader(bytes).enter(TAG.sequence)
  const engineId = usm.octets()
  const engineBoots = usm.integer()
  const engineTime = usm.integer()
  return {
    engineId,
    engineBoots,
    engineTime,
    userName: usm.octets(),
    authentication: usm.octets(),
    privacy: usm.octets(),
  }
}

/** The contents of a scoped PDU; after decryption too, where padding may follow it. */
export function decodeScopedPdu(reader: BerReader): ScopedPdu {
  const scoped = reader.enter(TAG.sequence)
  return { contextEngineId: scoped.octets(), contextName: scoped.octets(), pdu: decodePdu(scoped) }
}

function decodePdu(reader: BerReader): Pdu {
  const at = reader.offset
  const { tag, contents } = reader.element()
  const type = PDU_NAME.get(tag)
  if (!type || tag === PDU.trap_v1) throw new BerError(`no PDU has tag ${tag}`, at)
  const requestId = contents.integer()
  const errorStatus = contents.integer()
  const errorIndex = contents.integer()
  const list = contents.enter(TAG.sequence)
  const varbinds: Varbind[] = []
  while (!list.done) {
    if (varbinds.length >= MAX_VARBINDS) throw new BerError('too many variable bindings', list.offset)
    const end = list.openAs(TAG.sequence)
    const oid = list.objectIdentifier(list.openAs(TAG.oid, end))
    varbinds.push({ oid, value: decodeValue(list, end) })
    list.offset = end
  }
  return { type, requestId, errorStatus, errorIndex, varbinds }
}

function decodeValue(reader: BerReader, limit: number): SnmpValue {
  const at = reader.offset
  const tag = reader.peek()
  const end = reader.open(limit)
  switch (tag) {
    case TAG.integer:
      return { type: 'integer', value: reader.signed(end) }
    case TAG.octets:
      return { type: 'octets', value: reader.view(end) }
    case TAG.null:
      return { type: 'null' }
    case TAG.oid:
      return { type: 'oid', value: reader.objectIdentifier(end) }
    case TAG.ip:
      if (end - reader.offset !== 4) throw new BerError('IpAddress size', at)
      return { type: 'ip', value: reader.view(end).join('.') }
    case TAG.counter32:
      return { type: 'counter32', value: reader.unsigned(end) }
    case TAG.gauge32:
      return { type: 'gauge32', value: reader.unsigned(end) }
    case TAG.timeticks:
      return { type: 'timeticks', value: reader.unsigned(end) }
    case TAG.opaque:
      return { type: 'opaque', value: reader.view(end) }
    case TAG.counter64:
      return { type: 'counter64', value: reader.unsigned64(end) }
    case TAG.no_such_object:
      return { type: 'no_such_object' }
    case TAG.no_such_instance:
      return { type: 'no_such_instance' }
    case TAG.end_of_mib_view:
      return { type: 'end_of_mib_view' }
    default:
      throw new BerError(`no value has tag ${tag}`, at)
  }
}

export function encodeCommunityMessage(message: CommunityMessage): Buffer {
  const writer = new BerWriter()
  writePdu(writer, message.pdu)
  writer.octets(message.community)
  writer.integer(message.version === '1' ? 0 : 1)
  writer.close(TAG.sequence, 0)
  return writer.finish()
}

/**
 * Encodes a v3 message as it stands: digest and encryption are the caller's. Gives the bytes and a view of the
 * authentication parameters inside them, for the digest to be written into.
 */
export function encodeV3Message(message: V3Message): { bytes: Buffer; authentication: Buffer } {
  const writer = new BerWriter(1024)
  if ('encrypted' in message.scoped) writer.octets(message.scoped.encrypted)
  else writer.raw(encodeScopedPdu(message.scoped))
  const usmMark = writer.length
  writer.octets(message.usm.privacy)
  const authenticationEnd = writer.length
  writer.octets(message.usm.authentication)
  writer.octets(message.usm.userName)
  writer.integer(message.usm.engineTime)
  writer.integer(message.usm.engineBoots)
  writer.octets(message.usm.engineId)
  writer.close(TAG.sequence, usmMark)
  writer.close(TAG.octets, usmMark)
  const headerMark = writer.length
  writer.integer(3)
  writer.octets(Buffer.of(message.flags))
  writer.integer(message.maxSize)
  writer.integer(message.msgId)
  writer.close(TAG.sequence, headerMark)
  writer.integer(3)
  writer.close(TAG.sequence, 0)
  const bytes = writer.finish()
  const end = bytes.length - authenticationEnd
  return { bytes, authentication: bytes.subarray(end - message.usm.authentication.length, end) }
}

export function encodeScopedPdu(scoped: ScopedPdu): Buffer {
  const writer = new BerWriter()
  writePdu(writer, scoped.pdu)
  writer.octets(scoped.contextName)
  writer.octets(scoped.contextEngineId)
  writer.close(TAG.sequence, 0)
  return writer.finish()
}

function writePdu(writer: BerWriter, pdu: Pdu): void {
  const mark = writer.length
  for (let i = pdu.varbinds.length - 1; i >= 0; i--) {
    const varbind = pdu.varbinds[i] as Varbind
    const pairMark = writer.length
    writeValue(writer, varbind.value)
    writer.objectIdentifier(varbind.oid)
    writer.close(TAG.sequence, pairMark)
  }
  writer.close(TAG.sequence, mark)
  writer.integer(pdu.errorIndex)
  writer.integer(pdu.errorStatus)
  writer.integer(pdu.requestId)
  writer.close(PDU[pdu.type], mark)
}

function writeValue(writer: BerWriter, value: SnmpValue): void {
  switch (value.type) {
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeticks':
      writer.integer(value.value, TAG[value.type])
      return
    case 'counter64':
      writer.big(value.value, TAG.counter64)
      return
    case 'octets':
    case 'opaque':
      writer.octets(value.value, TAG[value.type])
      return
    case 'ip':
      writer.octets(Buffer.from(value.value.split('.').map(Number)), TAG.ip)
      return
    case 'oid':
      writer.objectIdentifier(value.value)
      return
    default:
      writer.empty(TAG[value.type])
      return
  }
}
