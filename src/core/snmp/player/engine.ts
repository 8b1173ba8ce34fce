import { createHash } from 'node:crypto'
import type { UserCredential } from '../../model/credential.ts'
import { BerReader } from '../ber.ts'
import {
  decodeScopedPdu,
  ERROR_STATUS,
  encodeScopedPdu,
  encodeV3Message,
  MSG_FLAG,
  type Pdu,
  type ScopedPdu,
  type V3Message,
} from '../message.ts'
import { decryptScopedPdu, digestLength, encryptScopedPdu, isAuthentic, type UsmKeys, writeDigest } from '../usm.ts'
import { fail } from './respond.ts'
import type { PlayerStats } from './stats.ts'

/** What a report can say: usmStats (RFC 3414 section 5), and the dispatcher's own (RFC 3412, RFC 3413). */
const REPORT = {
  unsupportedSecLevels: '1.3.6.1.6.3.15.1.1.1.0',
  notInTimeWindows: '1.3.6.1.6.3.15.1.1.2.0',
  unknownUserNames: '1.3.6.1.6.3.15.1.1.3.0',
  unknownEngineIds: '1.3.6.1.6.3.15.1.1.4.0',
  wrongDigests: '1.3.6.1.6.3.15.1.1.5.0',
  decryptionErrors: '1.3.6.1.6.3.15.1.1.6.0',
  unknownPduHandlers: '1.3.6.1.6.3.11.2.1.3.0',
  unknownContexts: '1.3.6.1.6.3.12.1.5.0',
} as const
type ReportKind = keyof typeof REPORT

const TIME_WINDOW_S = 150
/** No engine may ask for shorter messages (RFC 3412 section 6.3). */
const LEAST_MAX_SIZE = 484
const LEVEL = { noAuthNoPriv: 0, authNoPriv: MSG_FLAG.auth, authPriv: MSG_FLAG.auth | MSG_FLAG.priv } as const
const NOTHING = Buffer.alloc(0)

/** An engine id as RFC 3411 section 5 makes it; the enterprise is the one kept for examples (RFC 5612). */
export function createEngineId(text: string): Buffer {
  return Buffer.concat([Buffer.from('80007ed905', 'hex'), createHash('sha256').update(text).digest().subarray(0, 8)])
}

/** Answers a PDU within so many bytes; `encode` tells how long a message with it gets. */
export type Responder = (pdu: Pdu, limit: number, encode: (reply: Pdu) => Buffer) => Buffer | null

/** The authoritative side of the user-based security model (RFC 3414 section 3.2). */
export class UsmAgentEngine {
  readonly id: Buffer
  private readonly users: ReadonlyMap<string, UserCredential>
  private readonly now: () => number
  private readonly started: number
  private readonly maxSize: number
  private readonly stats: PlayerStats
  private readonly counters = new Map<ReportKind, number>()
  private readonly boots = 1

  constructor(options: {
    id: Buffer
    users: readonly UserCredential[]
    now: () => number
    maxSize: number
    stats: PlayerStats
  }) {
    this.id = options.id
    this.users = new Map(options.users.map((user) => [user.username, user]))
    this.now = options.now
    this.started = options.now()
    this.maxSize = options.maxSize
    this.stats = options.stats
  }

  private get time(): number {
    return Math.max(0, Math.floor((this.now() - this.started) / 1000))
  }

  /** `bytes` is the datagram that `message` was decoded from. */
  answer(bytes: Buffer, message: V3Message, respondTo: Responder): Buffer | null {
    const { usm, flags } = message
    const level = flags & (MSG_FLAG.auth | MSG_FLAG.priv)
    if (level === MSG_FLAG.priv) return null // not a security level at all (RFC 3412 section 7.2)
    if (!usm.engineId.equals(this.id)) return this.report(message, 'unknownEngineIds')
    const user = this.users.get(usm.userName.toString())
    if (!user) return this.report(message, 'unknownUserNames')
    const offered = LEVEL[user.security_level]
    if ((level & offered) !== level) return this.report(message, 'unsupportedSecLevels')
    const keys = level === 0 ? undefined : keysOf(user)
    if (keys) {
      if (!isAuthentic(bytes, usm.authentication, keys, this.id)) return this.report(message, 'wrongDigests')
      if (usm.engineBoots !== this.boots || Math.abs(usm.engineTime - this.time) > TIME_WINDOW_S) {
        return this.report(message, 'notInTimeWindows', keys)
      }
    }
    const scoped = this.open(message, keys)
    if (!scoped) return this.report(message, 'decryptionErrors', keys)
    if (scoped.contextEngineId.length > 0 && !scoped.contextEngineId.equals(this.id)) {
      return this.report(message, 'unknownPduHandlers', keys, scoped.pdu.requestId)
    }
    const context = scoped.contextName.toString()
    if (context !== '' && context !== user.context_name) {
      return this.report(message, 'unknownContexts', keys, scoped.pdu.requestId)
    }
    const encode = (pdu: Pdu) => this.encode(message, pdu, level, scoped.contextName, keys)
    // Views are usually bound to the level a user is made for; asked below it, an agent refuses.
    if (level !== offered) return encode(fail(scoped.pdu, ERROR_STATUS.authorization_error, 0))
    return respondTo(scoped.pdu, Math.min(this.maxSize, Math.max(LEAST_MAX_SIZE, message.maxSize)), encode)
  }

  private open(message: V3Message, keys: UsmKeys | undefined): ScopedPdu | null {
    if (!('encrypted' in message.scoped)) return message.scoped
    if (!keys) return null
    const { engineBoots: boots, engineTime: time, privacy } = message.usm
    try {
      const plain = decryptScopedPdu(message.scoped.encrypted, privacy, keys, { id: this.id, boots, time })
      return decodeScopedPdu(new BerReader(plain))
    } catch {
      return null // noise: another key, or none
    }
  }

  private report(message: V3Message, kind: ReportKind, keys?: UsmKeys, requestId?: number): Buffer | null {
    const count = (this.counters.get(kind) ?? 0) + 1
    this.counters.set(kind, count)
    if (!(message.flags & MSG_FLAG.reportable)) return null
    this.stats.reports++
    const id = requestId ?? ('encrypted' in message.scoped ? 0 : message.scoped.pdu.requestId)
    const varbinds = [{ oid: REPORT[kind], value: { type: 'counter32', value: count } as const }]
    const pdu: Pdu = { type: 'report', requestId: id, errorStatus: 0, errorIndex: 0, varbinds }
    // Time is told in an authenticated report, everything before it in the clear (RFC 3414 section 3.2).
    const level = keys ? MSG_FLAG.auth : 0
    return this.encode(message, pdu, level, NOTHING, keys)
  }

  private encode(request: V3Message, pdu: Pdu, flags: number, contextName: Buffer, keys: UsmKeys | undefined): Buffer {
    const engine = { id: this.id, boots: this.boots, time: this.time }
    const scoped: ScopedPdu = { contextEngineId: this.id, contextName, pdu }
    const sealed = keys && flags & MSG_FLAG.priv ? encryptScopedPdu(encodeScopedPdu(scoped), keys, engine) : undefined
    const { bytes, authentication } = encodeV3Message({
      version: '3',
      msgId: request.msgId,
      maxSize: this.maxSize,
      flags,
      usm: {
        engineId: this.id,
        engineBoots: engine.boots,
        engineTime: engine.time,
        userName: request.usm.userName,
        authentication: keys && flags & MSG_FLAG.auth ? Buffer.alloc(digestLength(keys.authProtocol)) : NOTHING,
        privacy: sealed?.salt ?? NOTHING,
      },
      scoped: sealed ? { encrypted: sealed.data } : scoped,
    })
    if (keys && flags & MSG_FLAG.auth) writeDigest(bytes, authentication, keys, this.id)
    return bytes
  }
}

function keysOf(user: UserCredential): UsmKeys {
  return {
    authProtocol: user.auth_protocol ?? 'sha1',
    authKey: user.auth_key?.reveal() ?? '',
    ...(user.priv_protocol && user.priv_key
      ? { privProtocol: user.priv_protocol, privKey: user.priv_key.reveal() }
      : {}),
  }
}
