import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openNotifySocket } from '../lifecycle/notify-socket.ts'
import { type CertificateFiles, makeCertificate } from './make-certificate.ts'
import { createFolder, linesOf, runCli } from './run-cli.ts'
import { ask, makeTokenCli, startServerCli } from './start-server.ts'

const OWN_TOKEN = 'made-up-for-this-test-alone-0123456789'

test('starts, says where, takes a registration and a heartbeat, and ends with 0 on SIGTERM', async () => {
  const server = await startServerCli()
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(JSON.parse(server.cli.stdout)).toEqual({
    url: server.url,
    database: server.database,
    pid: server.cli.process.pid,
  })
  expect(await server.logged('listening')).toMatchObject({
    level: 'info',
    msg: `listening on ${server.url}, for this machine only`,
  })
  expect(statSync(server.database).mode & 0o777).toBe(0o600)

  const enrolment = await makeTokenCli(server.database, '--scope', 'enrolment', '--uses', '1')
  const registered = await ask(server.url, '/api/v1/agents/register', {
    method: 'POST',
    token: enrolment,
    body: { agent_id: 'agent-001' },
  })
  expect(registered).toMatchObject({ status: expect.any(Number), body: { success: true, agent_id: 'agent-001' } })
  const token = registered.body.token as unknown as string
  const beat = await ask(server.url, '/api/v1/agents/heartbeat', { method: 'POST', token, body: { status: 'active' } })
  expect(beat).toMatchObject({ status: 200, body: { success: true } })

  server.cli.process.kill('SIGTERM')
  const { code, stderr } = await server.cli.end()
  expect(code).toBe(0)
  const messages = linesOf(stderr).map((line) => JSON.parse(line).msg)
  expect(messages[0]).toBe(`listening on ${server.url}, for this machine only`)
  expect(messages.slice(-2)).toEqual(['stopping: finishing what is in flight', 'stopped'])
  expect(stderr).not.toContain(token)
  expect(stderr).not.toContain(enrolment)
  // the heartbeat that waited to be written is there, and the write-ahead log is part of the file again
  expect(() => statSync(`${server.database}-wal`)).toThrow('ENOENT')
  const again = await startServerCli(['--database', server.database])
  const viewer = await makeTokenCli(server.database, '--scope', 'viewer')
  const list = await ask(again.url, '/api/v1/agents/list', { token: viewer })
  expect(list.body).toMatchObject({ agents: [{ agent_id: 'agent-001', status: 'active' }] })
})

/** A request whose body is not there yet: it is in flight for as long as the test wants. */
async function beginHeartbeat(url: string, token: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text
  })
  await once(socket, 'connect')
  const body = '{"status":"active"}'
  const head = `POST /api/v1/agents/heartbeat HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`
  socket.write(head)
  while (!answer.includes('100 Continue')) await once(socket, 'data')
  return {
    finish: async () => {
      socket.write(body)
      if (!socket.closed) await once(socket, 'close')
      return answer
    },
  }
}

async function startWithAgent() {
  const server = await startServerCli()
  const enrolment = await makeTokenCli(server.database, '--scope', 'enrolment')
  const { body } = await ask(server.url, '/api/v1/agents/register', { method: 'POST', token: enrolment, body: {} })
  return { server, token: body.token as unknown as string }
}

test('SIGTERM finishes the request that is in flight, and takes no other', async () => {
  const { server, token } = await startWithAgent()
  const heartbeat = await beginHeartbeat(server.url, token)
  server.cli.process.kill('SIGTERM')
  await server.logged('stopping')
  // a connection that came while the port was closed is cut, a later one refused
  const refused = await ask(server.url, '/healthz').then(
    ({ status }) => status,
    (error) => error.code,
  )
  expect(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 503]).toContain(refused)
  expect(await heartbeat.finish()).toMatch(/HTTP\/1\.1 200 OK\r\n.*"success":true/s)
  expect((await server.cli.end()).code).toBe(0)
})

test('a second signal ends at once', async () => {
  const { server, token } = await startWithAgent()
  await beginHeartbeat(server.url, token)
  server.cli.process.kill('SIGINT')
  await server.logged('stopping')
  expect(server.cli.isRunning).toBe(true)
  server.cli.process.kill('SIGTERM')
  expect((await server.cli.end()).code).toBe(130)
})

test('SIGHUP: a new certificate is used from the next connection on, a bad one is told and the old one stays', async () => {
  const folder = createFolder()
  const first = makeCertificate(folder, 'first')
  const second = makeCertificate(folder, 'second')
  const third = makeCertificate(folder, 'third')
  const use = ({ certificate, key }: CertificateFiles) => {
    copyFileSync(certificate, join(folder, 'server.crt'))
    copyFileSync(key, join(folder, 'server.key'))
  }
  use(first)
  const config = join(folder, 'config.ini')
  writeFileSync(config, '[tls]\ncertificate = server.crt\nkey = server.key\n[log]\nlevel = info\n')
  const server = await startServerCli(['--config', config])
  const sees = async ({ pem }: CertificateFiles) =>
    (await ask(server.url, '/healthz', { ca: pem }).catch(() => ({ status: 0 }))).status
  expect(server.url).toMatch(/^https:/)
  expect([await sees(first), await sees(second)]).toEqual([200, 0])

  use(second)
  server.cli.process.kill('SIGHUP')
  await server.logged('certificate read again')
  expect([await sees(first), await sees(second)]).toEqual([0, 200])

  copyFileSync(third.certificate, join(folder, 'server.crt'))
  server.cli.process.kill('SIGHUP')
  expect(await server.logged('certificate stays as it was')).toMatchObject({
    level: 'error',
    msg: expect.stringContaining('server.key'),
  })
  expect(await sees(second)).toBe(200)
  server.cli.process.kill('SIGTERM')
  expect((await server.cli.end()).code).toBe(0)
})

test('SIGHUP: the log level is read again, a config with mistakes is told and changes nothing', async () => {
  const config = join(createFolder(), 'config.ini')
  writeFileSync(config, '[log]\nlevel = error\n')
  const server = await startServerCli(['--config', config])
  writeFileSync(config, '[log]\nlevel = info\n[listen]\nmax_connections = x\n')
  server.cli.process.kill('SIGHUP')
  const told = await server.logged('config stays as it was')
  expect(told).toMatchObject({ level: 'error' })
  expect(told.msg).toContain(`${config}:4: [listen] max_connections: 'x' is not a whole number of connections`)
  writeFileSync(config, '[log]\nlevel = info\n')
  server.cli.process.kill('SIGHUP')
  expect(await server.logged('config read again')).toMatchObject({ level: 'info', log_level: 'info' })
  expect(server.log()).toHaveLength(2)
})

test('systemd: ready, the status line, the watchdog, reload and stop', async () => {
  const socket = await openNotifySocket()
  const server = await startServerCli([], { env: { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '400000' } })
  expect(await socket.received('READY=1')).toEqual(['READY=1', `STATUS=listening on ${server.url}`])
  expect(await socket.received('WATCHDOG=1')).toEqual(['WATCHDOG=1'])
  expect(await socket.received('STATUS=listening', 1)).toEqual([`STATUS=listening on ${server.url}, 0 agents active`])
  const before = socket.messages.length
  server.cli.process.kill('SIGHUP')
  expect(await socket.received('RELOADING=1', before)).toEqual([
    'RELOADING=1',
    expect.stringMatching(/^MONOTONIC_USEC=\d+$/),
  ])
  await socket.received('READY=1', before)
  server.cli.process.kill('SIGTERM')
  expect(await socket.received('STOPPING=1')).toContain('STATUS=finishing what is in flight')
  expect((await server.cli.end()).code).toBe(0)
})

test.each<[what: string, listen: string, config: string, problem: RegExp]>([
  [
    'in the clear',
    '0.0.0.0:0',
    `[security]\nenrolment_token = ${OWN_TOKEN}\n`,
    /0\.0\.0\.0.*reach.*\[tls\].*allow_plaintext/s,
  ],
  ['without an enrolment token', '0.0.0.0:0', '[listen]\nallow_plaintext = yes\n', /0\.0\.0\.0.*enrolment token/s],
  ['on IPv6 in the clear', '[::]:0', `[security]\nenrolment_token = ${OWN_TOKEN}\n`, /::.*allow_plaintext/s],
])('refuses to listen beyond loopback %s', async (_what, listen, text, problem) => {
  const folder = createFolder()
  const config = join(folder, 'config.ini')
  writeFileSync(config, text, { mode: 0o600 })
  const args = ['server', '--config', config, '--listen', listen, '--database', join(folder, 'x.db')]
  const { code, stdout, stderr } = await runCli(args)
  expect([code, stdout]).toEqual([2, ''])
  expect(linesOf(stderr)).toHaveLength(1)
  expect(stderr).toMatch(problem)
})

test('listens beyond loopback with an enrolment token of config and allow_plaintext, and says what that means', async () => {
  const config = join(createFolder(), 'config.ini')
  writeFileSync(config, `[security]\nenrolment_token = ${OWN_TOKEN}\n`, { mode: 0o600 })
  const server = await startServerCli(['--config', config, '--listen', '0.0.0.0:0', '--allow-plaintext'])
  const line = await server.logged('listening')
  expect(line).toMatchObject({ level: 'warn', msg: expect.stringContaining('without TLS (allow_plaintext)') })
  const local = server.url.replace('0.0.0.0', '127.0.0.1')
  const answer = await ask(local, '/api/v1/agents/register', { method: 'POST', token: OWN_TOKEN, body: {} })
  expect(answer.body).toMatchObject({ success: true })
  server.cli.process.kill('SIGTERM')
  await server.cli.end()
  expect(server.cli.stderr).not.toContain(OWN_TOKEN)
})

test('listens beyond loopback with TLS and a token made before the first start', async () => {
  const folder = createFolder()
  const { certificate, key } = makeCertificate(folder, 'wide')
  const database = join(folder, 'x.db')
  await makeTokenCli(database, '--scope', 'enrolment')
  const tls = ['--tls-certificate', certificate, '--tls-key', key]
  const server = await startServerCli(['--database', database, '--listen', '0.0.0.0:0', ...tls])
  expect(await server.logged('listening')).toMatchObject({ level: 'info', msg: expect.stringContaining('encrypted') })
  expect((await ask(server.url.replace('0.0.0.0', '127.0.0.1'), '/healthz')).status).toBe(200)
})

test('a port that is taken: one line, exit 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const database = join(createFolder(), 'x.db')
  const { code, stderr } = await runCli(['server', '--listen', `127.0.0.1:${port}`, '--database', database])
  expect(code).toBe(1)
  expect(linesOf(stderr)).toEqual([expect.stringMatching(new RegExp(`^printmaster: .*${port}.*taken`))])
})

test('an address that this machine does not have: one line, exit 2', async () => {
  // TEST-NET-1 (RFC 5737): nobody has it, and nothing is sent there
  const flags = ['--listen', '192.0.2.1:0', '--allow-plaintext', '--database', join(createFolder(), 'x.db')]
  const env = { PRINTMASTER_SECURITY_ENROLMENT_TOKEN: OWN_TOKEN }
  const { code, stderr } = await runCli(['server', ...flags], { env })
  expect(code).toBe(2)
  expect(linesOf(stderr)).toEqual([expect.stringContaining('192.0.2.1')])
})

test('a database that is none, or belongs to another program: one line, exit 1, nothing touched', async () => {
  const folder = createFolder()
  const file = join(folder, 'notes.txt')
  writeFileSync(file, 'these are my notes, and no database at all\n'.repeat(50))
  const before = statSync(file)
  const { code, stderr } = await runCli(['server', '--listen', '127.0.0.1:0', '--database', file])
  expect(code).toBe(1)
  expect(linesOf(stderr)).toEqual([expect.stringContaining('notes.txt')])
  expect(stderr).not.toMatch(/\n {4}at /)
  expect([statSync(file).size, statSync(file).mtimeMs]).toEqual([before.size, before.mtimeMs])
})

test.each<[what: string, place: string]>([
  ['may not be written', 'closed'],
  ['may not be made', 'closed/deeper'],
  ['is a file', 'file'],
])(
  'a database directory that %s: one line that names it, exit 1; --check says so with exit 2',
  async (_what, place) => {
    const folder = createFolder()
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'closed'))
    chmodSync(join(folder, 'closed'), 0o555)
    writeFileSync(join(folder, 'file'), '')
    // nothing keeps root out of a directory
    const user = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    const flags = ['--listen', '127.0.0.1:0', '--database', join(folder, place, 'x.db')]
    for (const [code, check] of [
      [1, []],
      [2, ['--check']],
    ] as const) {
      const outcome = await runCli(['server', ...flags, ...check], { cwd: '/', ...user })
      expect([outcome.code, linesOf(outcome.stderr)]).toEqual([
        code,
        [expect.stringContaining(join(folder, place.split('/', 1)[0] as string))],
      ])
    }
  },
)

test('config mistakes: all of them, with their lines, exit 2', async () => {
  const config = join(createFolder(), 'config.ini')
  writeFileSync(config, '[listen]\nport = 99999\naddres = ::1\n[tls]\nkey = x\n')
  const { code, stdout, stderr } = await runCli(['server', '--config', config])
  expect([code, stdout]).toEqual([2, ''])
  expect(linesOf(stderr)).toEqual([
    `printmaster: ${config}:2: [listen] port: 99999 is out of range; write 0 to 65535`,
    `printmaster: ${config}:3: [listen] the key 'addres' is not known; did you mean address?`,
    `printmaster: ${config}:5: [tls] key: wants [tls] certificate beside it`,
  ])
})
