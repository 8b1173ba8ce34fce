import { afterEach, describe, expect, test } from 'vitest'
import { PrintMasterError } from '../../src/core/model/error.ts'
import { type Fault, parseFault } from '../../src/core/snmp/player/faults.ts'
import { FaultyLine } from '../../src/core/snmp/player/line.ts'
import { LiveObjects } from '../../src/core/snmp/player/objects.ts'
import { type Player, startPlayer } from '../../src/core/snmp/player/player.ts'
import { createRandom } from '../../src/core/snmp/player/random.ts'
import { createStats } from '../../src/core/snmp/player/stats.ts'
import { StuckObjects } from '../../src/core/snmp/player/walk-faults.ts'
import { parseRecording } from '../../src/core/snmp/recording.ts'
import { EXAMPLE_PRINTER } from './example-recording.ts'
import { buildRequest, readPdu, UdpClient } from './udp-client.ts'

const SYS_NAME = '1.3.6.1.2.1.1.5.0'
const SYS_DESCR = '1.3.6.1.2.1.1.1.0'

test.each<[string, Fault]>([
  ['loss=10', { kind: 'loss', percent: 10 }],
  ['loss=0.5', { kind: 'loss', percent: 0.5 }],
  [' latency = 200 ', { kind: 'latency', ms: 200 }],
  ['silence', { kind: 'silence', percent: 100 }],
  ['silence=30', { kind: 'silence', percent: 30 }],
  ['backwards', { kind: 'backwards', every: 10 }],
  ['circle=5', { kind: 'circle', every: 5 }],
  ['no-combined-get', { kind: 'no-combined-get' }],
  ['no-bulk', { kind: 'no-bulk', answer: 'silent' }],
  ['no-bulk=generr', { kind: 'no-bulk', answer: 'generr' }],
  ['max-size', { kind: 'max-size', bytes: 484 }],
  ['max-varbinds=1', { kind: 'max-varbinds', count: 1 }],
  ['v1-only', { kind: 'v1-only' }],
])('parseFault reads %j', (text, fault) => {
  expect(parseFault(text)).toEqual(fault)
})

test.each([
  '',
  'lossy',
  'loss',
  'loss=',
  'loss=101',
  'loss=-1',
  'loss=ten',
  'latency=1.5',
  'v1-only=1',
  'no-bulk=maybe',
  'circle=1',
  'toString',
])('parseFault refuses %j', (text) => {
  expect(() => parseFault(text)).toThrow(PrintMasterError)
  expect(() => parseFault(text)).toThrow(/^--fault/)
})

test.each([
  ['backwards=0', '--fault backwards=0: N is a number of objects from 2 to 1000000'],
  ['latency=abc', '--fault latency=abc: N is milliseconds from 0 to 600000'],
  ['max-varbinds=0', '--fault max-varbinds=0: N is a number of objects from 1 to 4096'],
  ['loss=1 0', '--fault loss="1 0": N is a percentage from 0 to 100'],
  ['latency', '--fault latency needs a number: latency=N, where N is milliseconds from 0 to 600000'],
])('parseFault says what is wrong with %j', (text, message) => {
  expect(() => parseFault(text)).toThrow(new PrintMasterError('bad_flag', message))
})

/** A line with a clock of its own; what it does depends on seed and faults only. */
function createLine(faults: Fault[], options: { seed?: number; now?: () => number } = {}) {
  const stats = createStats()
  const { seed = 1, now = () => 0 } = options
  return { line: new FaultyLine({ faults, random: createRandom(seed), now, stats }), stats }
}

describe('FaultyLine', () => {
  const reply = Buffer.from('reply')

  test('without faults lets everything through at once', () => {
    const { line } = createLine([])
    expect(line.admits()).toBe(true)
    expect(line.deliver(reply)).toEqual([{ bytes: reply, delayMs: 0, fromStranger: false }])
  })

  test('loses about the share it should, both ways, the same for the same seed', () => {
    const run = (seed: number) => {
      const { line, stats } = createLine([{ kind: 'loss', percent: 10 }], { seed })
      const kept = Array.from({ length: 2000 }, () => line.admits() && line.deliver(reply).length > 0)
      return { kept, stats }
    }
    const { kept, stats } = run(7)
    // 10 % of 2,000 is 200; five standard deviations are 67.
    expect(Math.abs(stats.lost_requests - 200)).toBeLessThan(67)
    expect(Math.abs(stats.lost_replies - 180)).toBeLessThan(67)
    expect(run(7).kept).toEqual(kept)
    expect(run(8).kept).not.toEqual(kept)
  })

  test('silences a share of the devices, each for good', () => {
    const silent = Array.from({ length: 500 }, (_, seed) => {
      const { line } = createLine([{ kind: 'silence', percent: 30 }], { seed })
      const answers = Array.from({ length: 5 }, () => line.admits())
      expect(new Set(answers).size).toBe(1)
      return answers[0] === false
    }).filter(Boolean).length
    expect(Math.abs(silent - 150)).toBeLessThan(52)
  })

  test('is late by latency and up to jitter', () => {
    const { line } = createLine([
      { kind: 'latency', ms: 200 },
      { kind: 'jitter', ms: 50 },
    ])
    const delays = Array.from({ length: 200 }, () => line.deliver(reply)[0]?.delayMs ?? 0)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(200)
    expect(Math.max(...delays)).toBeLessThan(250)
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(25)
  })

  test('slow: one request after the other, and no more than 64 waiting', () => {
    let time = 1000
    const { line, stats } = createLine([{ kind: 'slow', ms: 100 }], { now: () => time })
    const answer = () => (line.admits() ? line.deliver(reply)[0]?.delayMs : null)
    expect([answer(), answer(), answer()]).toEqual([100, 200, 300])
    time += 250
    expect(answer()).toBe(150)
    for (let i = 0; i < 100; i++) answer()
    expect(stats.lost_requests).toBeGreaterThan(0)
    expect(answer()).toBeNull()
    time += 60_000
    expect(answer()).toBe(100)
  })

  test('truncates, and sends garbage of the same length', () => {
    const truncated = createLine([{ kind: 'truncate', percent: 100 }]).line.deliver(reply)[0]?.bytes as Buffer
    expect(truncated.length).toBeLessThan(reply.length)
    expect(reply.subarray(0, truncated.length)).toEqual(truncated)
    const garbage = createLine([{ kind: 'garbage', percent: 100 }]).line.deliver(reply)[0]?.bytes as Buffer
    expect(garbage.length).toBe(reply.length)
    expect(garbage.equals(reply)).toBe(false)
    expect(reply.toString()).toBe('reply')
  })
})

describe('walks that get stuck', () => {
  const recording = parseRecording(Array.from({ length: 20 }, (_, i) => `1.3.6.${i + 1}|2|0`).join('\n'), 'x')

  test('backwards: after every n-th object comes an earlier one', () => {
    const objects = new StuckObjects(new LiveObjects(recording), 'backwards', 5)
    expect(objects.next('1.3')).toBe('1.3.6.1')
    expect(objects.next('1.3.6.4')).toBe('1.3.6.5')
    expect(objects.next('1.3.6.5')).toBe('1.3.6.2')
    expect(objects.next('1.3.6.10')).toBe('1.3.6.7')
  })

  test('circle: every n-th object follows itself, and the first follows the last', () => {
    const objects = new StuckObjects(new LiveObjects(recording), 'circle', 7)
    expect(objects.next('1.3.6.7')).toBe('1.3.6.7')
    expect(objects.next('1.3.6.8')).toBe('1.3.6.9')
    expect(objects.next('1.3.6.20')).toBe('1.3.6.1')
  })

  test('every 2 goes back and never off the list', () => {
    const objects = new StuckObjects(new LiveObjects(recording), 'backwards', 2)
    for (const oid of recording.oids.slice(0, -1)) expect(recording.oids).toContain(objects.next(oid))
  })
})

describe('over UDP', () => {
  let player: Player
  let client: UdpClient
  afterEach(async () => {
    await client.close()
    await player.close()
  })

  async function play(...faults: Fault[]) {
    player = await startPlayer({ devices: [{ address: '127.77.2.1', recording: EXAMPLE_PRINTER, faults }], port: 0 })
    client = await UdpClient.open()
  }

  /** Sends a request and waits for `replies` datagrams. */
  async function ask(request: Buffer, replies = 1) {
    const before = client.received.length
    await client.send(request, '127.77.2.1', player.port)
    await client.arrival(before + replies)
    return client.received.slice(before)
  }

  /** Sends requests of which only the last can be answered: an answer to it proves the silence before. */
  async function expectSilence(silent: Buffer, answered: Buffer) {
    await client.send(silent, '127.77.2.1', player.port)
    const [reply] = await ask(answered)
    expect(readPdu(reply?.bytes as Buffer).requestId).toBe(readPdu(answered).requestId)
    expect(client.received).toHaveLength(1)
  }

  test('duplicate: two datagrams, the same', async () => {
    await play({ kind: 'duplicate', percent: 100 })
    const [first, second] = await ask(buildRequest([SYS_NAME]), 2)
    expect(first?.bytes).toEqual(second?.bytes)
  })

  test('wrong-id: an answer to another question', async () => {
    await play({ kind: 'wrong-id', percent: 100 })
    const [reply] = await ask(buildRequest([SYS_NAME], { requestId: 1234 }))
    expect(readPdu(reply?.bytes as Buffer).requestId).not.toBe(1234)
  })

  test('wrong-sender: the right answer from another port', async () => {
    await play({ kind: 'wrong-sender', percent: 100 })
    const [reply] = await ask(buildRequest([SYS_NAME]))
    expect(reply?.port).not.toBe(player.port)
    expect(readPdu(reply?.bytes as Buffer).errorStatus).toBe(0)
  })

  test('latency: the answer comes, and closing does not wait for one that is on its way', async () => {
    await play({ kind: 'latency', ms: 20 })
    await ask(buildRequest([SYS_NAME]))
    await player.close()
    await play({ kind: 'latency', ms: 600_000 })
    await client.send(buildRequest([SYS_NAME]), '127.77.2.1', player.port)
  })

  test('no-combined-get: noSuchName on v1 for two objects, none for one', async () => {
    await play({ kind: 'no-combined-get' })
    const [two] = await ask(buildRequest([SYS_NAME, SYS_DESCR], { version: '1' }))
    expect(readPdu(two?.bytes as Buffer)).toMatchObject({ errorStatus: 2, errorIndex: 1 })
    const [one] = await ask(buildRequest([SYS_NAME], { version: '1' }))
    expect(readPdu(one?.bytes as Buffer).errorStatus).toBe(0)
  })

  test('no-bulk: silence or genErr', async () => {
    const bulk = buildRequest(['1.3'], { type: 'get_bulk', repetitions: 5 })
    await play({ kind: 'no-bulk', answer: 'silent' })
    await expectSilence(bulk, buildRequest([SYS_NAME], { requestId: 2 }))
    await Promise.all([client.close(), player.close()])
    await play({ kind: 'no-bulk', answer: 'generr' })
    const [reply] = await ask(bulk)
    expect(readPdu(reply?.bytes as Buffer).errorStatus).toBe(5)
  })

  test('max-size: GetBulk is cut to 484 bytes', async () => {
    await play({ kind: 'max-size', bytes: 484 })
    const [reply] = await ask(buildRequest(['1.3'], { type: 'get_bulk', repetitions: 50 }))
    expect(reply?.bytes.length).toBeLessThanOrEqual(484)
    expect(readPdu(reply?.bytes as Buffer).varbinds.length).toBeGreaterThan(5)
  })

  test('max-varbinds: tooBig above it, GetBulk up to it', async () => {
    await play({ kind: 'max-varbinds', count: 1 })
    const [two] = await ask(buildRequest([SYS_NAME, SYS_DESCR]))
    expect(readPdu(two?.bytes as Buffer)).toMatchObject({ errorStatus: 1, varbinds: [] })
    const [bulk] = await ask(buildRequest(['1.3'], { type: 'get_bulk', repetitions: 50 }))
    expect(readPdu(bulk?.bytes as Buffer).varbinds).toHaveLength(1)
  })

  test('v1-only and v2c-only', async () => {
    const one = buildRequest([SYS_NAME], { version: '1', requestId: 11 })
    const two = buildRequest([SYS_NAME], { version: '2c', requestId: 22 })
    await play({ kind: 'v1-only' })
    await expectSilence(two, one)
    await Promise.all([client.close(), player.close()])
    await play({ kind: 'v2c-only' })
    await expectSilence(one, two)
  })
})
