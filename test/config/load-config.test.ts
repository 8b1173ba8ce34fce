import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { credentialsFor } from '../../src/core/config/config.ts'
import { loadConfig } from '../../src/core/config/load-config.ts'
import type { Credential } from '../../src/core/model/credential.ts'

const root = mkdtempSync(join(tmpdir(), 'config-'))
afterAll(() => rmSync(root, { recursive: true }))
let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(root, 'case-'))
})

function write(name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

const load = (content: string | Uint8Array, env: Record<string, string> = {}) =>
  loadConfig({ path: write('config.ini', content), env })

/** The problems, one a line, without the directory. */
async function problemsOf(content: string | Uint8Array, env: Record<string, string> = {}): Promise<string[]> {
  const error = await load(content, env).then(
    () => null,
    (reason) => reason,
  )
  expect(error).toMatchObject({ code: 'bad_config', isUsage: true })
  return error.message.replaceAll(`${directory}/`, '').split('\n')
}

/** Communities and keys in clear, to compare. */
const reveal = (credentials: readonly Credential[]) =>
  credentials.map((credential) =>
    credential.version === '3'
      ? { ...credential, auth_key: credential.auth_key?.reveal(), priv_key: credential.priv_key?.reveal() }
      : { ...credential, community: credential.community.reveal() },
  )

test('without file and environment: the defaults', async () => {
  const config = await loadConfig({ env: {}, searchPaths: [join(directory, 'none.ini')] })
  expect(config).toMatchObject({
    path: null,
    snmp: { port: 161, timeout_ms: 1000, retries: 2 },
    scan: { targets: [], exclude: [], rate: 2000, concurrency: 64, max_hosts: 65_536, deadline_seconds: 60 },
    profiles: { directory: null },
    warnings: [],
  })
  expect(reveal(credentialsFor(config, '10.0.0.1'))).toEqual([
    { name: 'snmp', version: '2c', community: 'public' },
    { name: 'snmp', version: '1', community: 'public' },
  ])
})

test('everything set', async () => {
  const config = await load(
    `
    [snmp]
    version = 3, 2c   ; comment
    community = "a#b", "c d"
    port = 1161
    timeout = 2500
    retries = 0
    username = "monitor"
    auth_protocol = SHA
    auth_key = 'auth "pass;phrase'
    priv_protocol = aes
    priv_key = priv\\;pass # comment
    context_name = ctx
    [scan]
    targets = 10.0.0.0/24, printer.example 10.1.0.x
    exclude = 10.0.0.1
    rate = 50
    concurrency = 8
    max_hosts = 1000
    deadline = 5
    [profiles]
    directory = own profiles
  `.replace('"a#b", "c d"', '"a#b, c d"'),
  )
  expect(config.snmp).toMatchObject({ port: 1161, timeout_ms: 2500, retries: 0 })
  expect(config.scan).toEqual({
    targets: ['10.0.0.0/24', 'printer.example', '10.1.0.x'],
    exclude: ['10.0.0.1'],
    rate: 50,
    concurrency: 8,
    max_hosts: 1000,
    deadline_seconds: 5,
  })
  expect(config.profiles.directory).toBe(join(directory, 'own profiles'))
  expect(reveal(credentialsFor(config, '10.0.0.1'))).toEqual([
    {
      name: 'snmp',
      version: '3',
      username: 'monitor',
      security_level: 'authPriv',
      auth_protocol: 'sha1',
      auth_key: 'auth "pass;phrase',
      priv_protocol: 'aes128',
      priv_key: 'priv;pass',
      context_name: 'ctx',
    },
    { name: 'snmp#1', version: '2c', community: 'a#b' },
    { name: 'snmp#2', version: '2c', community: 'c d' },
  ])
})

test('bound sets come first in file order, then unbound ones, [snmp] last', async () => {
  const config = await load(`
[snmp]
version = 2c
[snmp.any]
version = 2c
community = any
[snmp.floor-2]
version = 1
community = floor
ranges = 10.2.0.0/16
[snmp.one]
version = 3
username = u
ranges = 10.2.0.5, fe80::/112
`)
  const names = (address: string) => credentialsFor(config, address).map(({ name, version }) => `${name} ${version}`)
  expect(names('10.2.0.5')).toEqual(['snmp.floor-2 1', 'snmp.one 3', 'snmp.any 2c', 'snmp 2c'])
  expect(names('10.2.0.6')).toEqual(['snmp.floor-2 1', 'snmp.any 2c', 'snmp 2c'])
  expect(names('FE80::5')).toEqual(['snmp.one 3', 'snmp.any 2c', 'snmp 2c'])
  expect(names('10.3.0.1')).toEqual(['snmp.any 2c', 'snmp 2c'])
  expect(config.snmp.sets.find(({ name }) => name === 'snmp.one')?.credentials).toEqual([
    { name: 'snmp.one', version: '3', username: 'u', security_level: 'noAuthNoPriv' },
  ])
})

test('all problems at once, each with line, section and key', async () => {
  const problems = await problemsOf(`timeout = 5
[snmp]
timeout = abc
port = 70000
retries = -1
version = 2c, 4
comunity = x
timeout = 7
just words
[snpm]
anything = goes
[scan]
rate = NaN
deadline = 0
targets = 10.0.0.0/24, 10.0.0.999
concurrency = 1e3
[snmp.Lab]
[snmp.lab]
timeout = 5
community = lab
ranges = printer.example
[__proto__]
polluted = yes
`)
  expect(problems).toEqual([
    "config.ini:1: 'timeout' stands before the first [section]; put it below one",
    "config.ini:3: [snmp] timeout: 'abc' is not a whole number of milliseconds; write for example 1000",
    'config.ini:4: [snmp] port: 70000 is out of range; write 1 to 65535',
    "config.ini:5: [snmp] retries: '-1' is not a whole number of retries; write for example 2",
    "config.ini:6: [snmp] version: '4' is not one of 1, 2c, 3",
    "config.ini:7: [snmp] the key 'comunity' is not known; did you mean community?",
    'config.ini:8: [snmp] timeout: stands in line 3 already; keep one',
    'config.ini:9: this is neither a [section] nor KEY = VALUE; begin a comment with #',
    "config.ini:10: the section 'snpm' is not known; did you mean [snmp]?",
    "config.ini:13: [scan] rate: 'NaN' is not a whole number of packets per second; write for example 2000",
    'config.ini:14: [scan] deadline: 0 is out of range; write 1 to 3600 seconds',
    "config.ini:15: [scan] targets: '10.0.0.999' is not a target: an octet goes from 0 to 255",
    "config.ini:16: [scan] concurrency: '1e3' is not a whole number of printers; write for example 64",
    "config.ini:17: 'snmp.Lab' is no name for a section; write [snmp.NAME] with a to z, 0 to 9, _ and -",
    'config.ini:19: [snmp.lab] timeout: this key stands in [snmp] only, for all',
    "config.ini:21: [snmp.lab] ranges: 'printer.example' is not a target: a host name cannot stand here; write its address",
    "config.ini:22: the section '__proto__' is not known; known are [snmp], [scan], [profiles], [server], [discovery], [reading], [journal], [agent], [listen], [database], [security], [tls], [presence], [alerts], [retention], [metrics], [log]",
  ])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test.each([
  ['[snmp]\nversion = 3', '[snmp] username: version 3 needs one'],
  ['[snmp]\nusername = u', 'config.ini:2: [snmp] username: is for SNMPv3, and version is 2c, 1; add version = 3'],
  [
    '[snmp]\nversion = 3\nusername = u\nsecurity_level = authPriv\nauth_key = longenough',
    '[snmp] priv_key: security_level authPriv needs one (or priv_key_file)',
  ],
  [
    '[snmp]\nversion = 3\nusername = u\npriv_key = longenough',
    '[snmp] auth_key: security_level authPriv needs one (or auth_key_file)',
  ],
  [
    '[snmp]\nversion = 3\nusername = u\nauth_key = 1234567',
    'config.ini:4: [snmp] auth_key: the key is shorter than 8 characters (RFC 3414 wants at least 8)',
  ],
  [
    '[snmp]\nversion = 3\nusername = u\nauth_key = longenough\nauth_protocol = sha257',
    "config.ini:5: [snmp] auth_protocol: 'sha257' is not one of md5, sha1, sha224, sha256, sha384, sha512; did you mean sha256?",
  ],
  [
    '[snmp]\nversion = 3\ncommunity = x\nusername = u',
    'config.ini:3: [snmp] community: is for v1 and v2c, and version is 3; add 2c to version, or remove community',
  ],
  [`[snmp]\nversion = 3\nusername = ${'u'.repeat(33)}`, 'config.ini:3: [snmp] username: it is longer than 32 bytes'],
  ['[snmp.lab]\nversion = 2c', '[snmp.lab] community: version 2c needs one; or write version = 3 with a username'],
  [
    '[snmp.a-b]\nversion=3\nusername=u\n[snmp.a_b]\nversion=3\nusername=u',
    'config.ini:5: [snmp.a_b] version: the section [snmp.a-b] has the same name but for - and _; rename one',
  ],
])('keys that do not go together: %j', async (content, problem) => {
  expect(await problemsOf(content)).toEqual([problem])
})

test.each([
  ['auth_key = hunter2#hunter2', '# begins a comment; put the value in double quotes, or a space before the comment'],
  ['auth_key = hunter2;hunter2', '; begins a comment; put the value in double quotes, or a space before the comment'],
  [
    'auth_key = "hunter2hunter2',
    'the quotes do not pair; write "..." with \\" for a quote and \\\\ for a backslash inside',
  ],
  [
    'auth_key = "hunter2" hunter2',
    'the quotes do not pair; write "..." with \\" for a quote and \\\\ for a backslash inside',
  ],
  [
    'auth_key = "hunter2\\hunter2"',
    'a backslash stands wrong inside the quotes; write \\\\ for one, or use single quotes',
  ],
  ['auth_key = hunter2\u0007hunter2', 'the value holds a control character'],
  ['auth_key = hunter2', 'the key is shorter than 8 characters (RFC 3414 wants at least 8)'],
  [`auth_key = ${'hunter2'.repeat(40)}`, 'the key is longer than 255 bytes'],
])('a value that would be misread is refused and not repeated: %s', async (line, problem) => {
  const problems = await problemsOf(`[snmp]\nversion = 3\nusername = u\nsecurity_level = authNoPriv\n${line}`)
  expect(problems[0]).toBe(`config.ini:5: [snmp] auth_key: ${problem}`)
  expect(problems.join()).not.toContain('hunter2')
})

test.each([
  ['"true"', 'true'],
  ['null', 'null'],
  ["'12345'", '12345'],
  ['"a\\"b\\\\c" # comment', 'a"b\\c'],
  ['a\\b', 'a\\b'],
  ['x=y=z', 'x=y=z'],
  ['drücker', 'drücker'],
])('the community %s is taken as %s', async (written, meant) => {
  const config = await load(`[snmp]\nversion = 1\ncommunity = ${written}\n`)
  expect(reveal(credentialsFor(config, '10.0.0.1'))).toEqual([{ name: 'snmp', version: '1', community: meant }])
})

test('the environment beats the file, names new sets, and an empty variable is none', async () => {
  const file =
    '[snmp]\ntimeout = 5000\nport = 1161\ncommunity = fromfile\n[snmp.floor-2]\nversion = 2c\ncommunity = old\n'
  const config = await load(file, {
    PRINTMASTER_SNMP_TIMEOUT: '700',
    PRINTMASTER_SNMP_PORT: '',
    PRINTMASTER_SNMP_FLOOR_2_COMMUNITY: 'new',
    PRINTMASTER_SNMP_LAB_VERSION: '3',
    PRINTMASTER_SNMP_LAB_USERNAME: 'labuser',
    PRINTMASTER_SNMP_LAB_AUTH_KEY: 'longenough',
    PRINTMASTER_SCAN_MAX_HOSTS: '9',
    PATH: '/bin',
  })
  expect(config.snmp).toMatchObject({ timeout_ms: 700, port: 1161 })
  expect(config.scan.max_hosts).toBe(9)
  expect(config.snmp.sets.map(({ name, credentials }) => [name, reveal(credentials)[0]])).toEqual([
    ['snmp.floor-2', { name: 'snmp.floor-2', version: '2c', community: 'new' }],
    [
      'snmp.lab',
      {
        name: 'snmp.lab',
        version: '3',
        username: 'labuser',
        security_level: 'authNoPriv',
        auth_protocol: 'sha1',
        auth_key: 'longenough',
        priv_key: undefined,
      },
    ],
    ['snmp', { name: 'snmp', version: '2c', community: 'fromfile' }],
  ])
})

test('a variable with a wrong value or an unknown key is a problem, a near miss of a section a warning', async () => {
  expect(await problemsOf('', { PRINTMASTER_SNMP_TIMEOUT: 'soon', PRINTMASTER_SCAN_RAET: '5' })).toEqual([
    'PRINTMASTER_SCAN_RAET: [scan] has no such key; did you mean PRINTMASTER_SCAN_RATE?',
    "PRINTMASTER_SNMP_TIMEOUT: 'soon' is not a whole number of milliseconds; write for example 1000",
  ])
  const { warnings } = await load('', {
    PRINTMASTER_SNPM_TIMEOUT: '5',
    PRINTMASTER_SKIP_ANALYTICS: '1',
    PRINTMASTER_DEBUG: '1',
  })
  expect(warnings).toEqual([
    'PRINTMASTER_SNPM_TIMEOUT is not known and was passed over; did you mean PRINTMASTER_SNMP_...?',
  ])
})

test('secrets from files: relative to config.ini, one line, closed to others', async () => {
  write('auth', 'auth from file\n')
  const open = write('priv', 'priv from file\r\n', 0o644)
  const file = '[snmp]\nversion = 3\nusername = u\nauth_key_file = auth\npriv_key_file = priv\n'
  const config = await load(file)
  expect(reveal(credentialsFor(config, '10.0.0.1'))).toMatchObject([
    { auth_key: 'auth from file', priv_key: 'priv from file' },
  ])
  expect(config.warnings).toEqual([
    `${join(directory, 'config.ini')}:5: [snmp] priv_key_file: '${open}' holds secrets and is open to other users of this machine; chmod 600 keeps them out`,
  ])
  const other = write('other', 'from environment')
  const beaten = await load(file, { PRINTMASTER_SNMP_AUTH_KEY_FILE: other })
  expect(reveal(credentialsFor(beaten, '10.0.0.1'))).toMatchObject([{ auth_key: 'from environment' }])
})

test('secret files that do not serve', async () => {
  write('empty', '\n')
  write('two', 'first line\nsecond line\n')
  write('large', 'x'.repeat(5000))
  const file = (name: string) => `[snmp]\nversion = 3\nusername = u\nauth_key_file = ${name}\n`
  const where = 'config.ini:4: [snmp] auth_key_file: '
  expect((await problemsOf(file('none')))[0]).toBe(`${where}cannot read 'none': there is no such file`)
  expect((await problemsOf(file('empty')))[0]).toBe(`${where}the file is empty`)
  expect((await problemsOf(file('two')))[0]).toBe(`${where}the file holds more than one line or a control character`)
  expect((await problemsOf(file('large')))[0]).toBe(`${where}cannot read 'large': it is larger than 4096 bytes`)
  expect((await problemsOf(`${file('two')}auth_key = longenough\n`))[0]).toBe(
    `${where}auth_key is set as well; keep one of the two`,
  )
})

test('a config.ini with secrets that others can read is warned about, one without is not', async () => {
  const path = write('config.ini', '[snmp]\ncommunity = mine\n', 0o644)
  const { warnings } = await loadConfig({ path, env: {} })
  expect(warnings).toEqual([
    `'${path}' holds secrets and is open to other users of this machine; chmod 600 keeps them out`,
  ])
  const plain = write('plain.ini', '[snmp]\ntimeout = 500\n', 0o644)
  expect((await loadConfig({ path: plain, env: {} })).warnings).toEqual([])
})

test('which file is read: flag, environment, first of the known places', async () => {
  const [flag, variable, place] = ['1', '2', '3'].map((n) => write(`${n}.ini`, `[snmp]\nretries = ${n}\n`)) as [
    string,
    string,
    string,
  ]
  const searchPaths = [join(directory, 'none.ini'), place]
  const retries = async (options: Parameters<typeof loadConfig>[0]) => (await loadConfig(options)).snmp.retries
  expect(await retries({ path: flag, env: { PRINTMASTER_CONFIG: variable }, searchPaths })).toBe(1)
  expect(await retries({ env: { PRINTMASTER_CONFIG: variable }, searchPaths })).toBe(2)
  expect(await retries({ env: { PRINTMASTER_CONFIG: '' }, searchPaths })).toBe(3)
  const missing = loadConfig({ path: join(directory, 'none.ini'), env: {}, searchPaths })
  await expect(missing).rejects.toMatchObject({
    code: 'file_unreadable',
    message: expect.stringContaining('no such file'),
  })
  // A known place that is there but cannot be read is not passed over in silence.
  mkdirSync(join(directory, 'config.ini'))
  await expect(loadConfig({ env: {}, searchPaths: [join(directory, 'config.ini')] })).rejects.toThrow(
    'it is a directory',
  )
})

test('byte order mark and any line ending are read; NUL, other encodings and large files are refused', async () => {
  expect((await load('\ufeff[snmp]\r\nretries = 5\r\n')).snmp.retries).toBe(5)
  expect((await load('[snmp]\rretries = 4\r')).snmp.retries).toBe(4)
  await expect(load('[snmp]\nretries = 5\0\n')).rejects.toMatchObject({
    code: 'file_unreadable',
    message: expect.stringContaining('NUL'),
  })
  await expect(load(Buffer.from('[snmp]\ncommunity = b\xfcro\n', 'latin1'))).rejects.toThrow('not UTF-8')
  await expect(load('#'.repeat(1024 * 1024 + 1))).rejects.toThrow('larger than 1048576 bytes')
})

test('a key that its level does not use is warned about', async () => {
  const { warnings } = await load(
    '[snmp]\nversion = 3\nusername = u\nsecurity_level = noauthnopriv\nauth_key = longenough\n',
  )
  expect(warnings.map((warning) => warning.replace(`${directory}/`, ''))).toEqual([
    'config.ini:5: [snmp] auth_key: is not used with security_level noAuthNoPriv',
  ])
})

test('the config is frozen to the bottom and shows no secret', async () => {
  const config = await load('[snmp]\nversion = 3, 2c\nusername = u\nauth_key = hunter2hunter2\ncommunity = hunter3\n')
  expect(Object.isFrozen(config.snmp.sets[0]?.credentials[0])).toBe(true)
  expect(() => Object.assign(config.scan, { rate: 1 })).toThrow(TypeError)
  const shown = JSON.stringify(config) + inspect(config, { depth: null, showHidden: true })
  expect(shown).toContain('[secret]')
  expect(shown).not.toMatch(/hunter/)
})
