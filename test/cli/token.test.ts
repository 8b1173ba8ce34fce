import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeCertificate } from './make-certificate.ts'
import { createFolder, linesOf, runCli } from './run-cli.ts'
import { ask, makeTokenCli, startServerCli } from './start-server.ts'

test('without a command: what there is', async () => {
  const { code, stdout } = await runCli(['token'])
  expect(code).toBe(0)
  for (const command of ['create', 'list', 'revoke']) expect(stdout).toContain(`token ${command} `)
})

test('create: the token alone on stdout, everything else on stderr; a new database is told', async () => {
  const database = join(createFolder(), 'new', 'x.db')
  const flags = ['--scope', 'enrolment', '--name', 'front desk', '--uses', '2', '--expires', '7d']
  const { code, stdout, stderr } = await runCli(['token', 'create', ...flags, '--database', database])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^pm_enrolment_[A-Za-z0-9_-]{43}\n$/)
  expect(linesOf(stderr)).toEqual([
    `made a new database: ${database}`,
    expect.stringMatching(
      /^enrolment token \S+ "front desk", for 2 registrations, valid until .* UTC; it is shown this once$/,
    ),
  ])
  expect(stderr).not.toContain(stdout.trim())
  expect(readFileSync(database).includes(stdout.trim())).toBe(false)

  const json = await runCli(['token', 'create', '--scope', 'viewer', '--json', '--database', database])
  expect(JSON.parse(json.stdout)).toMatchObject({
    token: expect.stringMatching(/^pm_viewer_/),
    token_id: expect.any(String),
    scope: 'viewer',
    state: 'valid',
    expires_at: null,
  })
  expect(linesOf(json.stderr)).toHaveLength(1)
})

test('list and revoke: newest first, no token shown, an unknown id is exit 1', async () => {
  const database = join(createFolder(), 'x.db')
  const place = ['--database', database]
  const tokens = [
    await makeTokenCli(database, '--scope', 'enrolment', '--name', 'first'),
    await makeTokenCli(database, '--scope', 'admin', '--name', 'second\u001b[2J'),
  ]
  const table = await runCli(['token', 'list', ...place], { env: { COLUMNS: '80' } })
  expect(linesOf(table.stdout)).toHaveLength(4)
  expect(linesOf(table.stdout)[2]).toMatch(/admin +valid +second/)
  for (const line of linesOf(table.stdout)) expect(line.length).toBeLessThanOrEqual(80)
  const list = await runCli(['token', 'list', '--json', ...place])
  const [newest, oldest] = JSON.parse(list.stdout)
  expect([newest.name, oldest.name]).toEqual(['second\u001b[2J', 'first'])
  for (const token of tokens) expect(table.stdout + list.stdout).not.toContain(token)
  expect(table.stdout).not.toContain('\u001b')

  const revoked = await runCli(['token', 'revoke', oldest.token_id, '--json', ...place])
  expect([revoked.code, JSON.parse(revoked.stdout).state]).toEqual([0, 'revoked'])
  expect(linesOf(revoked.stderr)).toEqual([`revoked the enrolment token ${oldest.token_id}`])
  const unknown = await runCli(['token', 'revoke', 'no-such-id', ...place])
  expect([unknown.code, unknown.stdout]).toEqual([1, ''])
  expect(linesOf(unknown.stderr)).toEqual([expect.stringContaining("there is no token 'no-such-id'")])
})

test.each<[what: string, args: string[], problem: string]>([
  ['no scope', ['create'], '--scope is wanted'],
  ['a scope that is none', ['create', '--scope', 'agent'], "--scope: 'agent' is not one of"],
  ['uses of a viewer', ['create', '--scope', 'viewer', '--uses', '1'], '--uses goes with --scope enrolment only'],
  ['a time that is none', ['create', '--scope', 'viewer', '--expires', 'soon'], "--expires: 'soon' is no time"],
  ['a time too long', ['create', '--scope', 'viewer', '--expires', '11y'], 'longer than ten years'],
  ['an agent that is none', ['create', '--scope', 'enrolment', '--agent', 'a b'], "--agent 'a b'"],
  ['list without a database', ['list', '--database', '/no/such.db'], "there is no database '/no/such.db'"],
  ['revoke without an id', ['revoke'], 'name a TOKEN_ID'],
  ['two places', ['list', '--database', 'x', '--server', 'http://127.0.0.1'], 'exclude each other'],
  ['plain HTTP to others', ['list', '--server', 'http://192.0.2.1:9090'], 'could be read on the way'],
  ['no URL', ['list', '--server', 'printers.example'], 'is no URL of a server'],
  ['a password in the URL', ['list', '--server', 'https://admin:hunter2@127.0.0.1'], 'holds a name or a password'],
])('%s: one line, exit 2', async (_what, args, problem) => {
  const { code, stdout, stderr } = await runCli(['token', ...args], { env: { PRINTMASTER_TOKEN: 'x'.repeat(43) } })
  expect([code, stdout]).toEqual([2, ''])
  expect(linesOf(stderr)).toEqual([expect.stringContaining(problem)])
  expect(stderr).not.toContain('hunter2')
})

test('at a server elsewhere: create, list, revoke, which counts within a second', async () => {
  const server = await startServerCli()
  const admin = await makeTokenCli(server.database, '--scope', 'admin')
  const folder = createFolder()
  const file = join(folder, 'admin.token')
  writeFileSync(file, `${admin}\n`, { mode: 0o600 })
  const remote = ['--server', server.url, '--token-file', file]

  const created = await runCli(['token', 'create', '--scope', 'viewer', '--name', 'far', '--expires', '1h', ...remote])
  expect([created.code, linesOf(created.stderr)]).toEqual([
    0,
    [expect.stringMatching(/^viewer token \S+ "far", valid until /)],
  ])
  const viewer = created.stdout.trim()
  expect((await ask(server.url, '/api/v1/agents/list', { token: viewer })).status).toBe(200)

  const viaEnvironment = { env: { PRINTMASTER_TOKEN: admin } }
  const list = await runCli(['token', 'list', '--json', '--server', server.url], viaEnvironment)
  const { token_id } = JSON.parse(list.stdout).find(({ name }: { name: string }) => name === 'far')
  const viaFile = { env: { PRINTMASTER_TOKEN_FILE: file } }
  expect((await runCli(['token', 'list', '--server', server.url], viaFile)).stdout).toContain(token_id)

  const viaStdin = { stdin: `${admin}\n` }
  const revoked = await runCli(['token', 'revoke', token_id, '--server', server.url, '--token-file', '-'], viaStdin)
  expect([revoked.code, linesOf(revoked.stderr)]).toEqual([0, [`revoked the viewer token ${token_id}`]])
  const answer = await ask(server.url, '/api/v1/agents/list', { token: viewer })
  expect(answer).toMatchObject({ status: 403, body: { error: { code: 'token_revoked' } } })

  const refused = await runCli(['token', 'list', '--server', server.url], { env: { PRINTMASTER_TOKEN: viewer } })
  expect([refused.code, refused.stdout]).toEqual([1, ''])
  expect(linesOf(refused.stderr)).toEqual([expect.stringMatching(/^printmaster: http:\S+: .+ \(token_revoked\)$/)])
  const unknown = await runCli(['token', 'revoke', '../tokens', ...remote])
  expect([unknown.code, linesOf(unknown.stderr)]).toEqual([1, [expect.stringContaining('(not_found)')]])
})

test('over TLS with an authority of its own', async () => {
  const folder = createFolder()
  const { certificate, key } = makeCertificate(folder, 'private')
  const server = await startServerCli(['--tls-certificate', certificate, '--tls-key', key])
  const env = { PRINTMASTER_TOKEN: await makeTokenCli(server.database, '--scope', 'admin') }
  const known = await runCli(['token', 'list', '--server', server.url, '--ca', certificate], { env })
  expect(known.code).toBe(0)
  const stranger = await runCli(['token', 'list', '--server', server.url], { env })
  expect([stranger.code, linesOf(stranger.stderr)]).toEqual([1, [expect.stringContaining('--ca FILE')]])
})

test('no token, an empty one, one that others may read', async () => {
  const missing = await runCli(['token', 'list', '--server', 'http://127.0.0.1:1'])
  expect([missing.code, linesOf(missing.stderr)]).toEqual([2, [expect.stringContaining('wants an admin token')]])
  const folder = createFolder()
  const open = join(folder, 'open.token')
  writeFileSync(open, 'x'.repeat(43), { mode: 0o644 })
  expect(statSync(open).mode & 0o044).not.toBe(0)
  const warned = await runCli(['token', 'list', '--server', 'http://127.0.0.1:1', '--token-file', open])
  expect(warned.code).toBe(1)
  expect(linesOf(warned.stderr)).toEqual([
    expect.stringContaining('chmod 600'),
    'printmaster: cannot reach http://127.0.0.1:1: nothing listens there',
  ])
  writeFileSync(join(folder, 'empty.token'), '\n', { mode: 0o600 })
  const empty = await runCli(['token', 'list', '--server', 'http://127.0.0.1:1', '--token-file', 'empty.token'], {
    cwd: folder,
  })
  expect([empty.code, linesOf(empty.stderr)]).toEqual([2, [expect.stringContaining('--token-file: is empty')]])
})

test('something else answers there: its text does no harm, a redirect is not followed', async () => {
  const asked: string[] = []
  const stranger = createServer((request, response) => {
    asked.push(`${request.url}`)
    if (request.url?.startsWith('/redirect')) response.writeHead(302, { location: '/elsewhere' }).end()
    else if (request.url?.startsWith('/odd')) response.end('{"tokens":[{"token_id":1}]}')
    else response.writeHead(500).end('{"error":{"code":"x","message":"bad\\u001b[2J news"}}')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void stranger.close())
  await once(stranger, 'listening')
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  const say = async (path: string) => {
    const { code, stderr } = await runCli(['token', 'list', '--server', `${url}${path}`], {
      env: { PRINTMASTER_TOKEN: 'x'.repeat(43) },
    })
    expect(code).toBe(1)
    return linesOf(stderr)
  }
  expect(await say('/redirect/')).toEqual([`printmaster: ${url}: it answers 302, but not as a PrintMaster server does`])
  expect(await say('/odd')).toEqual([`printmaster: ${url}/odd answers, but not as a PrintMaster server does`])
  expect(await say('')).toEqual([`printmaster: ${url}: bad news (x)`])
  expect(asked).toEqual(['/redirect/api/v1/tokens', '/odd/api/v1/tokens', '/api/v1/tokens'])
})
