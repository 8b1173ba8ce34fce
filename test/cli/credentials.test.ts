import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { UserCredential } from '../../src/core/model/credential.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { askingOf, play } from './play.ts'
import { createFolder, linesOf, type Outcome, runCli } from './run-cli.ts'

const AUTH_KEY = 'quiet-harbour-71'
const PRIV_KEY = 'amber-lantern-52'
const WRONG_KEY = 'broken-compass-9'

const USER: UserCredential = {
  name: 'monitor',
  version: '3',
  username: 'monitor',
  security_level: 'authPriv',
  auth_protocol: 'sha256',
  auth_key: new Secret(AUTH_KEY),
  priv_protocol: 'aes128',
  priv_key: new Secret(PRIV_KEY),
}
const PROTOCOLS = ['--v3-user', 'monitor', '--auth-protocol', 'sha256', '--priv-protocol', 'aes128']

async function playSecured(address: string) {
  const player = await play([{ address, name: 'color-laser' }], { community: 'not-public', users: [USER] })
  return ['scan', address, ...askingOf(player), ...PROTOCOLS, '--format', 'ndjson']
}

/** A file that only its owner may read; without, the program warns. */
function writeSecret(text: string): string {
  const path = join(createFolder(), 'secret')
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

function expectPrinter({ code, stdout, stderr }: Outcome): void {
  expect(linesOf(stderr)).toEqual([expect.stringMatching(/^1 asked, 1 answered, 1 printer, 0 failed/)])
  expect(JSON.parse(stdout)).toMatchObject({ serial: 'PMX4K10217', snmp_version: '3' })
  expect(code).toBe(0)
}

function expectNoSecret({ stdout, stderr }: Outcome, ...secrets: string[]): void {
  for (const secret of secrets) expect(stdout + stderr).not.toContain(secret)
}

test('v3 keys from files', async () => {
  const scan = await playSecured('127.67.1.1')
  const keys = ['--auth-key-file', writeSecret(`${AUTH_KEY}\n`), '--priv-key-file', writeSecret(PRIV_KEY)]
  const outcome = await runCli([...scan, ...keys])
  expectPrinter(outcome)
  expectNoSecret(outcome, AUTH_KEY, PRIV_KEY)
})

test('v3 keys from the environment', async () => {
  const scan = await playSecured('127.67.2.1')
  const env = { PRINTMASTER_SNMP_AUTH_KEY: AUTH_KEY, PRINTMASTER_SNMP_PRIV_KEY: PRIV_KEY }
  expectPrinter(await runCli(scan, { env }))
})

test('one v3 key from standard input, the other from a file that the environment names', async () => {
  const scan = await playSecured('127.67.3.1')
  const env = { PRINTMASTER_SNMP_PRIV_KEY_FILE: writeSecret(PRIV_KEY) }
  expectPrinter(await runCli([...scan, '--auth-key-file', '-'], { stdin: `${AUTH_KEY}\n`, env }))
})

test('a wrong v3 key is told apart from silence, and none is printed', async () => {
  const scan = await playSecured('127.67.4.1')
  const env = { PRINTMASTER_SNMP_PRIV_KEY: PRIV_KEY }
  const outcome = await runCli([...scan, '--auth-key-file', '-'], { stdin: WRONG_KEY, env })
  expect(outcome.code).toBe(0)
  expect(outcome.stdout).toBe('')
  expect(linesOf(outcome.stderr)).toEqual([
    expect.stringMatching(/^failed: 127\.67\.4\.1: the authentication key or protocol of .* is wrong$/),
    expect.stringMatching(/^1 asked, 1 answered, 0 printers, 1 failed/),
  ])
  expectNoSecret(outcome, WRONG_KEY, PRIV_KEY)
})

test('a wrong v3 key in a monitoring check is unknown, and said', async () => {
  const scan = (await playSecured('127.67.5.1')).slice(0, -2)
  const env = { PRINTMASTER_SNMP_AUTH_KEY: WRONG_KEY, PRINTMASTER_SNMP_PRIV_KEY: PRIV_KEY }
  const outcome = await runCli([...scan, '--exit-code'], { env })
  expect(outcome.code).toBe(3)
  expect(outcome.stdout).toMatch(/^PRINTMASTER UNKNOWN - .*1 could not be read/)
  expect(outcome.stderr).toMatch(/^failed: 127\.67\.5\.1: the authentication key/)
  expectNoSecret(outcome, WRONG_KEY, PRIV_KEY)
})

test('communities are tried in order, and none is printed', async () => {
  const player = await play([{ address: '127.67.6.1', name: 'color-laser' }], { community: 'second-choice' })
  const communities = ['--community', 'first-choice', '--community', 'second-choice']
  const outcome = await runCli(['scan', '127.67.6.1', ...askingOf(player), ...communities])
  expect(outcome.code).toBe(0)
  expect(outcome.stdout).toContain('PMX4K10217')
  expectNoSecret(outcome, 'first-choice', 'second-choice')
})

test('[snmp.NAME] of config.ini is for its ranges only', async () => {
  const common = await play([{ address: '127.67.7.1', name: 'color-laser' }])
  await play([{ address: '127.67.7.2', name: 'mono-laser-some' }], { community: 'for-labels', port: common.port })
  const config = (ranges: string) =>
    writeSecret(`[snmp]\nport = ${common.port}\n\n[snmp.labels]\nranges = ${ranges}\ncommunity = for-labels\n`)
  const scan = ['scan', '127.67.7.1-2', '--timeout', '300', '--retries', '1', '--sort', 'ip', '--format', 'csv']
  const bound = await runCli([...scan, '--columns', 'serial', '--config', config('127.67.7.2')])
  expect(linesOf(bound.stdout.replaceAll('\r', ''))).toEqual(['serial', 'PMX4K10217', 'PMC00351'])
  const elsewhere = await runCli([...scan, '--columns', 'serial', '--config', config('127.67.7.64/26')])
  expect(linesOf(elsewhere.stdout.replaceAll('\r', ''))).toEqual(['serial', 'PMX4K10217'])
  for (const outcome of [bound, elsewhere]) expectNoSecret(outcome, 'for-labels')
})

test('a config file with secrets that others may read is warned about', async () => {
  const player = await play([{ address: '127.67.8.1', name: 'color-laser' }], { community: 'in-the-open' })
  const path = join(createFolder(), 'config.ini')
  writeFileSync(path, '[snmp]\ncommunity = in-the-open\n', { mode: 0o644 })
  const outcome = await runCli(['scan', '127.67.8.1', ...askingOf(player), '--config', path])
  expect(outcome.code).toBe(0)
  expect(outcome.stdout).toContain('PMX4K10217')
  expect(linesOf(outcome.stderr)[0]).toContain('open to other users')
  expectNoSecret(outcome, 'in-the-open')
})

test('credentials of the command line stand in place of those of config.ini', async () => {
  const scan = await playSecured('127.67.9.1')
  const config = ['--config', writeSecret('[snmp]\ncommunity = of-the-config\n')]
  const env = { PRINTMASTER_SNMP_AUTH_KEY: AUTH_KEY, PRINTMASTER_SNMP_PRIV_KEY: PRIV_KEY }
  expectPrinter(await runCli([...scan, ...config], { env }))
})
