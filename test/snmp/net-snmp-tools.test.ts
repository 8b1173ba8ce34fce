import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuthProtocol, PrivProtocol, UserCredential } from '../../src/core/model/credential.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { type Player, startPlayer } from '../../src/core/snmp/player/player.ts'
import { EXAMPLE_PRINTER } from './example-recording.ts'

const run = promisify(execFile)
const installed = spawnSync('snmpget', ['-V']).error === undefined
const SYS_NAME = '1.3.6.1.2.1.1.5.0'
const COMBINATIONS: [AuthProtocol, PrivProtocol | undefined, string, string | undefined][] = [
  ['md5', undefined, 'MD5', undefined],
  ['sha1', 'des', 'SHA', 'DES'],
  ['md5', 'aes128', 'MD5', 'AES'],
  ['sha224', 'aes128', 'SHA-224', 'AES'],
  ['sha256', 'aes192', 'SHA-256', 'AES-192'],
  ['sha384', 'aes256', 'SHA-384', 'AES-256'],
  ['sha512', 'aes256', 'SHA-512', 'AES-256'],
  ['sha1', 'aes192c', 'SHA', 'AES-192-C'],
  ['sha1', 'aes256c', 'SHA', 'AES-256-C'],
  ['sha512', 'des', 'SHA-512', 'DES'],
]

const users = COMBINATIONS.map(
  ([auth, priv]): UserCredential => ({
    name: 'x',
    version: '3',
    username: `${auth}-${priv}`,
    security_level: priv ? 'authPriv' : 'authNoPriv',
    auth_protocol: auth,
    auth_key: new Secret('authentication'),
    ...(priv && { priv_protocol: priv, priv_key: new Secret('privacy of it') }),
  }),
)

// The Debian package "snmp" brings snmpget and snmpbulkwalk, an implementation that shares no code with ours.
describe.skipIf(!installed)(
  'the tools of the Net-SNMP project (skipped where the package "snmp" is not installed)',
  () => {
    let player: Player
    let folder: string
    let at: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'printmaster-net-snmp-'))
      player = await startPlayer({ devices: [{ address: '127.77.3.1', recording: EXAMPLE_PRINTER }], port: 0, users })
      at = `127.77.3.1:${player.port}`
    })
    afterAll(async () => {
      await player.close()
      await rm(folder, { recursive: true, force: true })
    })

    /** What the tool prints; its own state and configuration stay in a temporary folder. */
    async function tool(name: string, ...args: string[]): Promise<string> {
      const env = { ...process.env, SNMP_PERSISTENT_DIR: folder, SNMPCONFPATH: folder, MIBS: '' }
      const options = ['-On', '-t', '5', '-r', '0']
      const { stdout, stderr } = await run(name, [...options, ...args], { env }).catch((error) => error)
      return `${stdout}${stderr}`
    }
    const oidsIn = (output: string) => output.match(/^\.[\d.]+(?= = \S+: )/gm)?.map((oid) => oid.slice(1))

    test('snmpbulkwalk sees every object, snmpwalk by v1 all but Counter64', async () => {
      expect(oidsIn(await tool('snmpbulkwalk', '-v2c', '-c', 'public', '-Cr10', at, '1.3.6.1'))).toEqual(
        EXAMPLE_PRINTER.oids,
      )
      const visible = EXAMPLE_PRINTER.oids.filter((oid) => EXAMPLE_PRINTER.values.get(oid)?.type !== 'counter64')
      expect(oidsIn(await tool('snmpwalk', '-v1', '-c', 'public', at, '1.3.6.1'))).toEqual(visible)
    })

    test('each type arrives as it was recorded', async () => {
      const output = await tool('snmpbulkwalk', '-v2c', '-c', 'public', at, '1.3.6.1')
      for (const line of [
        '.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.32473.1.1',
        '.1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 00 00 5E 00 53 10',
        '.1.3.6.1.2.1.4.20.1.1.192.0.2.7 = IpAddress: 192.0.2.7',
        '.1.3.6.1.2.1.31.1.1.1.6.1 = Counter64: 18446744073709551615',
        '.1.3.6.1.2.1.43.8.2.1.10.1.2 = INTEGER: -3',
        '.1.3.6.1.2.1.43.10.2.1.4.1.1 = Counter32: 4294960000',
        '.1.3.6.1.4.1.32473.1.6.0 = Gauge32: 4294960000',
      ]) {
        expect(output).toContain(line)
      }
    })

    test.each(COMBINATIONS)('v3 %s %s', async (auth, priv, theirAuth, theirPriv) => {
      const privacy = theirPriv ? ['-x', theirPriv, '-X', 'privacy of it'] : []
      const who = [
        '-v3',
        '-u',
        `${auth}-${priv}`,
        '-l',
        priv ? 'authPriv' : 'authNoPriv',
        '-a',
        theirAuth,
        '-A',
        'authentication',
        ...privacy,
      ]
      expect(await tool('snmpget', ...who, at, SYS_NAME)).toContain(`.${SYS_NAME} = STRING: "laser"`)
      expect(oidsIn(await tool('snmpbulkwalk', ...who, at, '1.3.6.1'))).toHaveLength(EXAMPLE_PRINTER.oids.length)
    })

    test.each([
      [
        'a wrong key',
        ['-u', 'sha1-des', '-l', 'authNoPriv', '-a', 'SHA', '-A', 'another key'],
        /Authentication failure/,
      ],
      [
        'an unknown user',
        ['-u', 'nobody', '-l', 'authNoPriv', '-a', 'SHA', '-A', 'authentication'],
        /Unknown user name/,
      ],
      [
        'a wrong privacy key',
        ['-u', 'md5-aes128', '-l', 'authPriv', '-a', 'MD5', '-A', 'authentication', '-x', 'AES', '-X', 'another key'],
        /Decryption error/,
      ],
      [
        'privacy that the user has not',
        [
          '-u',
          'md5-undefined',
          '-l',
          'authPriv',
          '-a',
          'MD5',
          '-A',
          'authentication',
          '-x',
          'AES',
          '-X',
          'privacy of it',
        ],
        /Unsupported security level/,
      ],
      ["a level below the user's", ['-u', 'sha1-des', '-l', 'noAuthNoPriv'], /authorizationError/],
    ])('v3 with %s is told so', async (_, who, message) => {
      expect(await tool('snmpget', '-v3', ...who, at, SYS_NAME)).toMatch(message)
    })

    test('snmpset is refused', async () => {
      const output = await tool('snmpset', '-v2c', '-c', 'public', at, SYS_NAME, 's', 'mine')
      expect(output).toContain('noAccess')
    })
  },
)
