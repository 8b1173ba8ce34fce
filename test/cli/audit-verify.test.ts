import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { signingKeyPath } from '../../src/core/audit/signing-key.ts'
import { createFolder, linesOf, runCli } from './run-cli.ts'
import { makeTokenCli, startServerCli } from './start-server.ts'

const pemOf = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ type: 'spki', format: 'pem' })

test('audit verify --public-key: a foreign key, a file that holds none, and a log without its key', async () => {
  const folder = createFolder()
  const database = join(folder, 'printmaster.db')
  await makeTokenCli(database, '--scope', 'viewer')
  const verify = (...args: string[]) => runCli(['audit', 'verify', '--database', database, ...args])
  const [key, foreign, none] = ['key', 'foreign', 'none'].map((name) => join(folder, name)) as [string, string, string]

  // to look at a log makes no key
  expect(await verify()).toMatchObject({ code: 0 })
  expect(existsSync(signingKeyPath(database))).toBe(false)
  const output = join(folder, 'audit.ndjson')
  expect(await runCli(['audit', 'export', '--database', database, '--output', output])).toMatchObject({ code: 0 })
  const { public_key } = JSON.parse((await verify('--json')).stdout)
  writeFileSync(key, public_key)
  writeFileSync(foreign, pemOf(generateKeyPairSync('ed25519')))

  const good = await verify('--public-key', key)
  expect(good).toMatchObject({ code: 0 })
  expect(good.stderr).toContain('the log is signed by the trusted key')
  const bad = await verify('--public-key', foreign)
  expect(bad).toMatchObject({ code: 1, stderr: 'the current head of the log is signed by another key\n' })

  for (const text of ['hello\n', '', pemOf(generateKeyPairSync('x25519'))]) {
    writeFileSync(none, text)
    // told before a head is read or the log is opened
    const wrong = await verify('--public-key', none, '--head', join(folder, 'nothing'), '--json')
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toMatch(/^printmaster: --public-key: '.*' holds no Ed25519 public key in PEM\n$/)
  }

  rmSync(signingKeyPath(database))
  const alone = await verify('--public-key', key)
  expect(alone.code).toBe(1)
  expect(alone.stderr).toContain('the trusted key was held against nothing')
  const held = await verify('--public-key', key, '--head', `${output}.head.json`)
  expect(held.code).toBe(0)
  expect(linesOf(held.stderr)).toEqual([
    expect.stringContaining('1 signed head fits'),
    expect.stringContaining(`there is no key of the audit log at ${signingKeyPath(database)}`),
  ])
  expect(existsSync(signingKeyPath(database))).toBe(false)
}, 60_000)

test('of a server that cannot use its key: the log verifies, and what was not checked is told', async () => {
  const { url, database } = await startServerCli()
  const token = await makeTokenCli(database, '--scope', 'admin')
  const there = (...args: string[]) => runCli([...args, '--server', url], { env: { PRINTMASTER_TOKEN: token } })
  const folder = createFolder()
  const [output, key] = [join(folder, 'audit.ndjson'), join(folder, 'key')]
  expect(await there('audit', 'export', '--output', output)).toMatchObject({ code: 0 })
  const head = `${output}.head.json`
  writeFileSync(key, JSON.parse(readFileSync(head, 'utf8')).public_key)
  writeFileSync(signingKeyPath(database), 'damaged')

  const held = await there('audit', 'verify', '--public-key', key, '--head', head)
  expect(held.code).toBe(0)
  expect(linesOf(held.stderr)).toEqual([
    expect.stringContaining('1 signed head fits'),
    expect.stringContaining('the current head was not checked: it cannot be signed, as the server cannot use the key'),
  ])
  expect(await there('audit', 'verify', '--public-key', key)).toMatchObject({ code: 1 })
  const again = join(folder, 'again.ndjson')
  const refused = await there('audit', 'export', '--output', again)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('the head cannot be signed: the server cannot use the key of the audit log')
  expect(existsSync(again)).toBe(false)
}, 60_000)
