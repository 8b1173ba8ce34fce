import type { UserCredential } from '../../model/credential.ts'
import { BerError } from '../ber.ts'
import { decodeMessage, encodeCommunityMessage, type Pdu, type SnmpMessage } from '../message.ts'
import { UsmAgentEngine } from './engine.ts'
import type { Objects } from './objects.ts'
import { type Quirks, respond, tooBig } from './respond.ts'
import { createStats, type PlayerStats } from './stats.ts'

export type SnmpVersion = '1' | '2c' | '3'

export interface AgentOptions {
  objects: Objects
  /** What v1 and v2c must say; another one is met with silence. */
  community: string
  users: readonly UserCredential[]
  versions: readonly SnmpVersion[]
  engineId: Buffer
  /** The longest message in bytes, either way; 1472 fills an Ethernet frame. */
  maxSize?: number
  quirks?: Quirks
  /** Milliseconds. */
  now: () => number
  stats?: PlayerStats
}

const DEFAULT_MAX_SIZE = 1472

/** An SNMP agent over `objects`, read-only: datagram in, datagram out. Knows nothing of sockets. */
export class SnmpAgent {
  private readonly objects: Objects
  private readonly community: Buffer
  private readonly versions: ReadonlySet<SnmpVersion>
  private readonly maxSize: number
  private readonly quirks: Quirks
  private readonly engine: UsmAgentEngine
  readonly stats: PlayerStats

  constructor(options: AgentOptions) {
    const { id, now } = { id: options.engineId, now: options.now }
    this.objects = options.objects
    this.community = Buffer.from(options.community)
    this.versions = new Set(options.versions)
    this.maxSize = options.maxSize ?? DEFAULT_MAX_SIZE
    this.quirks = options.quirks ?? {}
    this.stats = options.stats ?? createStats()
    this.engine = new UsmAgentEngine({ id, users: options.users, now, maxSize: this.maxSize, stats: this.stats })
  }

  /** The reply to a datagram; null where an agent says nothing. Raises no error, whatever the bytes are. */
  answer(datagram: Buffer): Buffer | null {
    let message: SnmpMessage
    try {
      message = decodeMessage(datagram)
    } catch (error) {
      if (!(error instanceof BerError)) throw error
      this.stats.malformed++
      return null
    }
    if (!this.versions.has(message.version)) return null
    this.stats[message.version === '1' ? 'v1' : message.version === '2c' ? 'v2c' : 'v3']++
    if (message.version === '3') {
      return this.engine.answer(datagram, message, (pdu, limit, encode) => this.reply(pdu, '3', limit, encode))
    }
    const { version, community, pdu } = message
    if (!community.equals(this.community)) {
      this.stats.wrong_community++
      return null
    }
    return this.reply(pdu, version, this.maxSize, (reply) => encodeCommunityMessage({ version, community, pdu: reply }))
  }

  private reply(pdu: Pdu, version: SnmpVersion, limit: number, encode: (reply: Pdu) => Buffer): Buffer | null {
    if (pdu.type === 'get' || pdu.type === 'get_next' || pdu.type === 'get_bulk' || pdu.type === 'set')
      this.stats[pdu.type]++
    const reply = respond(pdu, version, this.objects, this.quirks, limit)
    if (!reply) return null
    this.stats.answered++
    // The sign stays, so that the id is still one that a manager could have given.
    if (this.quirks.isIdWrong?.()) reply.requestId ^= 0x55
    let bytes = encode(reply)
    // What was collected exceeds the limit by the headers at most, a few variable bindings.
    while (pdu.type === 'get_bulk' && bytes.length > limit && reply.varbinds.length > 1) {
      reply.varbinds.pop()
      bytes = encode(reply)
    }
    return bytes.length <= limit ? bytes : encode(tooBig(pdu, version === '1'))
  }
}
