import type { UserCredential } from '../model/credential.ts'
import { BerReader } from './ber.ts'
import {
  decodeScopedPdu,
  encodeScopedPdu,
  encodeV3Message,
  MSG_FLAG,
  type Pdu,
  type SnmpMessage,
  type V3Message,
} from './message.ts'
import { requestPdu, takeVarbinds } from './request-pdu.ts'
import { RoundTrip } from './round-trip.ts'
import type { SessionOptions, SnmpSession } from './session.ts'
import { SnmpError } from './snmp-error.ts'
import {
  decryptScopedPdu,
  digestLength,
  encryptScopedPdu,
  isAuthentic,
  type UsmEngine,
  type UsmKeys,
  writeDigest,
} from './usm.ts'
import type { Varbind } from './value.ts'

const EMPTY = Buffer.alloc(0)
const MAX_MESSAGE_SIZE = 65_507
const USM_STATS = '1.3.6.1.6.3.15.1.1.'
const MAX_RESYNCS = 3

/** An engine's clock as last heard; it runs on with ours (RFC 3414 section 2.3). */
interface HeardEngine extends UsmEngine {
  heardAt: number
}

/** Bytes of an engine discovery: no engine, no user, reportable (RFC 3414 section 4). */
export function encodeDiscovery(id: number): Buffer {
  return encodeV3Message({
    version: '3',
    msgId: id,
    maxSize: MAX_MESSAGE_SIZE,
    flags: MSG_FLAG.reportable,
    usm: { engineId: EMPTY, engineBoots: 0, engineTime: 0, userName: EMPTY, authentication: EMPTY, privacy: EMPTY },
    scoped: { contextEngineId: EMPTY, contextName: EMPTY, pdu: requestPdu('get', id, [], 0) },
  }).bytes
}

/** SNMPv3 with the user-based security model (RFC 3412, RFC 3414). */
export class UserSession implements SnmpSession {
  readonly address: string
  readonly port: number
  readonly version = '3'
  private readonly credential: UserCredential
  private readonly options: SessionOptions
  private readonly keys: UsmKeys | null
  private readonly private: boolean
  private readonly roundTrip: RoundTrip
  private engine: HeardEngine | null = null
  /** An encrypted answer has come: from then on silence is silence. */
  private isPrivacyProven = false

  constructor(credential: UserCredential, options: SessionOptions) {
    this.address = options.address
    this.port = options.port
    this.credential = credential
    this.options = options
    this.roundTrip = new RoundTrip(options.roundTrip)
    this.keys = keysOf(credential)
    this.private = credential.security_level === 'authPriv'
  }

  async request(type: 'get' | 'get_next' | 'get_bulk', oids: readonly string[], repetitions = 0): Promise<Varbind[]> {
    this.engine ??= await this.discover()
    try {
      return await this.ask(type, oids, repetitions, this.private)
    } catch (error) {
      const isSilence = error instanceof SnmpError && error.code === 'timeout'
      if (!isSilence || !this.private || this.isPrivacyProven) throw error
      if (!(await this.answersWithoutPrivacy())) throw error
      throw new SnmpError(
        'wrong_priv_key',
        `${this.address}: the privacy key or protocol of ${nameOf(this.credential)} is wrong`,
      )
    }
  }

  private discover(): Promise<HeardEngine> {
    const { roundTrip } = this
    return this.options.wire.exchange({ ...this.options, roundTrip, encode: encodeDiscovery }, (message) =>
      message.version === '3' && message.usm.engineId.length > 0 ? heard(message) : undefined,
    )
  }

  /** Agents are silent about a message that they cannot decrypt; one without privacy tells whether they are there. */
  private async answersWithoutPrivacy(): Promise<boolean> {
    try {
      await this.ask('get_next', ['1.3.6.1.2.1.1'], 0, false)
      return true
    } catch (error) {
      return error instanceof SnmpError && error.code !== 'timeout' && error.code !== 'aborted'
    }
  }

  private async ask(
    type: 'get' | 'get_next' | 'get_bulk',
    oids: readonly string[],
    repetitions: number,
    encrypted: boolean,
  ): Promise<Varbind[]> {
    for (let resyncs = 0; ; resyncs++) {
      const answer = await this.exchange(type, oids, repetitions, encrypted)
      if (answer !== 'resync') return answer
      if (resyncs >= MAX_RESYNCS) {
        throw new SnmpError('not_in_time_window', `${this.address}: its SNMPv3 clock cannot be followed`)
      }
    }
  }

  private exchange(
    type: 'get' | 'get_next' | 'get_bulk',
    oids: readonly string[],
    repetitions: number,
    encrypted: boolean,
  ): Promise<Varbind[] | 'resync'> {
    const { roundTrip } = this
    const encode = (id: number) => this.encode(requestPdu(type, id, oids, repetitions), id, encrypted)
    return this.options.wire.exchange({ ...this.options, roundTrip, encode }, (message, received) =>
      this.accept(message, received, encrypted),
    )
  }

  private encode(pdu: Pdu, id: number, encrypted: boolean): Buffer {
    const heardEngine = this.engine as HeardEngine
    const engine = {
      ...heardEngine,
      time: heardEngine.time + Math.floor((performance.now() - heardEngine.heardAt) / 1000),
    }
    const contextName = Buffer.from(this.credential.context_name ?? '')
    const scoped = { contextEngineId: engine.id, contextName, pdu }
    const secret = encrypted && this.keys ? encryptScopedPdu(encodeScopedPdu(scoped), this.keys, engine) : null
    const { bytes, authentication } = encodeV3Message({
      version: '3',
      msgId: id,
      maxSize: MAX_MESSAGE_SIZE,
      flags: MSG_FLAG.reportable | (this.keys ? MSG_FLAG.auth : 0) | (secret ? MSG_FLAG.priv : 0),
      usm: {
        engineId: engine.id,
        engineBoots: engine.boots,
        engineTime: engine.time,
        userName: Buffer.from(this.credential.username),
        authentication: this.keys ? Buffer.alloc(digestLength(this.keys.authProtocol)) : EMPTY,
        privacy: secret ? secret.salt : EMPTY,
      },
      scoped: secret ? { encrypted: secret.data } : scoped,
    })
    if (this.keys) writeDigest(bytes, authentication, this.keys, engine.id)
    return bytes
  }

  /** An authentic answer's variable bindings, 'resync' after a report that corrects our idea of the engine. */
  private accept(message: SnmpMessage, bytes: Buffer, encrypted: boolean): Varbind[] | 'resync' | undefined {
    if (message.version !== '3') return undefined
    const authentic =
      this.keys !== null &&
      (message.flags & MSG_FLAG.auth) !== 0 &&
      isAuthentic(bytes, message.usm.authentication, this.keys, message.usm.engineId)
    const pdu = this.pduOf(message)
    if (!pdu) return undefined
    if (pdu.type === 'report') return this.acceptReport(pdu, message)
    if (this.keys && !authentic) return undefined // forged, or damaged on the way: go on waiting
    if (pdu.requestId !== message.msgId) return undefined
    const isPrivate = (message.flags & MSG_FLAG.priv) !== 0
    if (encrypted && !isPrivate) return undefined
    this.isPrivacyProven ||= isPrivate
    return takeVarbinds(pdu, this.address)
  }

  private pduOf(message: V3Message): Pdu | null {
    if (!('encrypted' in message.scoped)) return message.scoped.pdu
    if (!this.keys) return null
    const { usm } = message
    const engine = { id: usm.engineId, boots: usm.engineBoots, time: usm.engineTime }
    try {
      const clear = decryptScopedPdu(message.scoped.encrypted, usm.privacy, this.keys, engine)
      return decodeScopedPdu(new BerReader(clear)).pdu
    } catch {
      return null
    }
  }

  private acceptReport(pdu: Pdu, message: V3Message): 'resync' | undefined {
    const name = nameOf(this.credential)
    switch (reportedCounter(pdu)) {
      case 1:
        throw new SnmpError(
          'unsupported_security_level',
          `${this.address} does not offer the security level of ${name}`,
        )
      case 2:
      case 4:
        if (message.usm.engineId.length === 0) return undefined
        this.engine = heard(message)
        return 'resync'
      case 3:
        throw new SnmpError('unknown_user', `${this.address} does not know the user of ${name}`)
      case 5:
        throw new SnmpError('wrong_auth_key', `${this.address}: the authentication key or protocol of ${name} is wrong`)
      case 6:
        throw new SnmpError('wrong_priv_key', `${this.address}: the privacy key or protocol of ${name} is wrong`)
      default:
        throw new SnmpError(
          'refused',
          `${this.address} answers ${name} with an SNMPv3 report: ${pdu.varbinds[0]?.oid ?? 'empty'}`,
        )
    }
  }
}

/** Which usmStats counter a report names: 1 to 6, NaN for none (RFC 3414 section 5). */
function reportedCounter(pdu: Pdu): number {
  const oid = pdu.varbinds[0]?.oid ?? ''
  return oid.startsWith(USM_STATS) ? Number(oid.slice(USM_STATS.length).split('.')[0]) : Number.NaN
}

function heard(message: V3Message): HeardEngine {
  const { engineId, engineBoots, engineTime } = message.usm
  return { id: Buffer.from(engineId), boots: engineBoots, time: engineTime, heardAt: performance.now() }
}

/** How a message calls a credential: its section of config.ini, or the flag it came from. */
function nameOf({ name }: UserCredential): string {
  return name.startsWith('-') ? name : `[${name}]`
}

function keysOf(credential: UserCredential): UsmKeys | null {
  const { security_level, auth_protocol, auth_key, priv_protocol, priv_key } = credential
  if (security_level === 'noAuthNoPriv' || !auth_protocol || !auth_key) return null
  const keys: UsmKeys = { authProtocol: auth_protocol, authKey: auth_key.reveal() }
  if (security_level === 'authPriv' && priv_protocol && priv_key) {
    keys.privProtocol = priv_protocol
    keys.privKey = priv_key.reveal()
  }
  return keys
}
