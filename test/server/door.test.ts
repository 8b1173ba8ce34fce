import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bodyOf, openRaw } from './raw-connection.ts'
import { LOCAL, startTestServer, type TestServer } from './start-test-server.ts'

const HEARTBEAT = '/api/v1/agents/heartbeat'

async function auditActions(server: TestServer): Promise<string[]> {
  const page = await server.store.listAudit({ limit: 1000 })
  return page.items.map(({ action }) => action)
}

describe('who may', () => {
  test('nothing but health answers without a token, unknown paths included', async () => {
    const server = await startTestServer()
    for (const path of ['/', '/nothing', '/api/v1/devices', '/api/v1/openapi.json', '/api/v1/tokens', '/%zz']) {
      const answer = await server.call(path)
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 401, 'token_missing'])
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    }
    expect((await server.call('/healthz')).status).toBe(200)
    expect((await server.call('/readyz')).status).toBe(200)
  })

  test('the scheme is compared without case, and other schemes open nothing', async () => {
    const server = await startTestServer()
    const { token } = await server.makeToken('viewer')
    const status = async (authorization: string) =>
      (await server.call('/api/v1/devices', { headers: { authorization } })).status
    expect(await status(`bearer ${token}`)).toBe(200)
    expect(await status(`BEARER ${token}`)).toBe(200)
    expect(await status(`Basic ${token}`)).toBe(401)
    expect(await status(token)).toBe(401)
    expect(await status(`Bearer ${token} more`)).toBe(401)
  })

  test('an unknown, an expired, a used up and a revoked token are told apart', async () => {
    const server = await startTestServer()
    const expired = await server.makeToken('viewer', { expires_at: Date.now() - 1 })
    const revoked = await server.makeToken('viewer')
    await server.store.revokeToken(revoked.token_id, LOCAL, Date.now())
    const used = await server.makeToken('enrolment', { max_uses: 1 })
    const register = (body: object) => server.call('/api/v1/agents/register', { token: used.token, body })
    expect((await register({})).status).toBe(200)
    const codes = []
    for (const token of ['pm_viewer_nothing', expired.token, revoked.token]) {
      const answer = await server.call('/api/v1/devices', { token })
      codes.push([answer.status, answer.body.error.code])
    }
    const again = await register({})
    codes.push([again.status, again.body.error.code])
    expect(codes).toEqual([
      [401, 'token_unknown'],
      [401, 'token_expired'],
      [403, 'token_revoked'],
      [401, 'token_expired'],
    ])
  })

  test('a token longer than any is unknown', async () => {
    const server = await startTestServer()
    const answer = await server.call('/api/v1/devices', { token: 'x'.repeat(5000) })
    expect(answer.body.error.code).toBe('token_unknown')
  })

  test('each scope opens its own doors, and an admin those of a viewer', async () => {
    const server = await startTestServer()
    const tokens = {
      enrolment: (await server.makeToken('enrolment')).token,
      agent: (await server.enrol()).token,
      viewer: (await server.makeToken('viewer')).token,
      admin: (await server.makeToken('admin')).token,
    }
    const doors = [
      { path: '/api/v1/agents/register', body: {}, opens: ['enrolment'] },
      { path: HEARTBEAT, body: {}, opens: ['agent'] },
      { path: '/api/v1/devices', opens: ['viewer', 'admin'] },
      { path: '/api/v1/agents/list', opens: ['viewer', 'admin'] },
      { path: '/api/v1/openapi.json', opens: ['viewer', 'admin'] },
      { path: '/api/v1/audit', opens: ['admin'] },
      { path: '/api/v1/tokens', opens: ['admin'] },
    ]
    for (const { path, body, opens } of doors) {
      for (const [scope, token] of Object.entries(tokens)) {
        const answer = await server.call(path, { token, body })
        const expected = opens.includes(scope) ? [200, undefined] : [403, 'scope_insufficient']
        expect([path, scope, answer.status, answer.body.error?.code]).toEqual([path, scope, ...expected])
        if (answer.status === 403) expect(answer.body.error.details).toEqual({ needed: opens[0] })
      }
    }
  })

  test('X-Agent-ID and agent_id of another agent are refused and audited', async () => {
    const server = await startTestServer()
    const { agent_id, token } = await server.enrol()
    const other = randomUUID()
    const own = await server.call(HEARTBEAT, { token, body: { agent_id }, headers: { 'x-agent-id': agent_id } })
    expect(own.status).toBe(200)
    const attempts = [
      { path: HEARTBEAT, body: {}, headers: { 'x-agent-id': other } },
      { path: HEARTBEAT, body: { agent_id: other } },
      { path: '/api/v1/devices/batch', body: { agent_id: other, devices: [] } },
      { path: '/api/v1/audit/log', body: { agent_id: other, action: 'scan_initiated' } },
      { path: '/api/v1/audit/log', body: { events: [{ agent_id: other, action: 'scan_initiated' }] } },
    ]
    for (const { path, ...call } of attempts) {
      const answer = await server.call(path, { token, ...call })
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 403, 'agent_mismatch'])
    }
    const page = await server.store.listAudit({ limit: 100, action: 'agent_mismatch' })
    expect(page.items).toHaveLength(attempts.length)
    for (const entry of page.items) {
      expect(entry).toMatchObject({ actor_type: 'agent', actor: agent_id, outcome: 'denied', ip_address: '127.0.0.1' })
    }
    expect(await auditActions(server)).not.toContain('scan_initiated')
  })

  test('a token revoked by another process opens nothing within a second, on an open connection too', async () => {
    const server = await startTestServer()
    const { agent_id, token } = await server.enrol()
    expect((await server.call(HEARTBEAT, { token, body: {} })).status).toBe(200)
    const record = (await server.store.listTokens(Date.now())).find((each) => each.agent_id === agent_id)
    await server.store.revokeToken(record?.token_id as string, LOCAL, Date.now())
    const revoked_at = performance.now()
    let answer = await server.call(HEARTBEAT, { token, body: {} })
    while (answer.status === 200) answer = await server.call(HEARTBEAT, { token, body: {} })
    expect(performance.now() - revoked_at).toBeLessThan(1000)
    expect([answer.status, answer.body.error.code]).toEqual([403, 'token_revoked'])
  })

  test('a token revoked through this server opens nothing at once', async () => {
    const server = await startTestServer()
    const admin = await server.makeToken('admin')
    const viewer = await server.makeToken('viewer')
    expect((await server.call('/api/v1/devices', { token: viewer.token })).status).toBe(200)
    const path = `/api/v1/tokens/${viewer.token_id}`
    expect((await server.call(path, { method: 'DELETE', token: admin.token })).status).toBe(200)
    expect((await server.call('/api/v1/devices', { token: viewer.token })).body.error.code).toBe('token_revoked')
  })

  test.each([
    ['a heartbeat', HEARTBEAT, '{"hostname":"late"}'],
    ['a batch', '/api/v1/devices/batch', '{"devices":[{"serial":"LATE"}]}'],
    ['an event', '/api/v1/audit/log', '{"action":"late_event"}'],
  ])('a token that is revoked while %s is on its way opens nothing', async (_, path, body) => {
    const server = await startTestServer()
    const { agent_id, token } = await server.enrol()
    const admin = await server.makeToken('admin')
    const raw = await openRaw(server.url)
    raw.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n${body.slice(0, 5)}`,
    )
    await raw.received('100 Continue')
    await server.call(HEARTBEAT, { token, body: {} }) // the gate has let the other one in by then
    const { tokens } = (await server.call('/api/v1/tokens', { token: admin.token })).body
    const { token_id } = tokens.find((each: { agent_id: string }) => each.agent_id === agent_id)
    await server.call(`/api/v1/tokens/${token_id}`, { method: 'DELETE', token: admin.token })
    raw.write(body.slice(5))
    const text = await raw.received('"error"')
    expect(text).toContain('HTTP/1.1 403 ')
    expect(text).toContain('"code":"token_revoked"')
    expect((await server.store.listDevices({ limit: 10 })).items).toEqual([])
    expect(await auditActions(server)).not.toContain('late_event')
    const agent = await server.call(`/api/v1/agents/${agent_id}`, { token: admin.token })
    expect(agent.body).toMatchObject({ revoked: true, hostname: null })
  })

  test('a token of people that is revoked while its body is on its way makes no other token', async () => {
    const server = await startTestServer()
    const admin = await server.makeToken('admin')
    const other = await server.makeToken('admin')
    const raw = await openRaw(server.url)
    const body = '{"scope":"admin","name":"late"}'
    raw.write(
      `POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${admin.token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n${body[0]}`,
    )
    await raw.received('100 Continue')
    await server.call('/api/v1/tokens', { token: admin.token })
    await server.call(`/api/v1/tokens/${admin.token_id}`, { method: 'DELETE', token: other.token })
    raw.write(body.slice(1))
    expect(await raw.received('"error"')).toContain('"code":"token_revoked"')
    expect((await server.store.listTokens(Date.now())).map(({ name }) => name)).not.toContain('late')
  })

  test.each(['Authorization: Bearer nothing', 'Host: y'])('a second header is refused: %s', async (second) => {
    const server = await startTestServer()
    const { token } = await server.makeToken('viewer')
    const raw = await openRaw(server.url)
    raw.write(
      `GET /api/v1/devices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${second}\r\nConnection: close\r\n\r\n`,
    )
    const text = await raw.closed()
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(bodyOf(text).error.code).toBe('invalid_request')
  })

  test('no token gets into the log', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const wrong = 'pm_viewer_wrong-but-still-nobodys-business'
    await server.call('/api/v1/devices', { token: wrong })
    await server.call('/api/v1/agents/register-with-token', { body: { token: wrong } })
    await server.call(HEARTBEAT, { token, body: { devices_count: 'x' } })
    expect(server.log.length).toBeGreaterThan(3)
    const text = JSON.stringify(server.log)
    expect(text).not.toContain(wrong)
    expect(text).not.toContain(token)
  })

  test('an expiry is held against the clock at each request', async () => {
    let now = Date.now()
    const server = await startTestServer({ now: () => now })
    const { token } = await server.makeToken('viewer', { expires_at: now + 60_000 })
    expect((await server.call('/api/v1/devices', { token })).status).toBe(200)
    now += 60_000
    expect((await server.call('/api/v1/devices', { token })).body.error.code).toBe('token_expired')
  })
})

describe('refused tokens', () => {
  const few = {
    options: (defaults: TestServer['options']) => ({
      ...defaults,
      limits: { ...defaults.limits, refused_attempts: 3 },
    }),
  }

  test('after too many the answer is 429 with Retry-After, audited once; a valid token is never slowed', async () => {
    const server = await startTestServer(few)
    const { token } = await server.makeToken('viewer')
    const statuses: number[] = []
    for (let i = 0; i < 8; i++) {
      const answer = await server.call('/api/v1/devices', { token: `wrong-${i}` })
      statuses.push(answer.status)
      if (answer.status === 429) {
        expect(answer.body.error.code).toBe('too_many_attempts')
        expect(answer.headers.connection).toBe('close')
        expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
        expect(Number.isInteger(Number(answer.headers['retry-after']))).toBe(true)
      }
      expect((await server.call('/api/v1/devices', { token })).status).toBe(200)
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429, 429, 429])
    const page = await server.store.listAudit({ limit: 100, action: 'auth_blocked' })
    expect(page.items).toHaveLength(1)
    expect(page.items[0]).toMatchObject({ resource_id: '127.0.0.1', outcome: 'denied' })
  })

  test('a token in the body counts as well', async () => {
    const server = await startTestServer(few)
    const statuses = []
    for (let i = 0; i < 5; i++) {
      const answer = await server.call('/api/v1/agents/register-with-token', { body: { token: `wrong-${i}` } })
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429])
  })

  test('a request without a token is no attempt', async () => {
    const server = await startTestServer(few)
    for (let i = 0; i < 6; i++) expect((await server.call('/api/v1/devices')).status).toBe(401)
  })
})
