import { describe, expect, test } from 'vitest'
import { openRaw } from '../raw-connection.ts'
import { LOCAL, shareTestServer, startTestServer } from '../start-test-server.ts'
import { openSocket, refusedSocket } from './open-socket.ts'

const limited = (limits: object) => ({
  options: (defaults: Parameters<NonNullable<Parameters<typeof startTestServer>[0]>['options'] & object>[0]) => ({
    ...defaults,
    limits: { ...defaults.limits, ...limits },
  }),
})

describe('an upgrade passes the same door as a request', () => {
  const shared = shareTestServer()

  test('opens with the token in the header, under both paths of either kind', async () => {
    const server = shared()
    const viewer = (await server.makeToken('viewer')).token
    const admin = (await server.makeToken('admin')).token
    for (const path of ['/ws/agent', '/api/v1/agents/ws']) {
      const { token } = await server.enrol()
      expect((await openSocket(server.url, path, { token })).ws.protocol).toBe('printmaster')
    }
    for (const path of ['/ws/ui', '/api/ws/ui']) await openSocket(server.url, path, { token: viewer })
    await openSocket(server.url, '/ws/ui', { token: admin, protocols: [] })
  })

  test('no token, an unknown one, one in the URL: 401 in the one shape of errors', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const none = await refusedSocket(server.url, '/ws/agent')
    expect([none.status, none.code]).toEqual([401, 'token_missing'])
    expect(none.headers['www-authenticate']).toContain('Bearer')
    expect(none.headers.connection).toBe('close')
    const unknown = await refusedSocket(server.url, '/ws/agent', { token: 'nonsense' })
    expect([unknown.status, unknown.code]).toEqual([401, 'token_unknown'])
    const inUrl = await refusedSocket(server.url, `/ws/agent?token=${token}&access_token=${token}`)
    expect([inUrl.status, inUrl.code]).toEqual([401, 'token_missing'])
  })

  test('the wrong scope and a revoked token: 403', async () => {
    const server = shared()
    const agent = await server.enrol()
    const viewer = await server.makeToken('viewer')
    expect((await refusedSocket(server.url, '/ws/agent', { token: viewer.token })).body.error).toMatchObject({
      code: 'scope_insufficient',
      details: { needed: 'agent' },
    })
    expect((await refusedSocket(server.url, '/ws/ui', { token: agent.token })).code).toBe('scope_insufficient')
    await server.store.revokeToken(viewer.token_id, LOCAL, Date.now())
    await expect.poll(async () => (await server.call('/api/v1/devices', { token: viewer.token })).status).toBe(403)
    const revoked = await refusedSocket(server.url, '/ws/ui', { token: viewer.token })
    expect([revoked.status, revoked.code]).toEqual([403, 'token_revoked'])
  })

  test('X-Agent-ID of another agent: 403', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const refused = await refusedSocket(server.url, '/ws/agent', { token, headers: { 'x-agent-id': 'other' } })
    expect([refused.status, refused.code]).toEqual([403, 'agent_mismatch'])
  })

  test('a path that is none: 404, to who has a token', async () => {
    const server = shared()
    const { token } = await server.enrol()
    expect((await refusedSocket(server.url, '/ws/nothing', { token })).status).toBe(404)
    expect((await refusedSocket(server.url, '/ws/nothing')).status).toBe(401)
  })

  test('without an upgrade the path is 426, with the name of what it takes', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const answer = await server.call('/ws/agent', { token })
    expect([answer.status, answer.body.error.code]).toEqual([426, 'upgrade_required'])
    expect(answer.headers.upgrade).toBe('websocket')
  })

  test('other upgrades are answered as if they were none', async () => {
    const server = shared()
    const raw = await openRaw(server.url)
    raw.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    expect(await raw.received('"status":"ok"')).toContain('HTTP/1.1 200')
  })

  test('a handshake that is none: 400 in the one shape', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const raw = await openRaw(server.url)
    raw.write(
      `GET /ws/agent HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n',
    )
    expect(await raw.closed()).toMatch(/HTTP\/1\.1 400[\s\S]*"code":"invalid_request"/)
  })

  test('a browser with a token: its own origin is taken, another one refused', async () => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    await openSocket(server.url, '/ws/ui', { token, headers: { origin: server.url } })
    for (const origin of ['https://evil.example', 'null', `${server.url}1`]) {
      const refused = await refusedSocket(server.url, '/ws/ui', { token, headers: { origin } })
      expect([refused.status, refused.code]).toEqual([403, 'origin_refused'])
    }
  })
})

describe('limits of upgrades', () => {
  test('beyond the rate of the agent 429 with Retry-After, shared with its requests', async () => {
    const server = await startTestServer(limited({ requests_per_second: 1, burst: 2 }))
    const { token } = await server.enrol()
    await server.call('/api/v1/agents/heartbeat', { token, body: {} })
    await server.call('/api/v1/agents/heartbeat', { token, body: {} })
    const refused = await refusedSocket(server.url, '/ws/agent', { token })
    expect([refused.status, refused.code]).toEqual([429, 'rate_limited'])
    expect(refused.headers['retry-after']).toMatch(/^[1-9]\d*$/)
  })

  test('refused tokens count by the address that a trusted proxy tells', async () => {
    const server = await startTestServer({
      options: (defaults) => ({
        ...defaults,
        listen: { ...defaults.listen, trusted_proxies: ['127.0.0.1'] },
        limits: { ...defaults.limits, refused_attempts: 1 },
      }),
    })
    const knock = (address: string) =>
      refusedSocket(server.url, '/ws/agent', { token: 'wrong', headers: { 'x-forwarded-for': address } })
    expect((await knock('192.0.2.1')).status).toBe(401)
    expect((await knock('192.0.2.1')).code).toBe('too_many_attempts')
    expect((await knock('192.0.2.2')).status).toBe(401)
  })

  test('a server that is about to stop: 503', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const body = '{"status":"active"}'
    const raw = await openRaw(server.url)
    // a request in flight keeps it from ending
    raw.write(
      `POST /api/v1/agents/heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nExpect: 100-continue\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    await raw.received('100 Continue')
    const waiting = await openRaw(server.url)
    // its first bytes are there: the connection is not idle
    waiting.write(`GET /ws/agent HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`)
    await server.call('/healthz')
    const closed = server.server.close()
    waiting.write(
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    expect(await waiting.closed()).toMatch(/HTTP\/1\.1 503[\s\S]*"code":"shutting_down"/)
    raw.write(body)
    await closed
  })
})

describe('tickets', () => {
  const shared = shareTestServer({ live: { ticket_ms: 2000 } })
  const TICKET = '/api/v1/ws/ticket'
  const protocols = (ticket: string) => ['printmaster', `printmaster.ticket.${ticket}`]

  test('open one socket each, beside the protocol that is answered', async () => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    const answer = await server.call(TICKET, { token, method: 'POST' })
    expect(answer.status).toBe(201)
    const { ticket, expires_at } = answer.body
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(2000)
    const socket = await openSocket(server.url, '/ws/ui', {
      protocols: protocols(ticket),
      headers: { origin: 'https://elsewhere.example' },
    })
    expect(socket.ws.protocol).toBe('printmaster')
    const again = await refusedSocket(server.url, '/ws/ui', { protocols: protocols(ticket) })
    expect([again.status, again.code]).toEqual([401, 'token_unknown'])
  })

  test('are given to who may read, and open nothing for agents and nothing over HTTP', async () => {
    const server = shared()
    const agent = await server.enrol()
    expect((await server.call(TICKET, { token: agent.token, method: 'POST' })).status).toBe(403)
    expect((await server.call(TICKET, { method: 'POST' })).status).toBe(401)
    const { token } = await server.makeToken('admin')
    const { ticket } = (await server.call(TICKET, { token, method: 'POST' })).body
    expect((await refusedSocket(server.url, '/ws/agent', { protocols: protocols(ticket) })).code).toBe('token_missing')
    const headers = { 'sec-websocket-protocol': `printmaster.ticket.${ticket}` }
    expect((await server.call('/api/v1/devices', { headers })).status).toBe(401)
    expect((await server.call('/api/v1/devices', { token: ticket })).status).toBe(401)
    await openSocket(server.url, '/ws/ui', { protocols: protocols(ticket) })
  })

  test('end with their time, and with their token', async () => {
    let now = Date.now()
    const server = await startTestServer({ now: () => now })
    const { token, token_id } = await server.makeToken('viewer')
    const take = async () => (await server.call(TICKET, { token, method: 'POST' })).body.ticket
    const old = await take()
    now += 30_000
    expect((await refusedSocket(server.url, '/ws/ui', { protocols: protocols(old) })).code).toBe('token_unknown')
    const revoked = await take()
    await server.store.revokeToken(token_id, LOCAL, now)
    expect((await refusedSocket(server.url, '/ws/ui', { protocols: protocols(revoked) })).code).toBe('token_revoked')
  })
})
