import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { makeCertificate } from '../../cli/make-certificate.ts'
import { createDirectory, LOCAL, shareTestServer, startTestServer, type TestServer } from '../start-test-server.ts'
import { openSocket, type TestSocket } from './open-socket.ts'

const HEARTBEAT = '/api/v1/agents/heartbeat'
const INTERVALS = { heartbeat_interval_seconds: 30, upload_interval_seconds: 60, discovery_interval_seconds: 3600 }

async function connect(server: TestServer, hello: object = {}, agent_id?: string) {
  const agent = await server.enrol(agent_id)
  const socket = await openSocket(server.url, '/ws/agent', { token: agent.token })
  socket.send('hello', hello, 'h')
  return { ...agent, socket, welcome: await socket.next('welcome') }
}

async function show(server: TestServer, agent_id: string) {
  const { token } = await server.makeToken('viewer')
  return (await server.call(`/api/v1/agents/${agent_id}`, { token })).body
}

/** The answer to a message, whichever it is. */
async function ask(socket: TestSocket, type: string, data: unknown) {
  const id = randomUUID()
  socket.send(type, data, id)
  return socket.answer(id)
}

describe('messages of an agent', () => {
  const shared = shareTestServer()

  test('hello is answered by welcome, with what a heartbeat is answered with', async () => {
    const server = shared()
    const journal_id = randomUUID()
    const { agent_id, welcome } = await connect(server, { hostname: 'h1', journal_id, ...INTERVALS, rack: 7 })
    expect(welcome).toMatchObject({ id: 'h', data: { success: true, agent_id, last_seq: null } })
    expect(welcome.data.store_id).toBe((await server.store.describe()).store_id)
    expect(await show(server, agent_id)).toMatchObject({
      hostname: 'h1',
      connection: 'websocket',
      remote_address: '127.0.0.1',
      other: { rack: 7 },
    })
    const row = (await server.store.listPresence(0)).find((each) => each.agent_id === agent_id)
    expect(row).toMatchObject(INTERVALS)
  })

  test('the registration_key of a hello is not kept', async () => {
    const server = shared()
    const registration_key = randomUUID()
    const { agent_id } = await connect(server, { registration_key })
    expect(JSON.stringify(await show(server, agent_id))).not.toContain(registration_key)
  })

  test('what comes before hello is refused, and the connection stays', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const socket = await openSocket(server.url, '/ws/agent', { token })
    expect((await ask(socket, 'heartbeat', {})).data).toMatchObject({ code: 'invalid_request' })
    socket.send('hello', {})
    await socket.next('welcome')
  })

  test('a heartbeat is taken and acknowledged as over HTTP', async () => {
    const server = await startTestServer({ live: { heartbeat_ms: 0 } })
    const { agent_id, socket } = await connect(server)
    const first = await ask(socket, 'heartbeat', { memory_mb: 1, device_count: 4, journal_id: randomUUID() })
    expect(first).toMatchObject({ type: 'ack', data: { answer: { success: true, agent_id, last_seq: null } } })
    await expect
      .poll(() => show(server, agent_id), { timeout: 5000 })
      .toMatchObject({ memory_mb: 1, reported_devices_count: 4 })
  })

  test('those within ten seconds are passed over; hello is the first of them', async () => {
    const server = shared()
    const { agent_id, socket } = await connect(server, { hostname: 'h1', memory_mb: 1 })
    const passed = await ask(socket, 'heartbeat', { memory_mb: 2, journal_id: randomUUID() })
    expect(passed.data.answer).toEqual({
      success: true,
      agent_id,
      store_id: expect.any(String),
      server_time: expect.any(String),
    })
    await expect.poll(async () => (await show(server, agent_id)).hostname, { timeout: 5000 }).toBe('h1')
    expect(await show(server, agent_id)).toMatchObject({ memory_mb: 1 })
  })

  test('so is a hello that is said again; the first of a connection is taken, however soon it comes', async () => {
    const server = shared()
    const { agent_id, token, socket } = await connect(server, { hostname: 'h1' })
    for (let i = 0; i < 4; i++) {
      socket.send('hello', { hostname: `again${i}`, journal_id: randomUUID() }, `again${i}`)
      const { data } = await socket.next('welcome')
      expect(data).toMatchObject({ success: true, agent_id })
      expect(data).not.toHaveProperty('last_seq')
    }
    const hostname = async () => (await show(server, agent_id)).hostname
    await expect.poll(hostname, { timeout: 5000 }).toBe('h1')
    const { last_seen } = await show(server, agent_id)
    socket.send('hello', { hostname: 'late' }, 'late')
    await socket.next('welcome')
    // two writes of heartbeats later
    const other = await connect(server, { hostname: 'other' })
    await expect.poll(async () => (await show(server, other.agent_id)).hostname, { timeout: 5000 }).toBe('other')
    expect(await show(server, agent_id)).toMatchObject({ hostname: 'h1', last_seen })
    const next = await openSocket(server.url, '/ws/agent', { token })
    next.send('hello', { hostname: 'h2' })
    await next.next('welcome')
    await expect.poll(hostname, { timeout: 5000 }).toBe('h2')
  })

  test('many hellos at once are one hello, and waiting commands go out once', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const admin = (await server.makeToken('admin')).token
    await server.call(`/api/v1/agents/${agent_id}/commands`, { token: admin, body: { kind: 'scan_now' } })
    const socket = await openSocket(server.url, '/ws/agent', { token })
    const journal_id = randomUUID()
    for (let i = 0; i < 5; i++) socket.send('hello', { hostname: `many${i}`, journal_id }, `many${i}`)
    for (let i = 0; i < 5; i++) await socket.next('welcome')
    await socket.next('command')
    await expect.poll(async () => (await show(server, agent_id)).hostname, { timeout: 5000 }).toBe('many0')
    expect(socket.messages.filter(({ type }) => type === 'command')).toEqual([])
  })

  test('what a hello tells has to fit as in a heartbeat', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const socket = await openSocket(server.url, '/ws/agent', { token })
    const wrong = await ask(socket, 'hello', { memory_mb: 'much' })
    expect(wrong.data).toMatchObject({ code: 'invalid_body', details: { fields: [{ path: '/data/memory_mb' }] } })
  })

  test('that limit is of the agent, whatever connection it uses, and ends', async () => {
    const server = await startTestServer({ live: { heartbeat_ms: 1500 } })
    const { agent_id, token, socket } = await connect(server)
    await ask(socket, 'heartbeat', { memory_mb: 1 })
    const next = await openSocket(server.url, '/ws/agent', { token })
    next.send('hello', {})
    await next.next('welcome')
    let sent = 1
    await expect
      .poll(
        async () => {
          sent += 1
          expect((await ask(next, 'heartbeat', { memory_mb: sent })).type).toBe('ack')
          return (await show(server, agent_id)).memory_mb
        },
        { timeout: 10_000, interval: 100 },
      )
      .toBeGreaterThan(1)
    // three a second at least were sent
    expect(sent).toBeGreaterThan(2)
  })

  test('a heartbeat in the name of another agent is refused and audited', async () => {
    const server = shared()
    const { agent_id, socket } = await connect(server)
    expect((await ask(socket, 'heartbeat', { agent_id: 'other' })).data.code).toBe('agent_mismatch')
    const { items } = await server.store.listAudit({ limit: 5, action: 'agent_mismatch', agent_id })
    expect(items).toMatchObject([{ resource_id: 'other', outcome: 'denied', details: { route: '/ws/agent' } }])
  })

  test('two machines with one token are told by their journals', async () => {
    const server = await startTestServer({ live: { heartbeat_ms: 0 } })
    const { token, socket, agent_id } = await connect(server, { journal_id: randomUUID() })
    const [one, other] = [randomUUID(), randomUUID()]
    for (const journal_id of [one, other]) await server.call(HEARTBEAT, { token, body: { journal_id } })
    const { data } = await ask(socket, 'heartbeat', { journal_id: one })
    expect(data.answer.other_journal).toBe(true)
    const audit = async () =>
      (await server.store.listAudit({ limit: 5, action: 'agent_cloned', agent_id })).items.length
    await expect.poll(audit).toBeGreaterThan(0)
  })

  test('events are recorded as over HTTP, once, and acknowledged when they are on disk', async () => {
    const server = shared()
    const { agent_id, socket } = await connect(server)
    const events = [
      { action: 'scan_initiated', event_id: randomUUID(), actor: 'schedule', details: { targets: 1 } },
      { action: 'device_discovered', resource_type: 'device', resource_id: 'ABC' },
    ]
    expect(await ask(socket, 'events', { events })).toMatchObject({ type: 'ack', data: { answer: { stored: 2 } } })
    await ask(socket, 'events', { events: events.slice(0, 1) })
    const { items } = await server.store.listAudit({ limit: 10, agent_id })
    const told = items.filter(({ actor_type, actor }) => actor_type === 'agent' && actor === agent_id)
    expect(told.map(({ action }) => action).toSorted()).toEqual(['device_discovered', 'scan_initiated'])
  })

  test('of events that do not fit each is named, and none is recorded', async () => {
    const server = shared()
    const { agent_id, socket } = await connect(server)
    const refused = await ask(socket, 'events', { events: [{ action: 'fine' }, { action: 'NOT FINE' }] })
    expect(refused.data).toMatchObject({ code: 'invalid_items', details: { items: [{ index: 1 }] } })
    expect((await ask(socket, 'events', { events: [] })).data.code).toBe('invalid_body')
    const { items } = await server.store.listAudit({ limit: 10, agent_id, action: 'fine' })
    expect(items).toEqual([])
  })

  test('a message that does not fit is answered with its id and the paths, and the connection stays', async () => {
    const server = shared()
    const { socket } = await connect(server)
    const wrong = await ask(socket, 'heartbeat', { memory_mb: 'much' })
    expect(wrong.data).toMatchObject({ code: 'invalid_body', details: { fields: [{ path: '/data/memory_mb' }] } })
    expect((await ask(socket, 'nonsense', {})).data.details.fields).toEqual([
      { path: '/type', problem: 'must be one of hello, heartbeat, events, command_update' },
    ])
    const depth = (await ask(socket, 'heartbeat', JSON.parse(`${'['.repeat(80)}${']'.repeat(80)}`))).data
    expect(depth.code).toBe('invalid_body')
    socket.ws.send('{no json')
    expect((await socket.next('error')).data.code).toBe('invalid_json')
    socket.ws.send(Buffer.from('{}'))
    expect((await socket.next('error')).data.code).toBe('invalid_request')
    expect((await ask(socket, 'heartbeat', {})).type).toBe('ack')
  })

  test('ten of them in a row close it with 4400; one that fits begins the count anew', async () => {
    const server = shared()
    const { socket } = await connect(server)
    for (let i = 0; i < 9; i++) socket.ws.send('[]')
    for (let i = 0; i < 9; i++) await socket.next('error')
    await ask(socket, 'heartbeat', {})
    for (let i = 0; i < 10; i++) socket.ws.send('[]')
    expect(await socket.closed).toEqual({ code: 4400, reason: 'invalid_message' })
  })

  test('a message beyond 256 KiB closes it with 1009', async () => {
    const server = shared()
    const { socket } = await connect(server)
    socket.ws.send('x'.repeat(256 * 1024 + 1))
    expect((await socket.closed).code).toBe(1009)
  })

  test('a command_update of a command that is none is not_found', async () => {
    const server = shared()
    const { socket } = await connect(server)
    const refused = await ask(socket, 'command_update', { command_id: randomUUID(), state: 'running' })
    expect(refused.data.code).toBe('not_found')
  })

  test('a command goes out after welcome, its updates come in, and are on disk when acknowledged', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const admin = (await server.makeToken('admin')).token
    const path = `/api/v1/agents/${agent_id}/commands`
    const { body } = await server.call(path, { token: admin, body: { kind: 'reload_config' } })
    const socket = await openSocket(server.url, '/ws/agent', { token })
    socket.send('hello', {})
    const command = await socket.next('command')
    expect(socket.messages.map(({ type }) => type)).toEqual(['welcome'])
    expect(command.data).toMatchObject({ command_id: body.command_id, kind: 'reload_config' })
    expect((await ask(socket, 'command_update', { command_id: body.command_id, state: 'succeeded' })).type).toBe('ack')
    expect(await server.store.findCommand(body.command_id)).toMatchObject({ state: 'succeeded' })
    // one for an agent that is connected goes out at once
    await server.call(path, { token: admin, body: { kind: 'send_diagnostics' } })
    expect((await socket.next('command')).data.kind).toBe('send_diagnostics')
  })
})

describe('connections of agents', () => {
  const shared = shareTestServer()

  test('a newer one takes the place of the older one, which is told so', async () => {
    const server = shared()
    const { token, socket, agent_id } = await connect(server)
    const newer = await openSocket(server.url, '/ws/agent', { token })
    expect(await socket.closed).toEqual({ code: 4409, reason: 'replaced' })
    newer.send('hello', {})
    await newer.next('welcome')
    expect((await show(server, agent_id)).status_reason).not.toBe('disconnected')
  })

  test('a token that another process revokes closes its socket within a second', async () => {
    const server = shared()
    const { socket, agent_id } = await connect(server)
    const other = await connect(server)
    const record = (await server.store.listTokens(Date.now())).find((each) => each.agent_id === agent_id)
    const began = performance.now()
    await server.store.revokeToken(record?.token_id as string, LOCAL, Date.now())
    expect(await socket.closed).toEqual({ code: 4401, reason: 'token_refused' })
    expect(performance.now() - began).toBeLessThan(1500)
    expect(other.socket.ws.readyState).toBe(other.socket.ws.OPEN)
  })

  test('so does registering again, which voids the former token', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment')
    const body = { agent_id: randomUUID(), registration_key: randomUUID() }
    const first = await server.call('/api/v1/agents/register', { token, body })
    const socket = await openSocket(server.url, '/ws/agent', { token: first.body.token })
    await server.call('/api/v1/agents/register', { token, body })
    expect((await socket.closed).code).toBe(4401)
  })

  test('a message rate beyond that of requests is told, and then ends the connection', async () => {
    const server = await startTestServer({
      options: (defaults) => ({ ...defaults, limits: { ...defaults.limits, requests_per_second: 1, burst: 5 } }),
    })
    const { socket } = await connect(server)
    for (let i = 0; i < 40; i++) socket.send('heartbeat', {}, `m${i}`)
    expect(await socket.closed).toEqual({ code: 4429, reason: 'rate_limited' })
    const error = socket.messages.find(({ type }) => type === 'error')
    expect(error?.data).toMatchObject({ code: 'rate_limited', details: { retry_after_seconds: expect.any(Number) } })
  })

  test('pings are answered, and too many of them end the connection', async () => {
    const { socket } = await connect(shared())
    const pong = new Promise((resolve) => socket.ws.once('pong', resolve))
    socket.ws.ping()
    await pong
    for (let i = 0; i < 200; i++) socket.ws.ping()
    expect((await socket.closed).code).toBe(4429)
  })

  test('the server pings, and closes who is silent', async () => {
    const server = await startTestServer({ live: { sweep_ms: 50, ping_ms: 200, silence_ms: 1000 } })
    const { token } = await server.enrol()
    const awake = await openSocket(server.url, '/ws/agent', { token })
    let pings = 0
    const enough = new Promise<void>((resolve) => {
      awake.ws.on('ping', () => {
        pings += 1
        if (pings === 8) resolve()
      })
    })
    const silent = await openSocket(server.url, '/ws/agent', {
      token: (await server.enrol()).token,
      options: { autoPong: false },
    })
    expect(await silent.closed).toEqual({ code: 4408, reason: 'silent' })
    // its pongs kept it beyond the time of silence
    await enough
    expect(awake.ws.readyState).toBe(awake.ws.OPEN)
  })

  test('a server that stops tells all of them 1012, and waits for none that is stuck', async () => {
    const server = await startTestServer({ live: { closing_ms: 300 } })
    const { socket, agent_id } = await connect(server)
    const viewer = await openSocket(server.url, '/ws/ui', { token: (await server.makeToken('viewer')).token })
    const stuck = await connect(server)
    stuck.socket.ws.pause()
    await server.server.close()
    expect(await socket.closed).toEqual({ code: 1012, reason: 'shutting_down' })
    expect((await viewer.closed).code).toBe(1012)
    const { items } = await server.store.listAgents({ limit: 10, offlineAfterMs: 90_000 }, Date.now())
    expect(items.find((each) => each.agent_id === agent_id)?.status).not.toBe('offline')
  })

  test('are counted for Prometheus', async () => {
    const server = await startTestServer()
    const { socket } = await connect(server)
    await openSocket(server.url, '/ws/ui', { token: (await server.makeToken('viewer')).token })
    await ask(socket, 'heartbeat', {})
    const metrics = async () => (await server.call('/metrics')).text
    const text = await metrics()
    expect(text).toContain('printmaster_agent_connections 1\n')
    expect(text).toContain('printmaster_ui_connections 1\n')
    expect(text).toContain('printmaster_live_messages_total{type="welcome"} 1\n')
    expect(text).toContain('printmaster_live_messages_total{type="heartbeat"} 1\n')
    socket.ws.close()
    await socket.closed
    await expect.poll(metrics).toContain('printmaster_agent_connections 0\n')
  })
})

test('over TLS it is the same', async () => {
  const tls = makeCertificate(createDirectory(), 'live')
  const server = await startTestServer({ options: (defaults) => ({ ...defaults, tls }) })
  expect(server.url).toMatch(/^https/)
  const { welcome } = await connect(server)
  expect(welcome.data.success).toBe(true)
})
