import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { findDatabase } from '../../src/core/config/find-database.ts'
import { loadConfig } from '../../src/core/config/load-config.ts'

const directory = mkdtempSync(join(tmpdir(), 'server-sections-'))
afterAll(() => rmSync(directory, { recursive: true }))
const TOKEN = 'own-token.of_32~characters/or+more=='

function write(name: string, text: string, mode = 0o600): string {
  const path = join(directory, name)
  writeFileSync(path, text, { mode })
  return path
}

const load = (text: string, options: Parameters<typeof loadConfig>[0] = {}) =>
  loadConfig({ path: write('config.ini', text), env: {}, ...options })

async function problemsOf(text: string, options: Parameters<typeof loadConfig>[0] = {}): Promise<string[]> {
  const error = await load(text, options).then(
    () => null,
    (reason) => reason,
  )
  expect(error).toMatchObject({ code: 'bad_config', isUsage: true })
  return error.message.replaceAll(`${directory}/`, '').split('\n')
}

test('the defaults: loopback, nothing shared, no TLS', async () => {
  expect(await load('')).toMatchObject({
    listen: {
      address: '127.0.0.1',
      port: 9090,
      trusted_proxies: [],
      allow_plaintext: false,
      max_connections: 20_000,
    },
    database: { path: null },
    security: { enrolment_token: null, requests_per_second: 10, burst: 20, refused_attempts: 10 },
    tls: null,
    presence: { offline_after_seconds: 90, missed_heartbeats: 3 },
    metrics: { per_device: false },
    log: { level: 'info', format: null },
  })
})

test('everything set', async () => {
  const config = await load(`
    [listen]
    address = ::
    port = 0
    trusted_proxies = 10.0.0.5 fd00::/8, 10.1.0.0/16
    allow_plaintext = true
    max_connections = 100
    [database]
    path = data/fleet.db
    [security]
    enrolment_token = ${TOKEN}
    requests_per_second = 5
    burst = 50
    refused_attempts = 3
    [tls]
    certificate = cert.pem
    key = /etc/key.pem
    [presence]
    offline_after = 300
    missed_heartbeats = 5
    [metrics]
    per_device = on
    [log]
    level = DEBUG
    format = text
  `)
  expect(config).toMatchObject({
    listen: {
      address: '::',
      port: 0,
      trusted_proxies: ['10.0.0.5', 'fd00::/8', '10.1.0.0/16'],
      allow_plaintext: true,
      max_connections: 100,
    },
    database: { path: join(directory, 'data/fleet.db') },
    security: { requests_per_second: 5, burst: 50, refused_attempts: 3 },
    tls: { certificate: join(directory, 'cert.pem'), key: '/etc/key.pem' },
    presence: { offline_after_seconds: 300, missed_heartbeats: 5 },
    metrics: { per_device: true },
    log: { level: 'debug', format: 'text' },
  })
  expect(config.security.enrolment_token?.reveal()).toBe(TOKEN)
  expect(inspect(config, { depth: null }) + JSON.stringify(config)).not.toContain(TOKEN)
})

test('all problems at once, each with line, section and key; a secret is not repeated', async () => {
  const problems = await problemsOf(`[listen]
address = localhost
port = 65536
trusted_proxies = 10.0.0.0/8, proxy.example, 10.0.0.0/33, 0.0.0.0/0
allow_plaintext = maybe
max_connections = 0
[security]
enrolment_token = hunter2hunter2
burst = 0
[tls]
certificate = cert.pem
[presence]
offline_after = 1
[metrics]
per_device = some
[log]
level = verbose
format = xml
[listne]
`)
  expect(problems).toEqual([
    "config.ini:2: [listen] address: 'localhost' is not an IP address; write 127.0.0.1 or ::1, 0.0.0.0 or :: for all",
    'config.ini:3: [listen] port: 65536 is out of range; write 0 to 65535',
    "config.ini:4: [listen] trusted_proxies: 'proxy.example' is neither an IP address nor a network such as 10.0.0.0/8",
    "config.ini:4: [listen] trusted_proxies: '10.0.0.0/33' is neither an IP address nor a network such as 10.0.0.0/8; /1 to /32 may follow the address",
    "config.ini:4: [listen] trusted_proxies: '0.0.0.0/0' is neither an IP address nor a network such as 10.0.0.0/8; /1 to /32 may follow the address",
    "config.ini:5: [listen] allow_plaintext: 'maybe' is neither yes nor no",
    'config.ini:6: [listen] max_connections: 0 is out of range; write 10 to 1000000 connections',
    'config.ini:8: [security] enrolment_token: the token is shorter than 32 characters; make one with: openssl rand -hex 32',
    'config.ini:9: [security] burst: 0 is out of range; write 1 to 100000 requests',
    'config.ini:11: [tls] certificate: wants [tls] key beside it',
    'config.ini:13: [presence] offline_after: 1 is out of range; write 10 to 86400 seconds',
    "config.ini:15: [metrics] per_device: 'some' is neither yes nor no",
    "config.ini:17: [log] level: 'verbose' is not one of fatal, error, warn, info, debug, trace",
    "config.ini:18: [log] format: 'xml' is not one of json, text",
    "config.ini:19: the section 'listne' is not known; did you mean [listen]?",
  ])
})

test('flags over environment over file', async () => {
  const file = '[listen]\nport = 1\naddress = 127.0.0.2\nmax_connections = 11\n'
  const env = { PRINTMASTER_LISTEN_PORT: '2', PRINTMASTER_LISTEN_ADDRESS: '127.0.0.3' }
  const flags = [{ section: 'listen', key: 'port', text: '3', where: '--listen', directory }]
  const { listen } = await load(file, { env, flags })
  expect(listen).toMatchObject({ port: 3, address: '127.0.0.3', max_connections: 11 })
})

test('the variables of the token commands are no keys of config.ini', async () => {
  const { warnings } = await load('', { env: { PRINTMASTER_TOKEN: 'x', PRINTMASTER_TOKEN_FILE: '/x' } })
  expect(warnings).toEqual([])
})

test('the enrolment token may stand in a file, which only the server opens', async () => {
  write('token', `${TOKEN}\n`)
  const file = '[security]\nenrolment_token_file = token\n'
  expect((await load(file)).security.enrolment_token?.reveal()).toBe(TOKEN)
  expect((await load(file, { secretsOf: ['snmp'] })).security.enrolment_token).toBeNull()
  expect((await load(file, { secretsOf: ['security'] })).security.enrolment_token?.reveal()).toBe(TOKEN)

  const others =
    '[snmp]\nversion = 3\nusername = u\nauth_key_file = none\n[snmp.lab]\nversion = 2c\ncommunity_file = none\n'
  await expect(load(others, { secretsOf: ['security'] })).resolves.toMatchObject({ warnings: [] })
  await expect(load(others, { secretsOf: ['snmp'] })).rejects.toThrow('there is no such file')
})

test('a config.ini with an enrolment token that others can read is warned about', async () => {
  const path = write('open.ini', `[security]\nenrolment_token = ${TOKEN}\n`, 0o644)
  const { warnings } = await loadConfig({ path, env: {} })
  expect(warnings).toEqual([
    `'${path}' holds secrets and is open to other users of this machine; chmod 600 keeps them out`,
  ])
})

test.each([
  ['config', { database: { path: '/data/x.db' } }, { STATE_DIRECTORY: '/state' }, '/data/x.db'],
  ['systemd', { database: { path: null } }, { STATE_DIRECTORY: '/state/a:/state/b' }, '/state/a/printmaster.db'],
  [
    'the user',
    { database: { path: null } },
    {},
    // as the XDG base directory specification says
    join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'printmaster/printmaster.db'),
  ],
])('the database is where %s says', async (_who, config, env, place) => {
  expect(await findDatabase(config, env)).toBe(place)
})
