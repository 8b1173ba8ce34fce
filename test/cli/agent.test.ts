import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AgentStatusPage } from '../../src/core/agent/agent-facts.ts'
import type { UserCredential } from '../../src/core/model/credential.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { openNotifySocket } from '../lifecycle/notify-socket.ts'
import { makeCertificate } from './make-certificate.ts'
import { play } from './play.ts'
import { createFolder, LAUNCHER, linesOf, runCli, startCli } from './run-cli.ts'
import { startAgentCli, waitForLine, writeAgentConfig } from './start-agent.ts'
import { ask, makeTokenCli, startServerCli } from './start-server.ts'

/** Asks the played printers soon, and on any free port for the page. */
const onLoopback = (port: number, targets: string, more = '') =>
  `[scan]\ntargets = ${targets}\n[snmp]\nport = ${port}\ntimeout = 400\nretries = 1\n[agent]\nhealth_port = 0\n${more}`

const messagesOf = (stderr: string) => linesOf(stderr).map((line) => JSON.parse(line).msg)

test('finds a printer, brings it to the server, shows itself on loopback, and ends with 0 on SIGTERM', async () => {
  const player = await play([{ address: '127.0.31.1', name: 'color-laser' }])
  const server = await startServerCli()
  const enrolment = await makeTokenCli(server.database, '--scope', 'enrolment', '--uses', '1')
  const folder = createFolder()
  writeFileSync(join(folder, 'token'), `${enrolment}\n`, { mode: 0o600 })
  const uplink = `[server]\nenabled = yes\nurl = ${server.url}\nname = Cellar\nenrolment_token_file = token\nupload_interval = 5\n`
  const config = writeAgentConfig(onLoopback(player.port, '127.0.31.1-2', uplink), folder)
  const agent = await startAgentCli(config)
  expect(JSON.parse(agent.cli.stdout)).toEqual({
    agent_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    journal: agent.journal,
    health_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    pid: agent.cli.process.pid,
  })
  expect(statSync(agent.journal).mode & 0o777).toBe(0o600)
  await agent.logged('a printer appeared')
  await agent.logged('the server takes readings')

  // a discovery is sent when it is over, and not on the schedule of readings
  while ((await agent.status()).uplink.last_upload === null) await agent.status()
  const viewer = await makeTokenCli(server.database, '--scope', 'viewer')
  const { body } = await ask(server.url, '/api/v1/devices/list', { token: viewer })
  expect(body.devices).toMatchObject([{ ip: '127.0.31.1' }])
  expect(await agent.status()).toMatchObject({
    agent_id: agent.agent_id,
    name: 'Cellar',
    uplink: { state: 'connected', url: server.url },
    printers: { total: 1, online: 1 },
  })

  agent.cli.process.kill('SIGTERM')
  const { code, stderr } = await agent.cli.end()
  expect(code).toBe(0)
  expect(messagesOf(stderr)).toContain(`watching 2 addresses for ${server.url}`)
  expect(messagesOf(stderr).slice(-2)).toEqual(['stopping: writing what is in hand', 'stopped'])
  expect(stderr).not.toContain(enrolment)
  expect(existsSync(`${agent.journal}-wal`)).toBe(false)
})

test('SIGUSR2 looks for printers at once, SIGINT ends it', async () => {
  const player = await play([{ address: '127.0.31.3', name: 'color-laser' }])
  const config = writeAgentConfig(onLoopback(player.port, '127.0.31.3', '[discovery]\ninterval = 30d\n'))
  const agent = await startAgentCli(config)
  await agent.logged('a printer appeared')
  const first = async () => {
    for (;;) {
      const { discovery } = await agent.status()
      if (!discovery.is_running && discovery.last !== null) return discovery.last
    }
  }
  const before = await first()
  agent.cli.process.kill('SIGUSR2')
  for (;;) {
    const { discovery } = await agent.status()
    if (!discovery.is_running && discovery.last !== before) break
  }
  agent.cli.process.kill('SIGINT')
  expect((await agent.cli.end()).code).toBe(0)
})

test('SIGHUP: new targets and intervals are taken over, mistakes are told and change nothing', async () => {
  const player = await play([
    { address: '127.0.31.5', name: 'color-laser' },
    { address: '127.0.31.6', name: 'mono-laser-some' },
  ])
  const folder = createFolder()
  const config = writeAgentConfig(onLoopback(player.port, '127.0.31.5'), folder)
  const agent = await startAgentCli(config)
  await agent.logged('a printer appeared')

  writeAgentConfig(onLoopback(player.port, '127.0.31.6', '[reading]\ninterval = 1\n[server]\nenabled = yes\n'), folder)
  agent.cli.process.kill('SIGHUP')
  const refused = await agent.logged('config stays as it was')
  expect(refused).toMatchObject({ level: 'error' })
  expect(refused.msg).toContain(`${config}:10: [reading] interval: 1 is out of range`)
  expect(refused.msg).toContain(`${config}:12: [server] enabled: wants [server] url beside it`)

  writeAgentConfig(
    onLoopback(player.port, '127.0.31.5-6', '[log]\nlevel = debug\n[journal]\nsize = 20\n').replace(
      'health_port = 0',
      'health_port = none',
    ),
    folder,
  )
  const from = agent.log().length
  agent.cli.process.kill('SIGHUP')
  expect(await agent.logged('config read again', from)).toMatchObject({ level: 'info', log_level: 'debug' })
  expect(agent.log().slice(from)).toContainEqual(
    expect.objectContaining({ level: 'warn', msg: expect.stringContaining('wants a restart; the page stays') }),
  )
  agent.cli.process.kill('SIGUSR2')
  await agent.logged('a printer appeared', from)
  expect((await agent.status()).journal.limit_bytes).toBe(20_000_000)
  agent.cli.process.kill('SIGTERM')
  expect((await agent.cli.end()).code).toBe(0)
})

test('SIGHUP: an uplink that was not there before', async () => {
  const server = await startServerCli()
  const enrolment = await makeTokenCli(server.database, '--scope', 'enrolment')
  const folder = createFolder()
  const config = writeAgentConfig(onLoopback(9, '127.0.31.7'), folder)
  const env = { PRINTMASTER_SERVER_HEARTBEAT_INTERVAL: '10' }
  const agent = await startAgentCli(config, { env })
  expect((await agent.status()).uplink.state).toBe('off')
  const uplink = `[server]\nenabled = yes\nurl = ${server.url}\nenrolment_token = ${enrolment}\n`
  writeAgentConfig(onLoopback(9, '127.0.31.7', uplink), folder)
  agent.cli.process.kill('SIGHUP')
  await agent.logged('the server takes readings')
  expect(await agent.status()).toMatchObject({ agent_id: agent.agent_id, uplink: { state: 'connected' } })
})

test('SIGHUP: another journal wants a restart, and the one in use stays', async () => {
  const folder = createFolder()
  const text = (name: string) => onLoopback(9, '127.0.31.12', `[journal]\npath = ${join(folder, name)}\n`)
  const config = writeAgentConfig(text('first.db'), folder)
  const cli = startCli(['agent', '--json', '--config', config])
  await cli.printed('\n')
  const { health_url } = JSON.parse(cli.stdout)
  writeAgentConfig(text('second.db'), folder)
  cli.process.kill('SIGHUP')
  const log = () => linesOf(cli.stderr).map((line) => JSON.parse(line))
  await waitForLine(cli, log, 'another [journal] path wants a restart')
  await waitForLine(cli, log, 'config read again')
  const status = (await (await fetch(`${health_url}/status`)).json()) as AgentStatusPage
  expect(status.journal.path).toBe(join(folder, 'first.db'))
  expect(existsSync(join(folder, 'second.db'))).toBe(false)
})

test('as the first process of a container it ends with 0 on SIGTERM, and leaves no process behind', async () => {
  const config = writeAgentConfig(onLoopback(9, '127.0.31.13'))
  const journal = join(createFolder(), 'journal.db')
  const program = [process.execPath, LAUNCHER, 'agent', '--json', '--config', config, '--journal', journal]
  // a process namespace of its own, of which the agent is number 1; it needs root
  const outer = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', ...program])
  onTestFinished(() => void outer.kill('SIGKILL'))
  let printed = ''
  outer.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  while (!printed.includes('\n')) await once(outer.stdout, 'data')
  expect(JSON.parse(printed).pid).toBe(1)
  const [child = ''] = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim().split(' ')
  process.kill(Number(child), 'SIGTERM')
  expect(await once(outer, 'exit')).toEqual([0, null])
})

test('systemd: ready, the status line, the watchdog, reload and stop', async () => {
  const socket = await openNotifySocket()
  const config = writeAgentConfig(onLoopback(9, '127.0.31.8'))
  const agent = await startAgentCli(config, { env: { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '400000' } })
  expect(await socket.received('READY=1')).toEqual(['READY=1', 'STATUS=0 printers; no server; 0 waiting'])
  expect(await socket.received('WATCHDOG=1')).toEqual(['WATCHDOG=1'])
  const before = socket.messages.length
  agent.cli.process.kill('SIGHUP')
  expect(await socket.received('RELOADING=1', before)).toEqual([
    'RELOADING=1',
    expect.stringMatching(/^MONOTONIC_USEC=\d+$/),
  ])
  await socket.received('READY=1', before)
  agent.cli.process.kill('SIGTERM')
  expect(await socket.received('STOPPING=1')).toContain('STATUS=writing what is in hand')
  expect((await agent.cli.end()).code).toBe(0)
})

test('a name that is not known is told and left out; an exclusion that is not known keeps it from starting', async () => {
  const config = writeAgentConfig(onLoopback(9, 'no-such-host.invalid, 127.0.31.9'))
  const agent = await startAgentCli(config)
  expect(messagesOf(agent.cli.stderr)).toEqual([
    expect.stringContaining("cannot find the host 'no-such-host.invalid'"),
    'watching 1 address without a server',
  ])
  agent.cli.process.kill('SIGTERM')
  await agent.cli.end()
  const other = writeAgentConfig(
    onLoopback(9, '127.0.31.9').replace('[snmp]', 'exclude = no-such-host.invalid\n[snmp]'),
  )
  const { code, stderr } = await runCli(['agent', '--config', other, '--journal', join(createFolder(), 'j.db')])
  expect([code, linesOf(stderr)]).toEqual([2, [expect.stringContaining('no-such-host.invalid')]])
})

test('a damaged journal: what to do in one line, exit 1, and the file stays as it is', async () => {
  const config = writeAgentConfig(onLoopback(9, '127.0.31.14'))
  const agent = await startAgentCli(config)
  agent.cli.process.kill('SIGTERM')
  await agent.cli.end()
  const bytes = readFileSync(agent.journal)
  bytes.fill(0x5a, 100, 12_000)
  writeFileSync(agent.journal, bytes)
  const start = await runCli(['agent', '--config', config, '--journal', agent.journal])
  expect([start.code, start.stdout]).toEqual([1, ''])
  expect(linesOf(start.stderr)).toEqual([
    expect.stringMatching(
      /^printmaster: the journal .* is damaged: stop the agent and move it away, with its -wal file/,
    ),
  ])
  const check = await runCli(['agent', '--check', '--config', config, '--journal', agent.journal])
  expect([check.code, linesOf(check.stderr)]).toEqual([2, [expect.stringContaining('is damaged')]])
  expect(readFileSync(agent.journal).equals(bytes)).toBe(true)
})

test('SIGHUP while it starts is no reason to end', async () => {
  const folder = createFolder()
  const fifo = join(folder, 'token')
  expect(spawnSync('mkfifo', ['-m', '600', fifo]).status).toBe(0)
  const uplink = '[server]\nenabled = yes\nurl = http://127.0.0.1:9\nenrolment_token_file = token\n'
  const config = writeAgentConfig(onLoopback(9, '127.0.31.15', uplink), folder)
  const cli = startCli(['agent', '--json', '--config', config, '--journal', join(folder, 'j.db')])
  // opens as soon as the agent reads its token there
  const pipe = await open(fifo, 'w')
  for (const signal of ['SIGHUP', 'SIGUSR2'] as const) cli.process.kill(signal)
  await pipe.write('made-up-for-this-test-alone-0123456789\n')
  await pipe.close()
  await cli.printed('\n')
  expect(cli.isRunning).toBe(true)
  cli.process.kill('SIGTERM')
  expect((await cli.end()).code).toBe(0)
})

test('SIGHUP: a key of SNMPv3 that was corrected brings a printer back, and no key is in the log', async () => {
  const user: UserCredential = {
    name: 'monitor',
    version: '3',
    username: 'monitor',
    security_level: 'authPriv',
    auth_protocol: 'sha256',
    auth_key: new Secret('quiet-harbour-71'),
    priv_protocol: 'aes128',
    priv_key: new Secret('amber-lantern-52'),
  }
  const player = await play([{ address: '127.0.31.16', name: 'color-laser' }], {
    community: 'not-public',
    users: [user],
  })
  const folder = createFolder()
  const text = (key: string) =>
    `[scan]\ntargets = 127.0.31.16\n[snmp]\nport = ${player.port}\ntimeout = 400\nretries = 1\nversion = 3\nusername = monitor
auth_protocol = sha256\nauth_key = ${key}\npriv_protocol = aes128\npriv_key = amber-lantern-52
[reading]\ninterval = 10\n[agent]\nhealth_port = 0\n`
  const config = writeAgentConfig(text('quiet-harbour-71'), folder)
  const agent = await startAgentCli(config)
  await agent.logged('a printer appeared')
  writeAgentConfig(text('broken-compass-9'), folder)
  agent.cli.process.kill('SIGHUP')
  expect(await agent.logged('a printer went offline')).toMatchObject({ reason: 'wrong_credentials' })
  writeAgentConfig(text('quiet-harbour-71'), folder)
  const from = agent.log().length
  agent.cli.process.kill('SIGHUP')
  await agent.logged('a printer answers again', from)
  expect((await agent.status()).printers).toMatchObject({ total: 1, online: 1 })
  expect(agent.cli.stderr).not.toMatch(/quiet-harbour|broken-compass|amber-lantern/)
}, 120_000)

test('a journal that another agent uses, and a page whose port is taken: one line, exit 1', async () => {
  const config = writeAgentConfig(onLoopback(9, '127.0.31.10'))
  const agent = await startAgentCli(config)
  const second = await runCli(['agent', '--config', config, '--journal', agent.journal])
  expect(second.code).toBe(1)
  expect(linesOf(second.stderr)).toEqual([expect.stringMatching(/^printmaster: another agent uses the journal/)])

  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const taken = await runCli(['agent', '--config', config, '--journal', join(createFolder(), 'j.db')], {
    env: { PRINTMASTER_AGENT_HEALTH_PORT: String(port) },
  })
  expect(taken.code).toBe(1)
  expect(linesOf(taken.stderr)).toEqual([expect.stringMatching(new RegExp(`${port}.*taken by another program`))])
})

test.each(['', 'TLS'])(
  'server --with-agent %s: one process, no token and no url, and both end in order',
  async (tls) => {
    const player = await play([{ address: '127.0.31.11', name: 'color-laser' }])
    const folder = createFolder()
    const { certificate, key } = makeCertificate(folder, 'other-name')
    const config = writeAgentConfig(
      onLoopback(player.port, '127.0.31.11', `[server]\nname = Inside\n[journal]\npath = ${join(folder, 'j.db')}\n`),
    )
    const database = join(folder, 'x.db')
    const flags = ['--with-agent', '--config', config, '--database', database]
    if (tls !== '') flags.push('--tls-certificate', certificate, '--tls-key', key)
    const server = await startServerCli(flags)
    expect(server.url).toMatch(tls === '' ? /^http:/ : /^https:/)
    await server.logged('the server takes readings')
    await server.logged('a printer appeared')
    const viewer = await makeTokenCli(database, '--scope', 'viewer')
    const { body } = await ask(server.url, '/api/v1/agents/list', { token: viewer })
    expect(body).toMatchObject({ agents: [{ name: 'Inside', status: 'active' }] })
    server.cli.process.kill('SIGTERM')
    const { code, stderr } = await server.cli.end()
    expect(code).toBe(0)
    expect(messagesOf(stderr).slice(-1)).toEqual(['stopped'])
    expect(stderr).not.toMatch(/pm_(agent|enrolment)_/)

    // the second start needs no token: the journal has the agent's own
    const again = await startServerCli(flags)
    await again.logged('the server takes readings')
    const tokens = JSON.parse((await runCli(['token', 'list', '--json', '--database', database])).stdout)
    const scopes = tokens.map(({ scope }: { scope: string }) => scope)
    expect(scopes.filter((scope: string) => scope === 'enrolment')).toHaveLength(1)
    expect(scopes.filter((scope: string) => scope === 'agent')).toHaveLength(1)
    again.cli.process.kill('SIGHUP')
    await waitForLine(again.cli, again.log, 'config of the agent read again')
    again.cli.process.kill('SIGTERM')
    expect((await again.cli.end()).code).toBe(0)

    // an admin who closed the door finds it closed
    const { token_id } = tokens.find(({ scope }: { scope: string }) => scope === 'agent')
    await runCli(['token', 'revoke', token_id, '--database', database])
    const barred = await startServerCli(flags)
    expect(await barred.logged('the uplink is halted')).toMatchObject({ reason: expect.stringContaining('revoked') })
    const list = JSON.parse((await runCli(['token', 'list', '--json', '--database', database])).stdout)
    expect(list).toHaveLength(tokens.length)
  },
)
