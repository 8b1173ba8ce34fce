import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from '../../src/core/agent/journal/open-journal.ts'
import type { KnownPrinter } from '../../src/core/agent/known-printer.ts'
import { makeCertificate } from './make-certificate.ts'
import { createFolder, linesOf, runCli } from './run-cli.ts'
import { writeAgentConfig } from './start-agent.ts'
import { ask, makeTokenCli, startServerCli } from './start-server.ts'

const TOKEN = 'made-up-for-this-test-alone-0123456789'

const knownPrinter = (n: number): KnownPrinter => ({
  id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  address: `127.0.${Math.floor(n / 250)}.${(n % 250) + 1}`,
  port: 161,
  printer_index: 1,
  manufacturer: 'HP',
  model: 'LaserJet',
  serial: `S${n}`,
  mac_address: null,
  device_id: null,
  state: 'online',
  offline_reason: null,
  state_since: 0,
  misses: 0,
  first_seen: 0,
  last_seen: 0,
  last_full: 0,
})

/** A journal as an agent leaves it behind. */
function makeJournal(path: string, { printers = 0, token }: { printers?: number; token?: string }): void {
  const journal = openJournal(path, { size_mb: 100, days: 30, now: Date.now() })
  journal.remember('agent_id', 'agent-001')
  if (token !== undefined) journal.remember('agent_token', token)
  journal.record({ printers: Array.from({ length: printers }, (_, n) => knownPrinter(n)) }, Date.now())
  journal.close()
}

test('all good, without a server: what was looked at, and nothing made', async () => {
  const folder = createFolder()
  const journal = join(folder, 'new', 'deep', 'journal.db')
  const config = writeAgentConfig('[scan]\ntargets = 127.0.9.0/24\nexclude = 127.0.9.1\n[journal]\nsize = 4000\n')
  const { code, stdout, stderr } = await runCli(['agent', '--check', '--config', config, '--journal', journal])
  expect([code, stdout]).toEqual([0, ''])
  expect(linesOf(stderr)).toEqual([
    '253 addresses to search every 1h, with credentials of snmp',
    'no server: the agent works alone',
    expect.stringMatching(/^the journal of 4000 MB holds 30 days of \d+ printers read every 5m$/),
  ])
  const json = await runCli(['agent', '--check', '--json', '--config', config, '--journal', journal])
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, problems: [], warnings: [], findings: { length: 3 } })
  expect(() => mkdirSync(join(folder, 'new'))).not.toThrow()
})

test('a server that answers: before the registration, after it, and with a token that it revoked', async () => {
  const server = await startServerCli()
  const enrolment = await makeTokenCli(server.database, '--scope', 'enrolment')
  const folder = createFolder()
  const config = writeAgentConfig(
    `[scan]\ntargets = 127.0.9.1\n[server]\nenabled = yes\nurl = ${server.url}\nenrolment_token = ${enrolment}\n`,
  )
  const check = (journal: string) => runCli(['agent', '--check', '--config', config, '--journal', journal])
  const fresh = await check(join(folder, 'fresh.db'))
  expect([fresh.code, fresh.stderr]).toEqual([
    0,
    expect.stringContaining(`${server.url} answers; the agent will register`),
  ])

  const viewer = await makeTokenCli(server.database, '--scope', 'viewer')
  const listTokens = async (): Promise<Array<{ token_id: string; scope: string; uses: number }>> =>
    JSON.parse((await runCli(['token', 'list', '--json', '--database', server.database])).stdout)
  expect((await listTokens()).find(({ scope }) => scope === 'enrolment')).toMatchObject({ uses: 0 })
  const listAgents = async () => (await ask(server.url, '/api/v1/agents/list', { token: viewer })).body.agents
  expect(await listAgents()).toEqual([])

  const { body } = await ask(server.url, '/api/v1/agents/register', {
    method: 'POST',
    token: enrolment,
    body: { agent_id: 'agent-001' },
  })
  const token = body.token as unknown as string
  const known = join(folder, 'known.db')
  makeJournal(known, { token })
  const before = await listAgents()
  const registered = await check(known)
  expect([registered.code, registered.stderr]).toEqual([0, expect.stringContaining('it knows the token of this agent')])
  expect(await listAgents()).toEqual(before)

  const { token_id } = (await listTokens()).find(({ scope }) => scope === 'agent') ?? { token_id: '' }
  await runCli(['token', 'revoke', token_id, '--database', server.database])
  const revoked = await check(known)
  expect(revoked.code).toBe(2)
  expect(linesOf(revoked.stderr)).toEqual([expect.stringMatching(/the token of this agent: .*\(token_revoked\)$/)])
  expect(revoked.stderr).not.toContain(token)
})

test('an enrolment token is tried without using it: used up, revoked, not known, one to look with', async () => {
  const server = await startServerCli()
  const journal = join(createFolder(), 'journal.db')
  const make = (...flags: string[]) => makeTokenCli(server.database, ...flags)
  const check = async (token: string) => {
    const config = writeAgentConfig(
      `[scan]\ntargets = 127.0.9.1\n[server]\nenabled = yes\nurl = ${server.url}\nenrolment_token = ${token}\n`,
    )
    const { code, stderr } = await runCli(['agent', '--check', '--config', config, '--journal', journal])
    expect(stderr).not.toContain(token)
    return { code, lines: linesOf(stderr) }
  }
  const once = await make('--scope', 'enrolment', '--uses', '1')
  for (const _ of [1, 2]) expect(await check(once)).toMatchObject({ code: 0 })
  const register = (token: string) =>
    ask(server.url, '/api/v1/agents/register', { method: 'POST', token, body: { agent_id: 'agent-002' } })
  expect((await register(once)).status).toBe(200)
  const revoked = await make('--scope', 'enrolment', '--name', 'gone')
  const list = JSON.parse((await runCli(['token', 'list', '--json', '--database', server.database])).stdout)
  const { token_id } = list.find(({ name }: { name: string }) => name === 'gone')
  await runCli(['token', 'revoke', token_id, '--database', server.database])
  for (const [token, words] of [
    [once, 'token_expired'],
    [revoked, 'token_revoked'],
    [TOKEN, 'token_unknown'],
    [await make('--scope', 'viewer'), 'one to look with'],
  ] as const) {
    const { code, lines } = await check(token)
    const advice = '; make one at the server with "printmaster token create --scope enrolment --uses 1"'
    expect([code, lines]).toEqual([2, [expect.stringContaining(words)]])
    expect(lines[0]).toMatch(/^printmaster: \[server\] http:\S+: enrolment_token/)
    expect(lines[0]?.endsWith(advice)).toBe(true)
  }

  // a server that forgot the agent takes it back with a good one, and is not tried in vain
  makeJournal(journal, { token: 'pm_agent_that-this-server-never-made-0123456789abc' })
  const back = await check(await make('--scope', 'enrolment'))
  expect([back.code, back.lines]).toEqual([0, expect.arrayContaining([expect.stringContaining('will register there')])])
  expect((await check(once)).lines).toEqual([expect.stringContaining('token_expired')])
})

test('the server is reached as the agent would: by its authority, and no other', async () => {
  const folder = createFolder()
  const { certificate, key } = makeCertificate(folder, 'good')
  makeCertificate(folder, 'other')
  const server = await startServerCli(['--tls-certificate', certificate, '--tls-key', key])
  const enrolment = await makeTokenCli(server.database, '--scope', 'enrolment')
  const check = (lines: string) => {
    const text = `[scan]\ntargets = 127.0.9.1\n[server]\nenabled = yes\nurl = ${server.url}\nenrolment_token = ${enrolment}\n${lines}`
    return runCli(['agent', '--check', '--config', writeAgentConfig(text, folder), '--journal', join(folder, 'j.db')])
  }
  expect(await check('ca = good.crt\n')).toMatchObject({ code: 0 })
  for (const lines of ['', 'ca = other.crt\n']) {
    const { code, stderr } = await check(lines)
    expect([code, linesOf(stderr)]).toEqual([2, [expect.stringMatching(/its certificate|authority/)]])
  }
  const missing = await check('ca = none.crt\n')
  expect([missing.code, linesOf(missing.stderr)]).toEqual([2, [expect.stringMatching(/none\.crt' \(\[server\] ca\)/)]])
})

test('everything that is wrong, each in a line', async () => {
  const folder = createFolder()
  writeFileSync(join(folder, 'file'), '')
  const stranger = createServer((_request, answer) => answer.end('<html>')).listen(0, '127.0.0.1')
  onTestFinished(() => void stranger.close())
  await new Promise((resolve) => stranger.once('listening', resolve))
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  const config = writeAgentConfig(`[scan]
targets = 127.0.9.1, no-such-host.invalid
[profiles]
directory = missing
[server]
enabled = yes
url = ${url}
[journal]
path = ${join(folder, 'file', 'j.db')}
size = 9000000
`)
  const { code, stdout, stderr } = await runCli(['agent', '--check', '--config', config])
  expect([code, stdout]).toEqual([2, ''])
  expect(linesOf(stderr)).toEqual([
    expect.stringContaining('missing'),
    expect.stringContaining("cannot find the host 'no-such-host.invalid'"),
    expect.stringMatching(/\[server\] enrolment_token: not set, .*token create --scope enrolment/),
    `printmaster: [server] ${url}/: it answers 200, but not as a PrintMaster server does`,
    expect.stringContaining("file' is no directory"),
    expect.stringMatching(/\[journal\] size: 9000000 MB do not fit: .* has room for [\d,]+ MB/),
  ])
})

test('a server that is not there, and config mistakes', async () => {
  const config = writeAgentConfig(
    `[scan]\ntargets = 127.0.9.1\n[server]\nenabled = yes\nurl = http://127.0.0.1:9\nenrolment_token = ${TOKEN}\n`,
  )
  const journal = join(createFolder(), 'j.db')
  const gone = await runCli(['agent', '--check', '--config', config, '--journal', journal])
  expect([gone.code, linesOf(gone.stderr)]).toEqual([
    2,
    ['printmaster: [server] http://127.0.0.1:9/: nothing listens there'],
  ])
  expect(gone.stderr).not.toContain(TOKEN)
  const wrong = writeAgentConfig('[reading]\ninterval = 1\n[agent]\nhealth_address = 10.0.0.1\n')
  for (const check of [['--check'], []]) {
    const { code, stderr } = await runCli(['agent', ...check, '--config', wrong, '--journal', journal])
    expect([code, linesOf(stderr)]).toEqual([
      2,
      [
        `printmaster: ${wrong}:2: [reading] interval: 1 is out of range; write 10s to 30d`,
        expect.stringContaining("'10.0.0.1' is not a loopback address"),
      ],
    ])
  }
})

test('ranges in which no target lies are warned about', async () => {
  const config = writeAgentConfig(
    '[scan]\ntargets = 127.0.9.1-20\n[snmp.near]\nranges = 127.0.9.20\ncommunity = a\n[snmp.far]\nranges = 10.0.0.0/8\ncommunity = a\n[reading.far]\nranges = 10.1.0.0/16\n',
  )
  const { code, stderr } = await runCli([
    'agent',
    '--check',
    '--config',
    config,
    '--journal',
    join(createFolder(), 'j.db'),
  ])
  expect(code).toBe(0)
  expect(linesOf(stderr).slice(0, 3)).toEqual([
    '[snmp.far] ranges: none of the targets lies in them',
    '[reading.far] ranges: none of the targets lies in them',
    '20 addresses to search every 1h, with credentials of snmp.near, snmp.far, snmp',
  ])
})

test('where no printer is known yet, it says for how many the size is enough', async () => {
  const config = writeAgentConfig('[scan]\ntargets = 127.0.9.0/24\n[journal]\nsize = 100\n')
  const journal = join(createFolder(), 'j.db')
  const { code, stderr } = await runCli(['agent', '--check', '--json', '--config', config, '--journal', journal])
  expect(code).toBe(0)
  expect(linesOf(stderr)).toContainEqual(
    expect.stringMatching(/^\[journal\] size: 100 MB hold 30 days of \d+ printers read every 5m; none is known yet/),
  )
})

test('a journal that is a directory', async () => {
  const journal = createFolder()
  const config = writeAgentConfig('[scan]\ntargets = 127.0.9.1\n[agent]\nhealth_port = 0\n')
  for (const [check, code] of [
    [['--check'], 2],
    [[], 1],
  ] as const) {
    const outcome = await runCli(['agent', ...check, '--config', config, '--journal', journal])
    expect([outcome.code, linesOf(outcome.stderr)]).toEqual([
      code,
      [expect.stringContaining(`the journal ${journal} is a directory: name a file in it`)],
    ])
  }
  expect(existsSync(`${journal}.lock`)).toBe(false)
})

test('the size has to hold the days of the printers that are known', async () => {
  const journal = join(createFolder(), 'journal.db')
  makeJournal(journal, { printers: 400 })
  const check = (text: string) =>
    runCli([
      'agent',
      '--check',
      '--config',
      writeAgentConfig(`[scan]\ntargets = 127.0.9.1\n${text}`),
      '--journal',
      journal,
    ])
  const small = await check('[journal]\nsize = 100\n')
  expect(small.code).toBe(2)
  const [line = ''] = linesOf(small.stderr)
  expect(line).toMatch(
    /size: 100 MB hold some [\d.]+ days of the 400 printers that are known, not 30; write size = \d+/,
  )
  const advised = /size = (\d+)/.exec(line)?.[1]
  const large = await check(`[journal]\nsize = ${advised}\n`)
  expect([large.code, linesOf(large.stderr).at(-1)]).toEqual([
    0,
    expect.stringMatching(/^400 printers in 30 days take/),
  ])
  const slow = await check('[journal]\nsize = 100\n[reading.hp]\nmodels = hp, laser\ninterval = 1d\n')
  expect(slow.code).toBe(0)
})
