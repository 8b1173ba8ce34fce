import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UserCredential } from '../../src/core/model/credential.ts'
import { Secret } from '../../src/core/model/secret.ts'
import {
  decodeMessage,
  encodeCommunityMessage,
  encodeV3Message,
  type Pdu,
  type V3Message,
} from '../../src/core/snmp/message.ts'
import { type AgentOptions, SnmpAgent } from '../../src/core/snmp/player/agent.ts'
import { createEngineId } from '../../src/core/snmp/player/engine.ts'
import { LiveObjects } from '../../src/core/snmp/player/objects.ts'
import { varbindSize } from '../../src/core/snmp/player/size.ts'
import { parseRecording } from '../../src/core/snmp/recording.ts'
import { digestLength, type UsmKeys, writeDigest } from '../../src/core/snmp/usm.ts'
import type { SnmpValue, Varbind } from '../../src/core/snmp/value.ts'
import { EXAMPLE_PRINTER } from './example-recording.ts'

const ENGINE = createEngineId('test')
const SYS_DESCR = '1.3.6.1.2.1.1.1.0'
const SYS_NAME = '1.3.6.1.2.1.1.5.0'
const IF_HC_IN_OCTETS = '1.3.6.1.2.1.31.1.1.1.6.1'
const SERIAL = '1.3.6.1.2.1.43.5.1.1.17.1'
const LAST = '1.3.6.1.4.1.32473.1.6.0'

function createAgent(options: Partial<AgentOptions> = {}): SnmpAgent {
  return new SnmpAgent({
    objects: new LiveObjects(EXAMPLE_PRINTER),
    community: 'public',
    users: [],
    versions: ['1', '2c', '3'],
    engineId: ENGINE,
    now: () => 0,
    ...options,
  })
}

interface Question {
  version?: '1' | '2c'
  type?: Pdu['type']
  community?: string
  oids: string[]
  nonRepeaters?: number
  repetitions?: number
}

function request({
  version = '2c',
  type = 'get',
  community = 'public',
  oids,
  nonRepeaters,
  repetitions,
}: Question): Buffer {
  const varbinds = oids.map((oid): Varbind => ({ oid, value: { type: 'null' } }))
  const pdu = { type, requestId: 4711, errorStatus: nonRepeaters ?? 0, errorIndex: repetitions ?? 0, varbinds }
  return encodeCommunityMessage({ version, community: Buffer.from(community), pdu })
}

/** The PDU that the agent answers with, or null. */
function ask(agent: SnmpAgent, question: Question): Pdu | null {
  const reply = agent.answer(request(question))
  if (!reply) return null
  const message = decodeMessage(reply)
  if (message.version === '3') throw new Error('a v3 answer to a community')
  expect(message.version).toBe(question.version ?? '2c')
  expect(message.pdu.requestId).toBe(4711)
  return message.pdu
}

const oidsOf = (pdu: Pdu | null) => pdu?.varbinds.map(({ oid }) => oid)
const typesOf = (pdu: Pdu | null) => pdu?.varbinds.map(({ value }) => value.type)

describe('Get', () => {
  test('gives values in the order asked, and v2c exceptions for what is not there', () => {
    const pdu = ask(createAgent(), { oids: [SYS_NAME, SYS_DESCR, '1.3.6.1.2.1.1.1.1', '1.3.6.1.2.1.99.1.0'] })
    expect(pdu?.errorStatus).toBe(0)
    expect(typesOf(pdu)).toEqual(['octets', 'octets', 'no_such_instance', 'no_such_object'])
    expect(pdu?.varbinds[0]?.value).toEqual({ type: 'octets', value: Buffer.from('laser') })
  })

  test('on v1 answers noSuchName with the index and the question, and has no Counter64', () => {
    const missing = ask(createAgent(), { version: '1', oids: [SYS_NAME, '1.3.6.1.2.1.99.1.0'] })
    expect([missing?.errorStatus, missing?.errorIndex]).toEqual([2, 2])
    expect(typesOf(missing)).toEqual(['null', 'null'])
    expect(oidsOf(missing)).toEqual([SYS_NAME, '1.3.6.1.2.1.99.1.0'])
    expect(ask(createAgent(), { version: '1', oids: [IF_HC_IN_OCTETS] })?.errorStatus).toBe(2)
  })

  test('that does not fit is tooBig: without variables on v2c, with them on v1', () => {
    const values = new Map<string, SnmpValue>([['1.3.1', { type: 'octets', value: Buffer.alloc(500) }]])
    const objects = new LiveObjects({ name: 'x', values, oids: ['1.3.1'], skipped: 0 })
    const agent = createAgent({ objects, maxSize: 484 })
    const v2c = ask(agent, { oids: ['1.3.1'] })
    expect([v2c?.errorStatus, v2c?.errorIndex, v2c?.varbinds.length]).toEqual([1, 0, 0])
    const v1 = ask(agent, { version: '1', oids: ['1.3.1'] })
    expect([v1?.errorStatus, v1?.errorIndex, v1?.varbinds.length]).toEqual([1, 0, 1])
  })
})

describe('GetNext', () => {
  test('walks the whole device in order', () => {
    const agent = createAgent()
    const walked: string[] = []
    for (let oid = '1'; ; oid = walked.at(-1) as string) {
      const pdu = ask(agent, { type: 'get_next', oids: [oid] })
      if (pdu?.varbinds[0]?.value.type === 'end_of_mib_view') {
        expect(oidsOf(pdu)).toEqual([LAST])
        break
      }
      walked.push(...(oidsOf(pdu) as string[]))
    }
    expect(walked).toEqual(EXAMPLE_PRINTER.oids)
  })

  test('on v1 jumps over Counter64 and ends with noSuchName', () => {
    const agent = createAgent()
    expect(oidsOf(ask(agent, { version: '1', type: 'get_next', oids: ['1.3.6.1.2.1.31'] }))).toEqual([SERIAL])
    const end = ask(agent, { version: '1', type: 'get_next', oids: [SYS_NAME, LAST] })
    expect([end?.errorStatus, end?.errorIndex]).toEqual([2, 2])
  })
})

describe('GetBulk', () => {
  test('gives non-repeaters once and repeaters row by row (RFC 3416 section 4.2.3)', () => {
    const oids = ['1.3.6.1.2.1.1.2', '1.3.6.1.2.1.43.8.2.1.9', '1.3.6.1.2.1.43.8.2.1.10']
    const pdu = ask(createAgent(), { type: 'get_bulk', oids, nonRepeaters: 1, repetitions: 2 })
    expect(oidsOf(pdu)).toEqual([
      '1.3.6.1.2.1.1.2.0',
      '1.3.6.1.2.1.43.8.2.1.9.1.1',
      '1.3.6.1.2.1.43.8.2.1.10.1.1',
      '1.3.6.1.2.1.43.8.2.1.9.1.2',
      '1.3.6.1.2.1.43.8.2.1.10.1.2',
    ])
  })

  test('ends after a row that is beyond the last object', () => {
    const pdu = ask(createAgent(), { type: 'get_bulk', oids: ['1.3.6.1.4.1.32473.1.5.0'], repetitions: 50 })
    expect(oidsOf(pdu)).toEqual([LAST, LAST])
    expect(typesOf(pdu)).toEqual(['gauge32', 'end_of_mib_view'])
  })

  test('is cut at whole variables so that the message fits, and filled as far as it does', () => {
    const rows = Array.from({ length: 300 }, (_, i) => `1.3.6.1.2.1.${i + 1}.0|4|${'x'.repeat(i % 50)}`)
    const objects = new LiveObjects(parseRecording(rows.join('\n'), 'x'))
    const question = request({ type: 'get_bulk', oids: ['1.3'], repetitions: 300 })
    for (const maxSize of [484, 1472, 1473, 1474, 1475]) {
      const reply = createAgent({ objects, maxSize }).answer(question) as Buffer
      expect(reply.length).toBeLessThanOrEqual(maxSize)
      expect(reply.length).toBeGreaterThan(maxSize - 80)
      const message = decodeMessage(reply) as { pdu: Pdu }
      expect(message.pdu.varbinds.map(({ oid }) => oid)).toEqual(objects.oids.slice(0, message.pdu.varbinds.length))
    }
  })

  test('with zero or negative repetitions gives no repeaters', () => {
    for (const repetitions of [0, -5]) {
      expect(oidsOf(ask(createAgent(), { type: 'get_bulk', oids: ['1.3'], repetitions }))).toEqual([])
    }
  })

  test('does not exist on v1', () => {
    expect(ask(createAgent(), { version: '1', type: 'get_bulk', oids: ['1.3'], repetitions: 5 })).toBeNull()
  })
})

test('Set is refused: noAccess, on v1 noSuchName', () => {
  expect(ask(createAgent(), { type: 'set', oids: [SYS_NAME] })).toMatchObject({ errorStatus: 6, errorIndex: 1 })
  expect(ask(createAgent(), { version: '1', type: 'set', oids: [SYS_NAME] })).toMatchObject({
    errorStatus: 2,
    errorIndex: 1,
  })
})

test('a wrong community, a version not spoken, a response and noise meet silence', () => {
  const agent = createAgent({ versions: ['2c'] })
  expect(ask(agent, { community: 'Public', oids: [SYS_NAME] })).toBeNull()
  expect(ask(agent, { version: '1', oids: [SYS_NAME] })).toBeNull()
  expect(ask(agent, { type: 'response', oids: [SYS_NAME] })).toBeNull()
  expect(agent.answer(Buffer.from('hello'))).toBeNull()
  expect(agent.stats).toMatchObject({ wrong_community: 1, malformed: 1, answered: 0 })
})

test('no datagram makes an agent raise an error', () => {
  const valid = request({ type: 'get_bulk', oids: ['1.3'], repetitions: 10 })
  const agent = createAgent()
  const mutated = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
    const bytes = Buffer.from(valid)
    for (const [at, byte] of changes) bytes[at] = byte
    return bytes
  })
  fc.assert(
    fc.property(
      fc.oneof(
        mutated,
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => {
        const reply = agent.answer(bytes)
        if (reply) expect(reply.length).toBeLessThanOrEqual(1472)
      },
    ),
    { numRuns: 5000 },
  )
})

test('the size of a variable is what its encoding takes', () => {
  const values: SnmpValue[] = [
    ...[0, 1, 127, 128, 255, 256, 32767, 32768, 8388607, 8388608, 2147483647, -1, -128, -129, -2147483648].map(
      (value): SnmpValue => ({ type: 'integer', value }),
    ),
    ...[0, 2147483648, 4294967295].map((value): SnmpValue => ({ type: 'counter32', value })),
    ...[0n, 127n, 128n, 4294967296n, 18446744073709551615n].map((value): SnmpValue => ({ type: 'counter64', value })),
    ...[0, 127, 128, 300, 70000].map((size): SnmpValue => ({ type: 'octets', value: Buffer.alloc(size) })),
    { type: 'ip', value: '192.0.2.1' },
    { type: 'oid', value: '0.0' },
    { type: 'oid', value: '1.3.6.1.4.1.4294967295.128.127' },
    { type: 'end_of_mib_view' },
  ]
  const empty = { type: 'response', requestId: 1, errorStatus: 0, errorIndex: 0, varbinds: [] } as Pdu
  const encode = (varbinds: Varbind[]) => {
    return encodeCommunityMessage({ version: '2c', community: Buffer.alloc(0), pdu: { ...empty, varbinds } })
  }
  for (const value of values) {
    const varbind = { oid: '1.3.6.1.2.1.43.11.1.1.9.1.200', value }
    // Both messages are long, so that lengths around them take the same bytes.
    const filler: Varbind = { oid: '1.3', value: { type: 'octets', value: Buffer.alloc(200_000) } }
    expect(encode([filler, varbind]).length - encode([filler]).length).toBe(varbindSize(varbind))
  }
})

describe('SNMPv3 reports', () => {
  const users: UserCredential[] = [
    {
      name: 'x',
      version: '3',
      username: 'monitor',
      security_level: 'authNoPriv',
      auth_protocol: 'sha256',
      auth_key: new Secret('correct horse'),
    },
  ]
  const keys: UsmKeys = { authProtocol: 'sha256', authKey: 'correct horse' }
  const report = (kind: number) => `1.3.6.1.6.3.15.1.1.${kind}.0`

  /** Sends a v3 Get and gives the answer; with `key` it is authenticated. */
  function askV3(
    agent: SnmpAgent,
    options: {
      user?: string
      key?: UsmKeys
      engineId?: Buffer
      time?: number
      boots?: number
      flags?: number
      context?: string
    },
  ): (V3Message & { scoped: { pdu: Pdu } }) | null {
    const { user = 'monitor', key, engineId = ENGINE, time = 0, boots = 1, flags = key ? 5 : 4 } = options
    const varbinds: Varbind[] = [{ oid: SYS_NAME, value: { type: 'null' } }]
    const pdu: Pdu = { type: 'get', requestId: 99, errorStatus: 0, errorIndex: 0, varbinds }
    const { bytes, authentication } = encodeV3Message({
      version: '3',
      msgId: 7,
      maxSize: 1472,
      flags,
      usm: {
        engineId,
        engineBoots: boots,
        engineTime: time,
        userName: Buffer.from(user),
        authentication: Buffer.alloc(key ? digestLength(key.authProtocol) : 0),
        privacy: Buffer.alloc(0),
      },
      scoped: { contextEngineId: engineId, contextName: Buffer.from(options.context ?? ''), pdu },
    })
    if (key) writeDigest(bytes, authentication, key, engineId)
    const reply = agent.answer(bytes)
    return reply && (decodeMessage(reply) as V3Message & { scoped: { pdu: Pdu } })
  }

  test('discovery: an unknown engine id is answered with the right one and the time, in the clear', () => {
    const agent = createAgent({ users })
    const reply = askV3(agent, { user: '', engineId: Buffer.alloc(0) })
    expect(reply?.scoped.pdu.type).toBe('report')
    expect(oidsOf(reply?.scoped.pdu ?? null)).toEqual([report(4)])
    expect(reply?.scoped.pdu.requestId).toBe(99)
    expect(reply?.usm.engineId).toEqual(ENGINE)
    expect(reply?.flags).toBe(0)
  })

  test.each([
    ['unknown user', { user: 'nobody', key: keys }, 3],
    ['level that the user has no key for', { flags: 7 }, 1],
    ['wrong key', { key: { ...keys, authKey: 'wrong horse' } }, 5],
    ['wrong protocol', { key: { ...keys, authProtocol: 'sha1' as const } }, 5],
    ['time more than 150 s off', { key: keys, time: 151 }, 2],
    ['other boots', { key: keys, boots: 2 }, 2],
  ])('%s', (_, options, kind) => {
    // A flag for privacy makes the message's last part encrypted bytes; noise will do.
    if ('flags' in options) {
      const { bytes } = encodeV3Message({
        version: '3',
        msgId: 7,
        maxSize: 1472,
        flags: 7,
        usm: {
          engineId: ENGINE,
          engineBoots: 1,
          engineTime: 0,
          userName: Buffer.from('monitor'),
          authentication: Buffer.alloc(24),
          privacy: Buffer.alloc(8),
        },
        scoped: { encrypted: Buffer.alloc(40) },
      })
      const reply = decodeMessage(createAgent({ users }).answer(bytes) as Buffer) as V3Message & {
        scoped: { pdu: Pdu }
      }
      expect(oidsOf(reply.scoped.pdu)).toEqual([report(kind)])
      return
    }
    const reply = askV3(createAgent({ users }), options)
    expect(oidsOf(reply?.scoped.pdu ?? null)).toEqual([report(kind)])
    // The time is told in an authenticated report, so that it can be believed.
    expect(reply?.flags).toBe(kind === 2 ? 1 : 0)
  })

  test('reports count up, and are only sent when the asker can take them', () => {
    const agent = createAgent({ users })
    expect(askV3(agent, { user: 'nobody', key: keys, flags: 1 })).toBeNull()
    const second = askV3(agent, { user: 'nobody', key: keys })
    expect(second?.scoped.pdu.varbinds[0]?.value).toEqual({ type: 'counter32', value: 2 })
  })

  test('time within the window, an answer with the same level; the clock runs on', () => {
    let time = 0
    const agent = createAgent({ users, now: () => time })
    time = 100_000
    const reply = askV3(agent, { key: keys, time: 10 })
    expect(reply?.scoped.pdu).toMatchObject({ type: 'response', errorStatus: 0, requestId: 99 })
    expect(reply?.flags).toBe(1)
    expect(reply?.usm.engineTime).toBe(100)
  })

  test('below the level of the user: authorizationError; another context: unknownContexts', () => {
    expect(askV3(createAgent({ users }), {})?.scoped.pdu.errorStatus).toBe(16)
    const reply = askV3(createAgent({ users }), { key: keys, context: 'other' })
    expect(oidsOf(reply?.scoped.pdu ?? null)).toEqual(['1.3.6.1.6.3.12.1.5.0'])
  })
})
