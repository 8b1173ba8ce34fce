import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BerError, BerReader } from '../../src/core/snmp/ber.ts'
import {
  type CommunityMessage,
  decodeMessage,
  decodeScopedPdu,
  encodeCommunityMessage,
  encodeScopedPdu,
  encodeV3Message,
  type PduType,
  type V3Message,
} from '../../src/core/snmp/message.ts'
import { encodeDiscovery } from '../../src/core/snmp/user-session.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')
const octets = (text: string) => ({ type: 'octets', value: Buffer.from(text) }) as const

/** RFC 1157 section 4.1.2 and RFC 3416 section 4.2.1, byte by byte: a question for sysDescr.0. */
const GET = bytes(`
  30 29
    02 01 00
    04 06 70 75 62 6c 69 63
    a0 1c
      02 04 12 34 56 78
      02 01 00
      02 01 00
      30 0e
        30 0c 06 08 2b 06 01 02 01 01 01 00 05 00`)

/** The answer in v2c, and behind it an object that is not there. */
const RESPONSE = bytes(`
  30 3b
    02 01 01
    04 06 70 75 62 6c 69 63
    a2 2e
      02 04 12 34 56 78
      02 01 00
      02 01 00
      30 20
        30 0e 06 08 2b 06 01 02 01 01 01 00 04 02 48 69
        30 0e 06 08 2b 06 01 02 01 01 09 00 81 00 00 00`)

/** RFC 3414 section 4: nobody asks an unknown engine, which may report. */
const DISCOVERY = bytes(`
  30 38
    02 01 03
    30 0e  02 01 07  02 03 00 ff e3  04 01 04  02 01 03
    04 10  30 0e  04 00  02 01 00  02 01 00  04 00  04 00  04 00
    30 11  04 00  04 00  a0 0b  02 01 07  02 01 00  02 01 00  30 00`)

describe('community messages', () => {
  it('writes and reads a Get', () => {
    const message: CommunityMessage = {
      version: '1',
      community: Buffer.from('public'),
      pdu: {
        type: 'get',
        requestId: 0x12345678,
        errorStatus: 0,
        errorIndex: 0,
        varbinds: [{ oid: '1.3.6.1.2.1.1.1.0', value: { type: 'null' } }],
      },
    }
    expect(encodeCommunityMessage(message).toString('hex')).toBe(GET.toString('hex'))
    expect(decodeMessage(GET)).toEqual(message)
  })

  it('reads a response with an exception, and what an agent left behind a value', () => {
    expect(decodeMessage(RESPONSE)).toEqual({
      version: '2c',
      community: Buffer.from('public'),
      pdu: {
        type: 'response',
        requestId: 0x12345678,
        errorStatus: 0,
        errorIndex: 0,
        varbinds: [
          { oid: '1.3.6.1.2.1.1.1.0', value: octets('Hi') },
          { oid: '1.3.6.1.2.1.1.9.0', value: { type: 'no_such_instance' } },
        ],
      },
    })
  })

  it('refuses every message that is cut short', () => {
    for (let length = 0; length < RESPONSE.length; length++) {
      expect(() => decodeMessage(RESPONSE.subarray(0, length))).toThrow(BerError)
    }
  })

  it.each([
    ['an unknown version', 4, 0x02],
    ['a v1 trap', 13, 0xa4],
    ['a PDU of no type', 13, 0xaf],
    ['a value of no type', 41, 0x07],
  ])('refuses %s', (_, offset, value) => {
    const damaged = Buffer.from(GET)
    damaged[offset] = value
    expect(() => decodeMessage(damaged)).toThrow(BerError)
  })

  it('refuses an IpAddress that has not four bytes, and more than 4,096 variable bindings', () => {
    const pair = bytes('30 08 06 01 2b 40 03 c0 00 02')
    expect(() => decodeMessage(wrap(pair))).toThrow(/IpAddress/)
    const many = Buffer.concat(Array.from({ length: 4097 }, () => bytes('30 05 06 01 2b 05 00')))
    expect(() => decodeMessage(wrap(many))).toThrow(/too many/)
    expect(() => decodeMessage(Buffer.alloc(70_000))).toThrow(/longer than a datagram/)
  })
})

/** A v2c response with these bytes for its list of variable bindings; all lengths in the three-byte form. */
function wrap(list: Buffer): Buffer {
  const shell = (tag: number, contents: Buffer) =>
    Buffer.concat([Buffer.of(tag, 0x82, contents.length >> 8, contents.length & 255), contents])
  const pdu = shell(0xa2, Buffer.concat([bytes('02 01 01 02 01 00 02 01 00'), shell(0x30, list)]))
  return shell(0x30, Buffer.concat([bytes('02 01 01 04 01 78'), pdu]))
}

describe('SNMPv3 messages', () => {
  it('writes and reads a discovery', () => {
    expect(encodeDiscovery(7).toString('hex')).toBe(DISCOVERY.toString('hex'))
    expect(decodeMessage(DISCOVERY)).toMatchObject({
      version: '3',
      msgId: 7,
      maxSize: 65507,
      flags: 4,
      usm: { engineId: Buffer.alloc(0), engineBoots: 0, engineTime: 0 },
      scoped: { pdu: { type: 'get', requestId: 7, varbinds: [] } },
    })
  })

  it('keeps what is sealed as it is, and shows where the digest belongs', () => {
    const message: V3Message = {
      version: '3',
      msgId: 0x7fffffff,
      maxSize: 1472,
      flags: 3,
      usm: {
        engineId: bytes('80 00 7e d9 05 01 02 03'),
        engineBoots: 2,
        engineTime: 300,
        userName: Buffer.from('watcher'),
        authentication: Buffer.alloc(24),
        privacy: bytes('00 01 02 03 04 05 06 07'),
      },
      scoped: { encrypted: Buffer.alloc(200, 0x5a) },
    }
    const encoded = encodeV3Message(message)
    expect(decodeMessage(encoded.bytes)).toEqual(message)
    encoded.authentication.fill(0xee)
    expect(decodeMessage(encoded.bytes)).toMatchObject({ usm: { authentication: Buffer.alloc(24, 0xee) } })
  })

  it('reads a scoped PDU with padding behind it, as DES leaves it', () => {
    const scoped = {
      contextEngineId: Buffer.from('e'),
      contextName: Buffer.from('c'),
      pdu: { type: 'response' as const, requestId: 1, errorStatus: 0, errorIndex: 0, varbinds: [] },
    }
    const padded = Buffer.concat([encodeScopedPdu(scoped), Buffer.alloc(7)])
    expect(decodeScopedPdu(new BerReader(padded))).toEqual(scoped)
  })

  it('refuses another security model', () => {
    const damaged = Buffer.from(DISCOVERY)
    damaged[20] = 2
    expect(() => decodeMessage(damaged)).toThrow(/security model/)
  })
})

const unsigned32 = fc.integer({ min: 0, max: 0xffffffff })
const some = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value))
const oid = fc.array(unsigned32, { minLength: 1, maxLength: 30 }).map((ids) => ['1.3', ...ids].join('.'))
const value: fc.Arbitrary<SnmpValue> = fc.oneof(
  fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
  fc.record({ type: fc.constantFrom('counter32', 'gauge32', 'timeticks'), value: unsigned32 }),
  fc.record({ type: fc.constant('counter64' as const), value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }),
  fc.record({ type: fc.constantFrom('octets', 'opaque'), value: some }),
  fc.record({ type: fc.constant('oid' as const), value: oid }),
  fc.record({ type: fc.constant('ip' as const), value: fc.ipV4() }),
  fc.record({ type: fc.constantFrom('null', 'no_such_object', 'no_such_instance', 'end_of_mib_view') }),
)
const pdu = fc.record({
  type: fc.constantFrom<PduType>('get', 'get_next', 'get_bulk', 'response', 'set', 'inform', 'trap', 'report'),
  requestId: fc.integer(),
  errorStatus: fc.integer({ min: 0, max: 18 }),
  errorIndex: fc.nat(),
  varbinds: fc.array(fc.record({ oid, value }), { maxLength: 12 }),
})

describe('round trip', () => {
  it('community messages', () => {
    const version = fc.constantFrom('1' as const, '2c' as const)
    fc.assert(
      fc.property(fc.record({ version, community: some, pdu }), (message) => {
        expect(decodeMessage(encodeCommunityMessage(message))).toEqual(message)
      }),
    )
  })

  it('SNMPv3 messages', () => {
    const usm = fc.record({
      engineId: some,
      engineBoots: fc.nat(),
      engineTime: fc.nat(),
      userName: some,
      authentication: some,
      privacy: some,
    })
    const header = fc.record({ msgId: fc.nat(), maxSize: fc.nat(), usm })
    const scoped = fc.record({ contextEngineId: some, contextName: some, pdu })
    fc.assert(
      fc.property(header, fc.oneof(scoped, fc.record({ encrypted: some })), (rest, contents) => {
        const message: V3Message = { version: '3', ...rest, flags: 'encrypted' in contents ? 7 : 4, scoped: contents }
        expect(decodeMessage(encodeV3Message(message).bytes)).toEqual(message)
      }),
    )
  })
})
