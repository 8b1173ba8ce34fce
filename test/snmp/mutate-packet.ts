import {
  encodeCommunityMessage,
  encodeV3Message,
  type Pdu,
  type PduType,
  type V3Message,
} from '../../src/core/snmp/message.ts'
import type { Random } from '../../src/core/snmp/player/random.ts'
import { encodeDiscovery } from '../../src/core/snmp/user-session.ts'
import type { Varbind } from '../../src/core/snmp/value.ts'
import { fixtureNames, readFixture } from '../recordings/printer-fixture.ts'

const VARBINDS = 12
const COMMUNITY = Buffer.from('public')
const LENGTHS = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x88, 0xfe, 0xff]
const TAGS = [0x02, 0x04, 0x05, 0x06, 0x30, 0x40, 0x41, 0x44, 0x46, 0x80, 0x82, 0xa0, 0xa2, 0xa5, 0xa8, 0x1f, 0x24]

const at = (random: Random, length: number) => Math.floor(random() * length)
const pick = <T>(random: Random, items: readonly T[]) => items[at(random, items.length)] as T

/** What managers and agents say about the recordings, in each version: requests, answers, reports, sealed messages. */
export function composePackets(random: Random): Buffer[] {
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => at(random, 256)))
  const sealed = (scoped: V3Message['scoped'], flags: number) => seal(scoped, flags, noise)
  const packets: Buffer[] = [encodeDiscovery(77)]
  for (const name of fixtureNames('printers')) {
    const { oids, values } = readFixture('printers', name)
    for (let from = 0; from < oids.length; from += VARBINDS * 4) {
      const varbinds = oids.slice(from, from + VARBINDS).map((oid) => ({ oid, value: values.get(oid) }) as Varbind)
      const asked = varbinds.map(({ oid }): Varbind => ({ oid, value: { type: 'null' } }))
      packets.push(
        encodeCommunityMessage({ version: '1', community: COMMUNITY, pdu: pdu('get_next', asked) }),
        encodeCommunityMessage({ version: '2c', community: COMMUNITY, pdu: pdu('response', varbinds) }),
        sealed({ encrypted: noise(64 + from) }, 3),
        sealed({ contextEngineId: noise(12), contextName: Buffer.alloc(0), pdu: pdu('report', varbinds) }, 0),
      )
    }
  }
  return packets
}

function pdu(type: PduType, varbinds: Varbind[]): Pdu {
  return { type, requestId: 0x1234_5678, errorStatus: 0, errorIndex: 0, varbinds }
}

function seal(scoped: V3Message['scoped'], flags: number, noise: (length: number) => Buffer): Buffer {
  const usm = {
    engineId: noise(12),
    engineBoots: 3,
    engineTime: 70_000,
    userName: Buffer.from('watcher'),
    authentication: flags ? noise(24) : Buffer.alloc(0),
    privacy: flags ? noise(8) : Buffer.alloc(0),
  }
  return encodeV3Message({ version: '3', msgId: 9, maxSize: 65_507, flags, usm, scoped }).bytes
}

type Mutation = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer

const MUTATIONS: readonly Mutation[] = [
  // one bit
  (bytes, random) => change(bytes, random, (byte) => byte ^ (1 << at(random, 8))),
  // any byte
  (bytes, random) => change(bytes, random, () => at(random, 256)),
  // a length that cannot be, or another tag
  (bytes, random) => change(bytes, random, () => pick(random, LENGTHS)),
  (bytes, random) => change(bytes, random, () => pick(random, TAGS)),
  // near the beginning, where the structure is
  (bytes, random) => Buffer.concat([change(bytes.subarray(0, 40), random, () => at(random, 256)), bytes.subarray(40)]),
  // cut short
  (bytes, random) => bytes.subarray(0, at(random, bytes.length)),
  // a piece missing, doubled, or taken from another packet
  (bytes, random) => {
    const from = at(random, bytes.length)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + at(random, 8))])
  },
  (bytes, random) => {
    const from = at(random, bytes.length)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(at(random, from + 1))])
  },
  (bytes, random, others) => {
    const other = pick(random, others)
    return Buffer.concat([bytes.subarray(0, at(random, bytes.length)), other.subarray(at(random, other.length))])
  },
  // sequences in sequences
  (bytes, random) => nest(bytes, random),
  // nothing but noise
  (_, random) => Buffer.from(Array.from({ length: at(random, 120) }, () => at(random, 256))),
]

/** One of `packets` with one to four things wrong with it. */
export function mutatePacket(packets: readonly Buffer[], random: Random): Buffer {
  let bytes = Buffer.from(pick(random, packets))
  for (let i = at(random, 4); i >= 0; i--) bytes = Buffer.from(pick(random, MUTATIONS)(bytes, random, packets))
  return bytes
}

function change(bytes: Buffer, random: Random, to: (byte: number) => number): Buffer {
  const other = Buffer.from(bytes)
  const position = at(random, other.length)
  if (other.length > 0) other[position] = to(other[position] as number)
  return other
}

function nest(bytes: Buffer, random: Random): Buffer {
  const from = at(random, bytes.length)
  const depth = 1 + at(random, 400)
  const shells = Array.from({ length: depth }, (_, i) => {
    const inside = Math.min(0xffff, bytes.length - from + (depth - 1 - i) * 4)
    return Buffer.of(pick(random, [0x30, 0x30, 0xa2]), 0x82, inside >> 8, inside & 0xff)
  })
  return Buffer.concat([bytes.subarray(0, from), ...shells, bytes.subarray(from)])
}
