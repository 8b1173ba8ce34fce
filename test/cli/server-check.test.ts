import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeCertificate } from './make-certificate.ts'
import { createFolder, linesOf, runCli } from './run-cli.ts'
import { makeTokenCli, startServerCli } from './start-server.ts'

test('--check: all good, without listening or making a database', async () => {
  const folder = createFolder()
  const { certificate, key } = makeCertificate(folder, 'good')
  const database = join(folder, 'new', 'deep', 'x.db')
  const tls = ['--tls-certificate', certificate, '--tls-key', key]
  const { code, stdout, stderr } = await runCli(['server', '--check', '--database', database, ...tls])
  expect([code, stdout]).toEqual([0, ''])
  expect(linesOf(stderr)).toEqual(['config, certificate and database directory are good'])
  expect(() => statSync(join(folder, 'new'))).toThrow('ENOENT')
  const json = await runCli(['server', '--check', '--json', '--database', database])
  expect(JSON.parse(json.stdout)).toEqual({ ok: true, problems: [], warnings: [] })
})

test('--check: a certificate that ends soon or has ended is a warning', async () => {
  const folder = createFolder()
  const { certificate, key } = makeCertificate(folder, 'short', 2)
  const flags = ['--database', join(folder, 'x.db'), '--tls-certificate', certificate, '--tls-key', key]
  const { code, stderr } = await runCli(['server', '--check', ...flags])
  expect(code).toBe(0)
  expect(linesOf(stderr)[0]).toMatch(/short\.crt' ends on \d{4}-\d\d-\d\d$/)
})

test.each<[what: string, flags: (folder: string) => string[], problem: RegExp]>([
  [
    'certificate that is not there',
    (folder) => ['--tls-certificate', join(folder, 'none.crt'), '--tls-key', join(folder, 'a.key')],
    /none\.crt/,
  ],
  [
    'key of another certificate',
    (folder) => ['--tls-certificate', join(folder, 'a.crt'), '--tls-key', join(folder, 'b.key')],
    /b\.key does not belong to the certificate .*a\.crt/,
  ],
  [
    'certificate that is none',
    (folder) => ['--tls-certificate', join(folder, 'file'), '--tls-key', join(folder, 'a.key')],
    /file.*PEM/,
  ],
  ['half of the pair', (folder) => ['--tls-key', join(folder, 'a.key')], /--tls-key needs --tls-certificate/],
  ['port', () => ['--listen', '127.0.0.1:70000'], /--listen: 70000 is out of range/],
  ['host name', () => ['--listen', 'localhost:1'], /--listen: 'localhost' is not an IP address/],
  ['listen text', () => ['--listen', 'x:y:z'], /--listen 'x:y:z': write ADDRESS:PORT/],
  ['empty value', () => ['--listen', ''], /--listen: the value is empty/],
  ['database below a file', (folder) => ['--database', join(folder, 'file', 'x.db')], /file' is no directory/],
  ['database that is a directory', (folder) => ['--database', folder], /is no file/],
])('--check: %s, exit 2', async (_what, flags, problem) => {
  const folder = createFolder()
  makeCertificate(folder, 'a')
  makeCertificate(folder, 'b')
  writeFileSync(join(folder, 'file'), 'text\n')
  const { code, stdout, stderr } = await runCli(['server', '--check', ...flags(folder)], { cwd: folder })
  expect([code, stdout]).toEqual([2, ''])
  expect(linesOf(stderr)).toEqual([expect.stringMatching(problem)])
})

test('--check: everything that is wrong at once, as text and as JSON', async () => {
  const folder = createFolder()
  writeFileSync(join(folder, 'file'), '')
  const flags = ['--check', '--listen', '0.0.0.0:1', '--database', join(folder, 'file', 'x.db')]
  const { code, stderr } = await runCli(['server', ...flags])
  expect(code).toBe(2)
  expect(linesOf(stderr)).toEqual([
    expect.stringContaining('is no directory'),
    expect.stringContaining('allow_plaintext'),
    expect.stringContaining('enrolment token'),
  ])
  const json = await runCli(['server', '--json', ...flags])
  expect(json.code).toBe(2)
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, problems: { length: 3 } })
})

test('--check-db: a database that a server is using', async () => {
  const server = await startServerCli()
  await makeTokenCli(server.database, '--scope', 'viewer')
  const { code, stdout, stderr } = await runCli(['server', '--check-db', '--database', server.database])
  expect([code, stderr]).toEqual([0, ''])
  expect(linesOf(stdout)[0]).toBe(`${server.database}: schema 4`)
  expect(stdout).toMatch(/^ {2}tokens +1$/m)
  expect(linesOf(stdout).at(-1)).toBe('no problem found')
  const json = await runCli(['server', '--check-db', '--json', '--database', server.database])
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, problems: [], rows: { tokens: 1 } })
})

test('--check-db: damage is found, told and exit 1', async () => {
  const database = join(createFolder(), 'x.db')
  for (let i = 0; i < 3; i++) await makeTokenCli(database, '--scope', 'viewer', '--name', `entry-${i}`)
  // an entry of the audit log is edited behind the program's back
  const bytes = readFileSync(database)
  const at = bytes.lastIndexOf('token_created')
  expect(at).toBeGreaterThan(0)
  const file = openSync(database, 'r+')
  writeSync(file, 'token_creaked', at)
  closeSync(file)
  const { code, stdout } = await runCli(['server', '--check-db', '--database', database])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^\d+ problems?:$/m)
  const json = await runCli(['server', '--check-db', '--json', '--database', database])
  expect(json.code).toBe(1)
  expect(JSON.parse(json.stdout).ok).toBe(false)
})

test('--check-db: without a database, exit 2', async () => {
  const { code, stderr } = await runCli(['server', '--check-db', '--database', '/no/such.db'])
  expect(code).toBe(2)
  expect(linesOf(stderr)).toEqual([expect.stringContaining("there is no database '/no/such.db'")])
})

test('backup while the server runs: a whole database of its own, which is never written over', async () => {
  const server = await startServerCli()
  await makeTokenCli(server.database, '--scope', 'viewer', '--name', 'before')
  const copy = join(createFolder(), 'copy.db')
  const args = ['server', 'backup', copy, '--database', server.database]
  const { code, stdout, stderr } = await runCli([...args, '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ file: copy, bytes: statSync(copy).size, database: server.database })
  expect(linesOf(stderr)).toEqual([expect.stringMatching(/^copied .* to .*copy\.db: [\d,]+ bytes$/)])
  await makeTokenCli(server.database, '--scope', 'viewer', '--name', 'after')

  const again = await runCli(args)
  expect([again.code, linesOf(again.stderr)]).toEqual([2, [expect.stringContaining('is there already')]])
  const list = await runCli(['token', 'list', '--json', '--database', copy])
  expect(JSON.parse(list.stdout).map(({ name }: { name: string }) => name)).toEqual(['before'])
  expect((await runCli(['server', '--check-db', '--database', copy])).code).toBe(0)

  const nowhere = await runCli(['server', 'backup', '/no/such/folder/copy.db', '--database', server.database])
  expect(nowhere.code).toBe(1)
  expect(linesOf(nowhere.stderr)).toEqual([expect.stringContaining('/no/such/folder')])
})
