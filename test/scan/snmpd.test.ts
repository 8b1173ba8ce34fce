import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthProtocol, Credential, PrivProtocol, UserCredential } from '../../src/core/model/credential.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { openSession } from '../../src/core/snmp/open-session.ts'
import type { SnmpSession } from '../../src/core/snmp/session.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'
import { Walker } from '../../src/core/snmp/walk.ts'
import { Wire } from '../../src/core/snmp/wire.ts'
import { community, runScan, userNamed } from './run-scan.ts'

const SNMPD = '/usr/sbin/snmpd'
const ADDRESS = '127.78.3.1'
const SYSTEM = '1.3.6.1.2.1.1'
const SYS_DESCR = `${SYSTEM}.1.0`
const SYS_CONTACT = `${SYSTEM}.4.0`
const SYS_NAME = `${SYSTEM}.5.0`
const SYS_LOCATION = `${SYSTEM}.6.0`
const STARTED = /NET-SNMP version/

/** As snmpd's configuration writes them. */
const COMBINATIONS: Array<[AuthProtocol, string, PrivProtocol, string]> = [
  ['md5', 'MD5', 'des', 'DES'],
  ['sha1', 'SHA', 'aes128', 'AES'],
  ['sha1', 'SHA', 'aes192', 'AES-192'],
  ['sha224', 'SHA-224', 'aes128', 'AES'],
  ['sha256', 'SHA-256', 'aes128', 'AES'],
  ['sha384', 'SHA-384', 'aes256', 'AES-256'],
  ['sha512', 'SHA-512', 'aes256', 'AES-256'],
  ['sha1', 'SHA', 'aes192c', 'AES-192-C'],
  ['sha1', 'SHA', 'aes256c', 'AES-256-C'],
]
const AUTH_KEY = 'authentication'
const PRIV_KEY = 'privacy of it'

const users = COMBINATIONS.map(([auth_protocol, , priv_protocol]) =>
  userNamed(`${auth_protocol}${priv_protocol}`, { auth_protocol, priv_protocol }),
)
const signer = userNamed('signer', { security_level: 'authNoPriv', auth_protocol: 'sha256' })

function composeConfig(): string {
  const lines = COMBINATIONS.flatMap(([, auth, , priv], i) => {
    const name = (users[i] as UserCredential).username
    return [`createUser ${name} ${auth} "${AUTH_KEY}" ${priv} "${PRIV_KEY}"`, `rouser ${name} authPriv`]
  })
  return [
    ...lines,
    `createUser signer SHA-256 "${AUTH_KEY}"`,
    'rouser signer authNoPriv',
    'rocommunity public 127.0.0.0/8',
    'sysName laser',
    'sysLocation under the stairs',
    'sysContact print desk',
    '',
  ].join('\n')
}

/** A port of ADDRESS that nobody has: one that the system gave to a socket which was closed again. */
async function findFreePort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, ADDRESS)
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

/** Resolves when snmpd says that it listens. */
function untilStarted(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said += chunk
      if (STARTED.test(said)) resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`snmpd ended with ${code}: ${said}`)))
  })
}

describe.skipIf(!existsSync(SNMPD))(`Debian's snmpd (skipped where ${SNMPD} is not installed)`, () => {
  let folder: string
  let child: ChildProcess
  let port: number
  let wire: Wire

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'printmaster-snmpd-'))
    const config = join(folder, 'snmpd.conf')
    await writeFile(config, composeConfig(), { mode: 0o600 })
    port = await findFreePort()
    child = spawn(
      SNMPD,
      [
        '-C',
        '-c',
        config,
        '-Lo',
        '-f',
        '-I',
        'system_mib,sysORTable,vacm_conf,usmConf,usmUser,snmpEngine',
        `udp:${ADDRESS}:${port}`,
      ],
      {
        env: { ...process.env, SNMP_PERSISTENT_DIR: folder, SNMPCONFPATH: folder, MIBS: '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    await untilStarted(child)
    wire = new Wire()
  }, 20_000)

  afterAll(async () => {
    await wire?.close()
    if (child && child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    }
    await rm(folder, { recursive: true, force: true })
  })

  const open = (credential: Credential): SnmpSession =>
    openSession(credential, { wire, address: ADDRESS, port, timeout: 1000, retries: 3 })
  const hear = (credential: Credential): SnmpSession =>
    openSession(credential, { wire, address: ADDRESS, port, timeout: 300, retries: 0 })
  const textOf = (value: SnmpValue | undefined) =>
    value?.type === 'octets' ? Buffer.from(value.value).toString() : value

  const readers: Credential[] = [community('public', '1'), community('public', '2c'), signer, ...users]

  it.each(readers)('$name $version gets, and walks the system group', async (credential) => {
    const session = open(credential)
    const [name, location] = await session.request('get', [SYS_NAME, SYS_LOCATION])
    expect([textOf(name?.value), textOf(location?.value)]).toEqual(['laser', 'under the stairs'])
    const values = new Map<string, SnmpValue>()
    const walker = new Walker(session, (oid, value) => values.set(oid, value))
    await walker.columns([{ oid: SYSTEM }])
    expect(walker.gaps).toEqual([])
    expect(textOf(values.get(SYS_CONTACT))).toBe('print desk')
    expect([...values.keys()]).toEqual(expect.arrayContaining([SYS_DESCR, `${SYSTEM}.2.0`, `${SYSTEM}.3.0`]))
  })

  it.each(readers.slice(1))('$name $version reads by GetBulk', async (credential) => {
    const varbinds = await open(credential).request('get_bulk', [`${SYSTEM}.4`, `${SYSTEM}.6`], 1)
    expect(varbinds.map(({ oid, value }) => [oid, textOf(value)])).toEqual([
      [SYS_CONTACT, 'print desk'],
      [SYS_LOCATION, 'under the stairs'],
    ])
  })

  it('tells what is not there', async () => {
    const nowhere = `${SYSTEM}.99.0`
    expect(await open(community('public')).request('get', [nowhere])).toMatchObject([
      { value: { type: 'no_such_object' } },
    ])
    await expect(open(community('public', '1')).request('get', [SYS_NAME, nowhere])).rejects.toMatchObject({
      code: 'no_such_name',
      index: 2,
    })
  })

  const user = users[4] as UserCredential
  const refused: Array<[code: string, credential: UserCredential]> = [
    ['wrong_auth_key', { ...user, auth_key: new Secret('another key') }],
    ['wrong_auth_key', { ...user, auth_protocol: 'sha512' }],
    ['unknown_user', { ...user, username: 'stranger' }],
    ['unsupported_security_level', { ...signer, security_level: 'authPriv' }],
    ['refused', { ...user, security_level: 'authNoPriv' }],
    ...users.map(
      (each) => ['wrong_priv_key', { ...each, priv_key: new Secret('another key') }] as [string, UserCredential],
    ),
  ]
  it.each(refused)('tells %s apart from silence', async (code, credential) => {
    await expect(hear(credential).request('get', [SYS_NAME])).rejects.toMatchObject({ name: 'SnmpError', code })
  })

  it('is met with silence for a wrong community', async () => {
    await expect(hear(community('other')).request('get', [SYS_NAME])).rejects.toMatchObject({ code: 'timeout' })
  })

  it('is no printer; a wrong key for it is told, and does not stop the next credential', async () => {
    const bad = { ...user, auth_key: new Secret('another key') }
    const alone = await runScan({ addresses: [ADDRESS], port, credentials: [bad] })
    expect(alone.failed).toMatchObject([
      { code: 'wrong_credentials', message: expect.stringContaining('authentication') },
    ])
    const next = await runScan({ addresses: [ADDRESS], port, credentials: [bad, user] })
    expect([next.failed, next.printers, next.found]).toEqual([[], [], [ADDRESS]])
  })
})
