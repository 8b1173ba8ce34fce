import { createRequire } from 'node:module'
import { afterEach, describe, expect, test } from 'vitest'
import type { AuthProtocol, PrivProtocol, UserCredential } from '../../src/core/model/credential.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { createDevice } from '../../src/core/snmp/player/device.ts'
import { parseListen, planDevices } from '../../src/core/snmp/player/plan-devices.ts'
import { type Player, type PlayerOptions, startPlayer } from '../../src/core/snmp/player/player.ts'
import { parseRecording } from '../../src/core/snmp/recording.ts'
import { EXAMPLE_PRINTER } from './example-recording.ts'
import { buildRequest, readPdu, UdpClient } from './udp-client.ts'

const SYS_NAME = '1.3.6.1.2.1.1.5.0'
const SYS_UP_TIME = '1.3.6.1.2.1.1.3.0'
const SERIAL = '1.3.6.1.2.1.43.5.1.1.17.1'

/** The part of net-snmp that is used here, as a client by other people. */
interface NetSnmpVarbind {
  oid: string
  type: number
  value: unknown
}
interface NetSnmpSession {
  get(oids: string[], done: (error: Error | null, varbinds: NetSnmpVarbind[]) => void): void
  subtree(
    oid: string,
    repetitions: number,
    feed: (varbinds: NetSnmpVarbind[]) => void,
    done: (error?: Error) => void,
  ): void
  close(): void
}
const netSnmp = createRequire(import.meta.url)('net-snmp') as {
  createSession(address: string, community: string, options: object): NetSnmpSession
  createV3Session(address: string, user: object, options: object): NetSnmpSession
  Version1: number
  Version2c: number
  Version3: number
  SecurityLevel: Record<string, number>
  AuthProtocols: Record<string, number>
  PrivProtocols: Record<string, number>
}

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function play(options: Partial<PlayerOptions> = {}): Promise<Player> {
  const player = await startPlayer({
    devices: [{ address: '127.77.1.1', recording: EXAMPLE_PRINTER }],
    port: 0,
    ...options,
  })
  open.push(() => player.close())
  return player
}

async function openClient(): Promise<UdpClient> {
  const client = await UdpClient.open()
  open.push(() => client.close())
  return client
}

function fetchAll(session: NetSnmpSession, root: string): Promise<NetSnmpVarbind[]> {
  const all: NetSnmpVarbind[] = []
  return new Promise((resolve, reject) => {
    session.subtree(
      root,
      20,
      (varbinds) => void all.push(...varbinds),
      (error) => (error ? reject(error) : resolve(all)),
    )
  }).then(() => all)
}

function getOne(session: NetSnmpSession, oid: string): Promise<NetSnmpVarbind> {
  return new Promise((resolve, reject) => {
    session.get([oid], (error, varbinds) => (error ? reject(error) : resolve(varbinds[0] as NetSnmpVarbind)))
  })
}

describe('net-snmp as client', () => {
  test.each(['Version1', 'Version2c'] as const)('walks a device by %s', async (version) => {
    const { port } = await play()
    const session = netSnmp.createSession('127.77.1.1', 'public', { port, version: netSnmp[version] })
    open.push(() => session.close())
    const walked = (await fetchAll(session, '1.3.6.1')).map(({ oid }) => oid)
    const isVisible = (oid: string) => version === 'Version2c' || EXAMPLE_PRINTER.values.get(oid)?.type !== 'counter64'
    expect(walked).toEqual(EXAMPLE_PRINTER.oids.filter(isVisible))
  })

  test.each<
    [string, AuthProtocol | undefined, PrivProtocol | undefined, string, string | undefined, string | undefined]
  >([
    ['noAuthNoPriv', undefined, undefined, 'noAuthNoPriv', undefined, undefined],
    ['authNoPriv', 'sha1', undefined, 'authNoPriv', 'sha', undefined],
    ['authPriv', 'sha256', 'aes128', 'authPriv', 'sha256', 'aes'],
    ['authPriv', 'sha512', 'aes256', 'authPriv', 'sha512', 'aes256b'],
    ['authPriv', 'md5', 'aes256c', 'authPriv', 'md5', 'aes256r'],
  ])('v3 %s %s %s', async (level, auth, priv, theirLevel, theirAuth, theirPriv) => {
    const user = {
      name: 'x',
      version: '3',
      username: 'monitor',
      security_level: level,
      ...(auth && { auth_protocol: auth, auth_key: new Secret('authentication') }),
      ...(priv && { priv_protocol: priv, priv_key: new Secret('privacy of it') }),
    } as UserCredential
    const { port } = await play({ users: [user] })
    const session = netSnmp.createV3Session(
      '127.77.1.1',
      {
        name: 'monitor',
        level: netSnmp.SecurityLevel[theirLevel],
        ...(theirAuth && { authProtocol: netSnmp.AuthProtocols[theirAuth], authKey: 'authentication' }),
        ...(theirPriv && { privProtocol: netSnmp.PrivProtocols[theirPriv], privKey: 'privacy of it' }),
      },
      { port, version: netSnmp.Version3, retries: 0 },
    )
    open.push(() => session.close())
    expect(String((await getOne(session, SYS_NAME)).value)).toBe('laser')
    expect(await fetchAll(session, '1.3.6.1')).toHaveLength(EXAMPLE_PRINTER.oids.length)
  })

  test('v3 with a wrong key is told so', async () => {
    const users: UserCredential[] = [
      {
        name: 'x',
        version: '3',
        username: 'monitor',
        security_level: 'authNoPriv',
        auth_protocol: 'sha256',
        auth_key: new Secret('authentication'),
      },
    ]
    const { port } = await play({ users })
    const authProtocol = netSnmp.AuthProtocols.sha256
    const user = { name: 'monitor', level: netSnmp.SecurityLevel.authNoPriv, authProtocol, authKey: 'some other key' }
    const session = netSnmp.createV3Session('127.77.1.1', user, { port, version: netSnmp.Version3, retries: 0 })
    open.push(() => session.close())
    await expect(getOne(session, SYS_NAME)).rejects.toThrow(/digest/i)
  })
})

test('each device answers on its own address, IPv6 too, all on one port, and counts for itself', async () => {
  const { devices, port, stats } = await play({
    devices: [
      { address: '127.77.1.1', recording: EXAMPLE_PRINTER },
      { address: '127.77.1.2', recording: EXAMPLE_PRINTER, copy: 1 },
      { address: '::1', recording: EXAMPLE_PRINTER },
    ],
  })
  const client = await openClient()
  await client.send(buildRequest([SERIAL]), '127.77.1.1', port)
  await client.arrival(1)
  await client.send(buildRequest([SERIAL]), '127.77.1.2', port)
  await client.arrival(2)
  expect(client.received.map(({ address }) => address)).toEqual(['127.77.1.1', '127.77.1.2'])
  expect(client.received.map(({ bytes }) => readPdu(bytes).varbinds[0]?.value)).toEqual([
    { type: 'octets', value: Buffer.from('EX00129Z9') },
    { type: 'octets', value: Buffer.from('EX00130A0') },
  ])
  const session = netSnmp.createSession('::1', 'public', { port, version: netSnmp.Version2c, transport: 'udp6' })
  open.push(() => session.close())
  expect(String((await getOne(session, SYS_NAME)).value)).toBe('laser')
  expect(devices.map((device) => device.stats.answered)).toEqual([1, 1, 1])
  expect(stats()).toMatchObject({ received: 3, answered: 3, sent: 3, get: 3, v2c: 3 })
})

test('a device that is changed answers with the change', async () => {
  const { devices, port } = await play()
  devices[0]?.objects.set(SYS_NAME, { type: 'octets', value: Buffer.from('renamed') })
  const client = await openClient()
  await client.send(buildRequest([SYS_NAME]), '127.77.1.1', port)
  await client.arrival(1)
  expect(readPdu(client.received[0]?.bytes as Buffer).varbinds[0]?.value).toEqual({
    type: 'octets',
    value: Buffer.from('renamed'),
  })
})

test('closing lets the port go', async () => {
  const first = await startPlayer({ devices: [{ address: '127.77.1.9', recording: EXAMPLE_PRINTER }], port: 0 })
  await first.close()
  const second = await play({ devices: [{ address: '127.77.1.9', recording: EXAMPLE_PRINTER }], port: first.port })
  expect(second.port).toBe(first.port)
})

describe('startPlayer refuses', () => {
  const device = { address: '127.77.1.1', recording: EXAMPLE_PRINTER }

  test('a port in use, and leaves nothing open', async () => {
    const { port } = await play()
    const devices = [{ ...device, address: '127.77.1.5' }, device]
    await expect(startPlayer({ devices, port })).rejects.toMatchObject({ code: 'port_in_use' })
    const again = await play({ devices: [{ ...device, address: '127.77.1.5' }], port })
    expect(again.port).toBe(port)
  })

  test('addresses that are not loopback, and the same one twice', async () => {
    for (const address of ['192.0.2.1', '0.0.0.0', '::', 'localhost', '127.0.0.256']) {
      const started = startPlayer({ devices: [{ ...device, address }], port: 0 })
      await expect(started).rejects.toMatchObject({ code: 'bad_target' })
    }
    await expect(startPlayer({ devices: [device, device], port: 0 })).rejects.toThrow('given twice')
  })
})

describe('createDevice', () => {
  const text = (objects: ReturnType<typeof createDevice>, oid: string) => {
    return Buffer.from((objects.get(oid) as { value: Uint8Array }).value).toString()
  }

  test('copy 0 is the recorded device; sysUpTime runs on, in hundredths, and wraps at 32 bits', () => {
    let time = 5000
    const objects = createDevice(EXAMPLE_PRINTER, 0, () => time)
    expect(text(objects, SERIAL)).toBe('EX00129Z9')
    time += 2500
    expect(objects.get(SYS_UP_TIME)).toEqual({ type: 'timeticks', value: 1250 })
    time = 5000 + 4294967296 * 10
    expect(objects.get(SYS_UP_TIME)).toEqual({ type: 'timeticks', value: 1000 })
  })

  test('copies differ in serial, MAC, name and page count wherever they stand', () => {
    const objects = createDevice(EXAMPLE_PRINTER, 3, () => 0)
    expect(text(objects, SERIAL)).toBe('EX00130A2')
    expect(Buffer.from((objects.get('1.3.6.1.2.1.2.2.1.6.1') as { value: Uint8Array }).value).toString('hex')).toBe(
      '00005e005610',
    )
    expect(text(objects, '1.3.6.1.4.1.32473.1.5.0')).toBe('SN:EX00130A2;MAC:00-00-5E-00-56-10;')
    expect(text(objects, SYS_NAME)).toBe('laser-4')
    const count = objects.get('1.3.6.1.2.1.43.10.2.1.4.1.1') as { value: number }
    expect(count.value).not.toBe(4294960000)
    expect(objects.get('1.3.6.1.4.1.32473.1.6.0')).toEqual({ type: 'gauge32', value: count.value })
    expect(objects.oids).toEqual(EXAMPLE_PRINTER.oids)
  })

  test('behind one server, every printer of a copy has its own serial and page count', () => {
    const life = '1.3.6.1.2.1.43.10.2.1.4'
    const serial = SERIAL.slice(0, -2)
    const recording = parseRecording(
      [
        ...[1, 2, 3].map((i) => `${serial}.${i}|4|AB000${i}`),
        `${life}.1.1|65|1200`,
        `${life}.2.1|65|50`,
        `${life}.3.1|65|0`,
        `${life}.3.2|2|-2`,
        '1.3.6.1.4.1.32473.1.6.0|65|1200',
      ].join('\n'),
      'server',
    )
    const objects = createDevice(recording, 1, () => 0)
    expect([1, 2, 3].map((i) => text(objects, `${serial}.${i}`))).toEqual(['AB0004', 'AB0005', 'AB0006'])
    const count = (oid: string) => (objects.get(oid) as { value: number }).value
    const extra = count(`${life}.1.1`) - 1200
    expect(extra).toBeGreaterThan(0)
    expect([`${life}.2.1`, `${life}.3.1`, '1.3.6.1.4.1.32473.1.6.0'].map(count)).toEqual([
      50 + extra,
      extra,
      1200 + extra,
    ])
    expect(count(`${life}.3.2`)).toBe(-2)
  })

  test('1,000 copies are 1,000 printers', () => {
    const serials = new Set<string>()
    const macs = new Set<string>()
    for (let copy = 0; copy < 1000; copy++) {
      const objects = createDevice(EXAMPLE_PRINTER, copy, () => 0)
      serials.add(text(objects, SERIAL))
      macs.add(text(objects, '1.3.6.1.4.1.32473.1.5.0').slice(-18))
    }
    expect([serials.size, macs.size]).toEqual([1000, 1000])
  })

  test('a placeholder serial stays one', () => {
    const recording = parseRecording(`${SERIAL}|4|XXXXXXXXXX`, 'x')
    expect(
      text(
        createDevice(recording, 5, () => 0),
        SERIAL,
      ),
    ).toBe('XXXXXXXXXX')
  })
})

describe('planDevices', () => {
  const recordings = [EXAMPLE_PRINTER, parseRecording('1.3.1|2|1', 'other')]

  test('takes turns with recordings and counts addresses up, across octets', () => {
    const devices = planDevices({ recordings, first: '127.0.0.254', count: 5 })
    expect(devices.map(({ address }) => address)).toEqual([
      '127.0.0.254',
      '127.0.0.255',
      '127.0.1.0',
      '127.0.1.1',
      '127.0.1.2',
    ])
    expect(devices.map(({ recording, copy }) => `${recording.name} ${copy}`)).toEqual([
      'example.snmprec 0',
      'other 0',
      'example.snmprec 1',
      'other 1',
      'example.snmprec 2',
    ])
  })

  test('ends with the loopback range', () => {
    expect(planDevices({ recordings, first: '127.255.255.253', count: 2 })).toHaveLength(2)
    expect(() => planDevices({ recordings, first: '127.255.255.253', count: 3 })).toThrow(
      'not so many loopback addresses',
    )
    expect(() => planDevices({ recordings, first: '::1', count: 2 })).toThrow('not so many loopback addresses')
  })
})

test('parseListen', () => {
  expect(parseListen('127.0.0.1:1161')).toEqual({ address: '127.0.0.1', port: 1161 })
  expect(parseListen('127.9.0.1')).toEqual({ address: '127.9.0.1', port: 1161 })
  expect(parseListen('[::1]:0')).toEqual({ address: '::1', port: 0 })
  expect(parseListen('::1')).toEqual({ address: '::1', port: 1161 })
  for (const wrong of ['', '10.0.0.1:1161', '127.0.0.1:65536', '127.0.0.1:x', '[::]:1', '127.0.0.1:1161x', '127.1']) {
    expect(() => parseListen(wrong)).toThrow('--listen')
  }
})
