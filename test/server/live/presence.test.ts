import { expect, onTestFinished, test } from 'vitest'
import { HTTP_TIMES } from '../../../src/core/server/limits/http-limits.ts'
import { startServer } from '../../../src/core/server/start-server.ts'
import { startFaultProxy } from '../../fault-proxy.ts'
import { shareTestServer, startTestServer, type TestServer } from '../start-test-server.ts'
import { openSocket } from './open-socket.ts'

const HEARTBEAT = '/api/v1/agents/heartbeat'
const INTERVALS = { heartbeat_interval_seconds: 30, upload_interval_seconds: 60, discovery_interval_seconds: 3600 }
const shared = shareTestServer()

/** As the monitor wrote it: asked behind the server's back. */
async function look({ store }: TestServer, agent_id: string) {
  const { items } = await store.listAgents({ limit: 100, offlineAfterMs: 90_000 }, Date.now())
  const { status, status_reason, status_since, connection } = items.find((each) => each.agent_id === agent_id) ?? {}
  return { status, status_reason, status_since, connection }
}
const become = (server: TestServer, agent_id: string, wanted: object, timeout = 10_000) =>
  expect.poll(() => look(server, agent_id), { timeout, interval: 20 }).toMatchObject(wanted)

async function connect(server: TestServer, { token }: { token: string }, url = server.url) {
  const socket = await openSocket(url, '/ws/agent', { token })
  socket.send('hello', INTERVALS)
  await socket.next('welcome')
  socket.send('heartbeat', { last_scan: new Date().toISOString() }, 'first')
  await socket.answer('first')
  return socket
}
const beat = async (server: TestServer, token: string, body: object = {}) => {
  const last_scan = new Date().toISOString()
  expect((await server.call(HEARTBEAT, { token, body: { last_scan, ...body } })).status).toBe(200)
}

test('connected: active; closed: offline 3 s later, within 5 in all, since the close', async () => {
  const server = shared()
  const agent = await server.enrol()
  const socket = await connect(server, agent)
  await become(server, agent.agent_id, { status: 'active', status_reason: null, connection: 'websocket' })
  const began = Date.now()
  socket.ws.close(1000)
  await become(server, agent.agent_id, { status: 'offline', status_reason: 'disconnected' }, 5000)
  const took = Date.now() - began
  expect(took).toBeGreaterThan(2900)
  expect(took).toBeLessThan(5000)
  const since = Date.parse((await look(server, agent.agent_id)).status_since as string)
  expect(Math.abs(since - began)).toBeLessThan(1000)
})

test('one that ends in good order says so, and is told from one that was cut off', async () => {
  const server = shared()
  const agent = await server.enrol()
  const socket = await connect(server, agent)
  await become(server, agent.agent_id, { status: 'active' })
  const began = Date.now()
  socket.ws.close(1001)
  await become(server, agent.agent_id, { status: 'offline', status_reason: 'stopped' }, 5000)
  expect(Date.now() - began).toBeGreaterThan(2900)
})

test('a TCP connection that breaks is the same as one that is closed', async () => {
  const server = shared()
  const agent = await server.enrol()
  const proxy = await startFaultProxy(Number(new URL(server.url).port))
  onTestFinished(() => proxy.close())
  await connect(server, agent, proxy.url)
  await become(server, agent.agent_id, { status: 'active' })
  proxy.set({ refuse: true })
  await become(server, agent.agent_id, { status: 'offline', status_reason: 'disconnected' }, 5000)
})

test('who is back in time was never away, by socket or by HTTP', async () => {
  // the grace runs by this clock: however slow the machine, all of this is within it
  let now = Date.now()
  const server = await startTestServer({ now: () => now })
  const [one, other, gone] = [await server.enrol(), await server.enrol(), await server.enrol()]
  const sockets = [await connect(server, one), await connect(server, other), await connect(server, gone)]
  for (const { agent_id } of [one, other, gone]) await become(server, agent_id, { status: 'active' })
  const before = await look(server, one.agent_id)
  for (const socket of sockets) socket.ws.terminate()
  for (const socket of sockets) await socket.closed
  // the server may notice later than a request of another connection arrives
  const metrics = async () => (await fetch(`${server.url}/metrics`)).text()
  await expect.poll(metrics).toMatch(/^printmaster_agent_connections 0$/m)
  now += 2999
  await connect(server, one)
  await beat(server, other.token)
  await become(server, other.agent_id, { status: 'active', connection: 'http' })
  now += 2
  // the third one shows that the time is over
  await become(server, gone.agent_id, { status: 'offline' })
  expect(await look(server, one.agent_id)).toEqual(before)
  expect(await look(server, other.agent_id)).toMatchObject({ status: 'active', connection: 'http' })
  // and it comes back by itself
  await connect(server, gone)
  await become(server, gone.agent_id, { status: 'active', status_reason: null, connection: 'websocket' })
})

test('who vanishes without a close is offline after the time of silence', async () => {
  const server = await startTestServer({
    live: { sweep_ms: 100, ping_ms: 400, silence_ms: 1500, closing_ms: 500 },
    presence: { grace_ms: 60_000 },
  })
  const agent = await server.enrol()
  const proxy = await startFaultProxy(Number(new URL(server.url).port))
  onTestFinished(() => proxy.close())
  const socket = await connect(server, agent, proxy.url)
  await become(server, agent.agent_id, { status: 'active' })
  proxy.set({ stall: true })
  const began = performance.now()
  await become(server, agent.agent_id, { status: 'offline', status_reason: 'silent' })
  expect(performance.now() - began).toBeLessThan(4000)
  expect(socket.ws.readyState).toBe(socket.ws.OPEN) // it knows nothing of it
})

test('an agent of HTTP alone is offline after its missed heartbeats, or after offline_after', async () => {
  let now = Date.now()
  const server = await startTestServer({
    now: () => now,
    options: (defaults) => ({ ...defaults, missed_heartbeats: 4 }),
  })
  const [told, untold] = [await server.enrol(), await server.enrol()]
  await beat(server, told.token, { heartbeat_interval_seconds: 60 })
  await beat(server, untold.token)
  await become(server, told.agent_id, { status: 'active', connection: 'http' })
  await become(server, untold.agent_id, { status: 'active' })
  const heard_at = new Date(now).toISOString()
  now += 90_001
  await become(server, untold.agent_id, { status: 'offline', status_reason: 'no_heartbeat', status_since: heard_at })
  expect(await look(server, told.agent_id)).toMatchObject({ status: 'active' })
  now += 150_000
  await become(server, told.agent_id, { status: 'offline', status_reason: 'no_heartbeat', status_since: heard_at })
  await beat(server, told.token)
  await become(server, told.agent_id, { status: 'active', status_since: new Date(now).toISOString() })
})

test('one that registered and was never heard of becomes offline; one that was not decided on has no reason', async () => {
  let now = Date.now()
  const server = await startTestServer({ now: () => now })
  const { agent_id } = await server.enrol()
  expect(await look(server, agent_id)).toMatchObject({ status: 'offline', status_reason: null, connection: null })
  now += 91_000
  await become(server, agent_id, { status: 'offline', status_reason: 'no_heartbeat' })
})

test('heard from and idle: inactive after two of its intervals, active with its next scan or upload', async () => {
  let now = Date.now()
  const server = await startTestServer({ now: () => now })
  const agent = await server.enrol()
  const socket = await openSocket(server.url, '/ws/agent', { token: agent.token })
  socket.send('hello', { ...INTERVALS, last_scan: new Date(now).toISOString() })
  await socket.next('welcome')
  const scanned_at = now
  socket.send('heartbeat', { last_scan: new Date(now).toISOString() }, 'scan')
  await socket.answer('scan')
  await become(server, agent.agent_id, { status: 'active' })
  now = scanned_at + 7_200_001
  await become(server, agent.agent_id, {
    status: 'inactive',
    status_reason: 'no_upload',
    status_since: new Date(scanned_at + 7_200_000).toISOString(),
  })
  await server.call('/api/v1/metrics/batch', { token: agent.token, body: { metrics: [{ serial: 'A' }] } })
  await become(server, agent.agent_id, { status: 'active', status_reason: null, connection: 'websocket' })
})

test('after a restart nobody is offline before the time to return is over; who was stays so', async () => {
  let now = Date.now()
  const server = await startTestServer({ now: () => now, presence: { grace_ms: 100 } })
  const [stays, left, idle] = [await server.enrol(), await server.enrol(), await server.enrol()]
  await beat(server, idle.token)
  const sockets = [await connect(server, stays), await connect(server, left)]
  await become(server, stays.agent_id, { status: 'active' })
  sockets[1]?.ws.close()
  await sockets[1]?.closed
  now += 101
  await become(server, left.agent_id, { status: 'offline', status_reason: 'disconnected' })
  await become(server, idle.agent_id, { status: 'active' })
  const before = await look(server, left.agent_id)
  await server.server.close()
  // down for an hour
  now += 3_600_000
  const { log } = server
  const again = await startServer(server.options, {
    log: { error: () => log, warn: () => log, info: () => log, debug: () => log },
    now: () => now,
    times: HTTP_TIMES,
  })
  onTestFinished(() => again.close())
  const viewer = (await server.makeToken('viewer')).token
  const status = async (agent_id: string) => {
    const answer = await fetch(`${again.url}/api/v1/agents/${agent_id}`, {
      headers: { authorization: `Bearer ${viewer}` },
    })
    return ((await answer.json()) as { status: string }).status
  }
  now += 89_999
  expect([await status(stays.agent_id), await status(idle.agent_id)]).toEqual(['active', 'active'])
  expect(await look(server, left.agent_id)).toEqual(before)
  const back = await openSocket(again.url, '/ws/agent', { token: stays.token })
  back.send('hello', INTERVALS)
  await back.next('welcome')
  now += 10
  expect(await status(idle.agent_id)).toBe('offline')
  expect(await status(stays.agent_id)).toBe('active')
})

test('the list, /readyz and /metrics show what was decided', async () => {
  const server = await startTestServer({ presence: { grace_ms: 50 } })
  const [one, other] = [await server.enrol(), await server.enrol()]
  const socket = await connect(server, one)
  await connect(server, other)
  await become(server, other.agent_id, { status: 'active' })
  socket.ws.terminate()
  await become(server, one.agent_id, { status: 'offline' })
  const { token } = await server.makeToken('viewer')
  const offline = await server.call('/api/v1/agents/list?status=offline', { token })
  expect(offline.body.agents).toMatchObject([
    { agent_id: one.agent_id, status: 'offline', status_reason: 'disconnected', connection: 'websocket' },
  ])
  expect((await server.call('/readyz')).body.agents_connected).toBe(1)
  const { text } = await server.call('/metrics')
  expect(text).toContain('printmaster_agents{status="offline"} 1\n')
  expect(text).toContain('printmaster_agents{status="active"} 1\n')
})

test('a heartbeat by HTTP that is there before the end of the socket was noticed keeps the agent active', async () => {
  const server = await startTestServer({ presence: { grace_ms: 300 } })
  const agent = await server.enrol()
  const socket = await connect(server, agent)
  await become(server, agent.agent_id, { status: 'active', connection: 'websocket' })
  await beat(server, agent.token, INTERVALS)
  socket.ws.close(1000)
  await become(server, agent.agent_id, { status: 'active', connection: 'http' })
  // longer than the grace
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(await look(server, agent.agent_id)).toMatchObject({ status: 'active', connection: 'http' })
  // a socket that it uses again counts again
  const again = await connect(server, agent)
  await become(server, agent.agent_id, { status: 'active', connection: 'websocket' })
  again.ws.close(1000)
  await become(server, agent.agent_id, { status: 'offline', status_reason: 'disconnected' })
})
