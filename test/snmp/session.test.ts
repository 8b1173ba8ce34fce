import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  AUTH_PROTOCOLS,
  type Credential,
  PRIV_PROTOCOLS,
  type UserCredential,
} from '../../src/core/model/credential.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { openSession } from '../../src/core/snmp/open-session.ts'
import { type Fault, parseFault } from '../../src/core/snmp/player/faults.ts'
import { type Player, type PlayerOptions, startPlayer } from '../../src/core/snmp/player/player.ts'
import type { SnmpSession } from '../../src/core/snmp/session.ts'
import { Wire } from '../../src/core/snmp/wire.ts'
import { EXAMPLE_PRINTER } from './example-recording.ts'

const ADDRESS = '127.78.1.1'
const SYS_DESCR = '1.3.6.1.2.1.1.1.0'
const SYS_NAME = '1.3.6.1.2.1.1.5.0'
const NOWHERE = '1.3.6.1.2.1.1.99.0'
const NAME = { oid: SYS_NAME, value: { type: 'octets', value: Buffer.from('laser') } }
/** Long where an answer comes, short where the test waits it out. */
const PATIENT = 2000
const HASTY = 80

const v1: Credential = { name: 'v1', version: '1', community: new Secret('public') }
const v2c: Credential = { name: 'v2c', version: '2c', community: new Secret('public') }
const user = (rest: Partial<UserCredential> & Pick<UserCredential, 'username'>): UserCredential => ({
  name: `user ${rest.username}`,
  version: '3',
  security_level: 'authPriv',
  auth_protocol: 'sha256',
  auth_key: new Secret('authentication'),
  priv_protocol: 'aes128',
  priv_key: new Secret('privacy of it'),
  ...rest,
})

let wire: Wire
let player: Player | undefined

beforeEach(() => {
  wire = new Wire()
})
afterEach(async () => {
  await wire.close()
  await player?.close()
  player = undefined
})

async function play(faults: string[] = [], options: Partial<PlayerOptions> = {}): Promise<Player> {
  const device = { address: ADDRESS, recording: EXAMPLE_PRINTER, faults: faults.map(parseFault) as Fault[] }
  player = await startPlayer({ devices: [device], port: 0, ...options })
  return player
}

function open(
  credential: Credential,
  rest: { timeout?: number; retries?: number; signal?: AbortSignal } = {},
): SnmpSession {
  const port = (player as Player).port
  return openSession(credential, { wire, address: ADDRESS, port, timeout: PATIENT, retries: 2, ...rest })
}

describe('a session with a community', () => {
  it.each([v1, v2c])('gets objects by $name', async (credential) => {
    await play()
    expect(await open(credential).request('get', [SYS_NAME])).toEqual([NAME])
    const next = await open(credential).request('get_next', ['1.3.6.1.2.1.1.3'])
    expect(next.map(({ oid }) => oid)).toEqual(['1.3.6.1.2.1.1.3.0'])
  })

  it('gets rows of columns in turn with GetBulk', async () => {
    await play()
    const columns = ['1.3.6.1.2.1.43.8.2.1.9', '1.3.6.1.2.1.43.8.2.1.10']
    const varbinds = await open(v2c).request('get_bulk', columns, 2)
    expect(varbinds.map(({ value }) => 'value' in value && value.value)).toEqual([250, 250, 500, -3])
  })

  it('tells an object that is not there: an exception in v2c, noSuchName with its index in v1', async () => {
    await play()
    expect(await open(v2c).request('get', [NOWHERE])).toMatchObject([{ value: { type: 'no_such_object' } }])
    await expect(open(v1).request('get', [SYS_NAME, NOWHERE])).rejects.toMatchObject({ code: 'no_such_name', index: 2 })
  })

  it('tells an answer that does not fit', async () => {
    await play(['max-varbinds=1'])
    await expect(open(v2c).request('get', [SYS_NAME, SYS_DESCR])).rejects.toMatchObject({ code: 'too_big' })
  })

  it('takes a late answer to an early try, and the same answer twice', async () => {
    await play(['latency=120', 'duplicate'])
    // sent again after 50 and 150 ms
    expect(await open(v2c, { timeout: 200 }).request('get', [SYS_NAME])).toEqual([NAME])
    expect(await open(v2c, { timeout: 200 }).request('get', [SYS_NAME])).toEqual([NAME])
  })

  it('asks again what was lost', async () => {
    await play(['loss=30'], { seed: 3 })
    const session = open(v2c, { timeout: 100, retries: 7 })
    for (let i = 0; i < 10; i++) expect(await session.request('get', [SYS_NAME])).toEqual([NAME])
    expect(wire.sent).toBeGreaterThan(10)
  })

  it.each([
    ['silence', 'timeout'],
    ['wrong-id', 'timeout'],
    ['wrong-sender', 'timeout'],
    ['truncate', 'bad_answer'],
    ['garbage', 'bad_answer'],
    ['no-bulk', 'timeout'],
    ['v1-only', 'timeout'],
  ])('with %s ends in %s after three datagrams', async (fault, code) => {
    await play([fault])
    const session = open(v2c, { timeout: HASTY })
    await expect(session.request('get_bulk', [SYS_NAME], 1)).rejects.toMatchObject({ name: 'SnmpError', code })
    expect(wire.sent).toBe(3)
  })

  it('with another community is met with silence', async () => {
    await play([], { community: 'other' })
    await expect(open(v2c, { timeout: HASTY, retries: 0 }).request('get', [SYS_NAME])).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  it('gives up when told, at once', async () => {
    await play(['silence'])
    const controller = new AbortController()
    const asked = open(v2c, { timeout: 600_000, signal: controller.signal }).request('get', [SYS_NAME])
    controller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'aborted' })
    await expect(open(v2c, { signal: controller.signal }).request('get', [SYS_NAME])).rejects.toMatchObject({
      code: 'aborted',
    })
  })

  it('never says its community', () => {
    expect(JSON.stringify(v2c)).not.toContain('public')
  })
})

describe('a session with a user', () => {
  const combinations = AUTH_PROTOCOLS.flatMap((auth) => PRIV_PROTOCOLS.map((priv) => ({ auth, priv })))
  const users = [
    ...combinations.map(({ auth, priv }) =>
      user({ username: `${auth}-${priv}`, auth_protocol: auth, priv_protocol: priv }),
    ),
    ...AUTH_PROTOCOLS.map((auth) => user({ username: auth, auth_protocol: auth, security_level: 'authNoPriv' })),
    user({ username: 'open', security_level: 'noAuthNoPriv' }),
  ]

  it.each(users)('$username reads, by GetBulk too', async (credential) => {
    await play([], { users })
    const session = open(credential)
    expect(await session.request('get', [SYS_NAME])).toEqual([NAME])
    expect(await session.request('get_bulk', ['1.3.6.1.2.1.43.8.2.1.9'], 2)).toHaveLength(2)
    // discovery, at most one correction of the clock, two questions
    expect(wire.sent).toBeLessThanOrEqual(4)
  })

  const known = user({ username: 'known' })
  it.each([
    [
      'wrong_auth_key',
      { auth_key: new Secret('another key') },
      /authentication key or protocol of \[user known\] is wrong/,
    ],
    ['wrong_auth_key', { auth_protocol: 'sha1' }, /authentication key or protocol/],
    ['wrong_priv_key', { priv_key: new Secret('another key') }, /privacy key or protocol of \[user known\] is wrong/],
    ['wrong_priv_key', { priv_protocol: 'aes256' }, /privacy key or protocol/],
    ['wrong_priv_key', { priv_protocol: 'des' }, /privacy key or protocol/],
    ['unknown_user', { username: 'stranger' }, /does not know the user of \[user known\]/],
  ] as const)('is told %s with %j', async (code, change, message) => {
    await play([], { users: [known] })
    const asked = open({ ...known, ...change }, { timeout: 200 }).request('get', [SYS_NAME])
    await expect(asked).rejects.toMatchObject({ code, isCredential: true, message: expect.stringMatching(message) })
  })

  it('is told when its security level is not offered', async () => {
    await play([], { users: [user({ username: 'known', security_level: 'authNoPriv' })] })
    await expect(open(known).request('get', [SYS_NAME])).rejects.toMatchObject({ code: 'unsupported_security_level' })
  })

  it('is refused below the level that it is made for', async () => {
    await play([], { users: [known] })
    const below = open({ ...known, security_level: 'authNoPriv' })
    await expect(below.request('get', [SYS_NAME])).rejects.toMatchObject({ code: 'refused' })
  })

  it('follows a clock that jumps', async () => {
    let shift = 0
    await play([], { users: [known], now: () => Date.now() + shift })
    const session = open(known)
    expect(await session.request('get', [SYS_NAME])).toEqual([NAME])
    shift = 1_000_000 // the time window is 150 s (RFC 3414 section 2.2.3)
    const before = wire.sent
    expect(await session.request('get', [SYS_NAME])).toEqual([NAME])
    expect(wire.sent - before).toBe(2)
  })

  it('asks again what was lost', async () => {
    await play(['loss=30'], { users: [known], seed: 5 })
    const session = open(known, { timeout: 100, retries: 7 })
    for (let i = 0; i < 5; i++) expect(await session.request('get', [SYS_NAME])).toEqual([NAME])
  })

  it('takes silence for silence once its keys have proved good', async () => {
    const { port } = await play([], { users: [known] })
    const session = open(known, { timeout: HASTY, retries: 0 })
    await session.request('get', [SYS_NAME])
    await player?.close()
    player = await startPlayer({
      devices: [{ address: ADDRESS, recording: EXAMPLE_PRINTER, faults: [{ kind: 'silence', percent: 100 }] }],
      port,
      users: [known],
    })
    await expect(session.request('get', [SYS_NAME])).rejects.toMatchObject({ code: 'timeout' })
  })

  it.each(['silence', 'v2c-only', 'truncate', 'wrong-id'])('ends with %s', async (fault) => {
    await play([fault], { users: [known] })
    const asked = open(known, { timeout: HASTY }).request('get', [SYS_NAME])
    await expect(asked).rejects.toMatchObject({ name: 'SnmpError' })
  })
})

describe('the wire', () => {
  it('counts what the system refuses in place of raising it', async () => {
    const refusal = new Promise((resolve) => wire.send(Buffer.alloc(70_000), ADDRESS, 9, resolve))
    expect(await refusal).toBe('EMSGSIZE')
    expect([...wire.refused]).toEqual([['EMSGSIZE', 1]])
    expect(wire.sent).toBe(0)
  })
})
