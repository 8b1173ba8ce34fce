import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ServerOptions } from '../../src/core/server/server-options.ts'
import { bodyOf, openRaw } from './raw-connection.ts'
import { shareTestServer, startTestServer } from './start-test-server.ts'

const HEARTBEAT = '/api/v1/agents/heartbeat'
const slowTimes = { headers_ms: 300, request_ms: 600, check_ms: 50 }
const withLimits = (limits: Partial<ServerOptions['limits']>) => (defaults: ServerOptions) => ({
  ...defaults,
  limits: { ...defaults.limits, ...limits },
})

describe('requests of one agent', () => {
  test('beyond the burst 429 with Retry-After in whole seconds, for this agent alone', async () => {
    const server = await startTestServer({ options: withLimits({ requests_per_second: 1, burst: 5 }) })
    const busy = await server.enrol()
    const calm = await server.enrol()
    const answers = []
    for (let i = 0; i < 8; i++) answers.push(await server.call(HEARTBEAT, { token: busy.token, body: {} }))
    expect(answers.slice(0, 5).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const refused = answers.at(-1)
    expect([refused?.status, refused?.body.error.code]).toEqual([429, 'rate_limited'])
    expect(refused?.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect((await server.call(HEARTBEAT, { token: calm.token, body: {} })).status).toBe(200)
  })

  test('after Retry-After there is room again', async () => {
    const server = await startTestServer({ options: withLimits({ requests_per_second: 4, burst: 1 }) })
    const { token } = await server.enrol()
    expect((await server.call(HEARTBEAT, { token, body: {} })).status).toBe(200)
    const refused = await server.call(HEARTBEAT, { token, body: {} })
    expect(refused.status).toBe(429)
    await new Promise((resolve) => setTimeout(resolve, Number(refused.headers['retry-after']) * 1000))
    expect((await server.call(HEARTBEAT, { token, body: {} })).status).toBe(200)
  })
})

describe('requests with one token of people', () => {
  test.each(['viewer', 'admin'] as const)(
    'beyond the burst of a token of scope %s 429, for it alone',
    async (scope) => {
      const server = await startTestServer({ options: withLimits({ requests_per_second: 1, burst: 3 }) })
      const { agent_id } = await server.enrol()
      const busy = await server.makeToken(scope)
      const calm = await server.makeToken(scope)
      const codes = []
      for (let i = 0; i < 5; i++) {
        const answer = await server.call(`/api/v1/agents/${agent_id}`, { token: busy.token })
        codes.push(answer.body.error?.code ?? answer.status)
        if (answer.status === 429) expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/)
      }
      expect(codes).toEqual([200, 200, 200, 'rate_limited', 'rate_limited'])
      expect((await server.call('/api/v1/agents/list', { token: calm.token })).status).toBe(200)
    },
  )

  test('registrations with one enrolment token too, in the header as in the body', async () => {
    const server = await startTestServer({ options: withLimits({ requests_per_second: 1, burst: 3 }) })
    const { token } = await server.makeToken('enrolment')
    const codes = []
    for (let i = 0; i < 5; i++) {
      const answer = await (i % 2 === 0
        ? server.call('/api/v1/agents/register', { token, body: {} })
        : server.call('/api/v1/agents/register-with-token', { body: { token } }))
      codes.push(answer.body.error?.code ?? answer.status)
    }
    expect(codes).toEqual([200, 200, 200, 'rate_limited', 'rate_limited'])
  })

  test('an agent that has the id of a token has a bucket of its own', async () => {
    const server = await startTestServer({ options: withLimits({ requests_per_second: 1, burst: 2 }) })
    const { token, token_id } = await server.makeToken('viewer')
    const agent = await server.enrol(token_id)
    for (let i = 0; i < 3; i++) await server.call(HEARTBEAT, { token: agent.token, body: {} })
    expect((await server.call('/api/v1/agents/list', { token })).status).toBe(200)
  })
})

describe('audit events', () => {
  const events = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ action: 'scan_initiated', resource_id: `${i}` }))

  test('a hundred of them count as one more request', async () => {
    const server = await startTestServer({ options: withLimits({ requests_per_second: 0.001, burst: 12 }) })
    const { token } = await server.enrol()
    const log = (count: number) => server.call('/api/v1/audit/log', { token, body: { events: events(count) } })
    expect((await log(99)).status).toBe(200) // 1 of 12
    expect((await log(500)).status).toBe(200) // 7
    const refused = await log(1000)
    expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limited'])
    expect((await server.store.listAudit({ limit: 1000, action: 'scan_initiated' })).items).toHaveLength(599)
    expect((await log(200)).status).toBe(200) // 8 by the refused one, 11 by this
    expect((await log(1)).status).toBe(200)
    expect((await log(1)).status).toBe(429)
  })

  test('never more is asked for than the bucket holds: after Retry-After they are taken', async () => {
    const server = await startTestServer({ options: withLimits({ requests_per_second: 4, burst: 6 }) })
    const { token } = await server.enrol()
    const log = () => server.call('/api/v1/audit/log', { token, body: { events: events(1000) } })
    expect((await server.call(HEARTBEAT, { token, body: {} })).status).toBe(200)
    const refused = await log()
    expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limited'])
    await new Promise((resolve) => setTimeout(resolve, Number(refused.headers['retry-after']) * 1000))
    expect((await log()).status).toBe(200)
  })
})

describe('batches of one agent', () => {
  const head = (token: string, length: number) =>
    `POST /api/v1/metrics/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`
  const body = '{"metrics":[{"serial":"A"}]}'

  test('two at a time; the third is 429 with Retry-After, and other agents bring theirs', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const other = await server.enrol()
    const open = [await openRaw(server.url), await openRaw(server.url), await openRaw(server.url)]
    for (const raw of open) raw.write(head(token, body.length))
    // whichever of them comes last
    const refused = await Promise.race(
      open.map(async (raw) => {
        await raw.received('"rate_limited"')
        return raw
      }),
    )
    expect(await refused.received('retry-after: ')).toMatch(/^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?429 /)
    const upload = (token: string) => server.call('/api/v1/metrics/batch', { token, body })
    expect((await upload(other.token)).status).toBe(200)
    for (const raw of open) {
      if (raw === refused) continue
      raw.write(body)
      await raw.received('"success":true')
    }
    expect((await upload(token)).status).toBe(200)
  })

  test('what breaks off or is refused gives its place back', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    for (let i = 0; i < 5; i++) {
      const raw = await openRaw(server.url)
      raw.write(head(token, 1000))
      await raw.received('100 Continue')
      raw.socket.resetAndDestroy()
      await new Promise((resolve) => raw.socket.once('close', resolve))
      const broken = await server.call('/api/v1/metrics/batch', { token, body: '{' })
      expect([400, 429]).toContain(broken.status)
    }
    let answer = await server.call('/api/v1/metrics/batch', { token, body })
    while (answer.status === 429) answer = await server.call('/api/v1/metrics/batch', { token, body })
    expect(answer.status).toBe(200)
  })
})

describe('pipelined requests', () => {
  test('of more than 32 without an answer the next is 429, and the connection ends', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const raw = await openRaw(server.url)
    const one = `POST ${HEARTBEAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`
    raw.write(`${one}Content-Length: 2\r\n\r\n{}`.repeat(60))
    const text = await raw.closed()
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)
    expect(statuses).toEqual([...Array.from({ length: 32 }, () => '200'), '429'])
    expect(text.match(/connection: close/gi)).toHaveLength(1)
    expect(text).toMatch(/retry-after: 1\r/i)
    expect(bodyOf(text).error.code).toBe('rate_limited')
    const { text: metrics } = await server.call('/metrics')
    expect(metrics).toMatch(/^printmaster_heartbeats_total 32$/m)
  })

  test('one after the other there may be many', async () => {
    const server = await startTestServer()
    const { token } = await server.makeToken('viewer')
    const raw = await openRaw(server.url)
    for (let i = 0; i < 100; i++) {
      raw.write(`GET /api/v1/devices?n${i}n=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`)
      await raw.received(`"n${i}n"`)
    }
    raw.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const text = await raw.closed()
    expect(text.match(/HTTP\/1\.1 400 /g)).toHaveLength(100)
    expect(text).not.toContain(' 429 ')
  })
})

describe('slow and broken clients', () => {
  const shared = shareTestServer()

  test('headers that trickle are cut with 408', async () => {
    const server = await startTestServer({ times: slowTimes })
    const raw = await openRaw(server.url)
    raw.write('GET /healthz HTTP/1.1\r\nHost: x\r\n')
    const drip = setInterval(() => raw.write('X-A: b\r\n'), 50)
    const text = await raw.closed()
    clearInterval(drip)
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r/)
    expect(bodyOf(text).error.code).toBe('request_timeout')
  })

  test('a body that trickles is cut, and leaves no agent and no batch behind', async () => {
    const server = await startTestServer({ times: slowTimes })
    const { agent_id, token } = await server.enrol()
    const raw = await openRaw(server.url)
    raw.write(
      `POST /api/v1/devices/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"devices":[',
    )
    const drip = setInterval(() => raw.write(' '), 50)
    const text = await raw.closed()
    clearInterval(drip)
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    const agent = await server.store.findAgent(agent_id, 90_000, Date.now())
    expect(agent?.last_upload).toBeNull()
    expect((await server.store.listDevices({ limit: 10 })).items).toEqual([])
  })

  test('a client that goes away within its body leaves nothing behind and nothing in the log', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    for (let i = 0; i < 20; i++) {
      const raw = await openRaw(server.url)
      raw.write(
        `POST /api/v1/metrics/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
          'Content-Type: application/json\r\nContent-Length: 5000000\r\n\r\n{"metrics":[',
      )
      raw.socket.resetAndDestroy()
    }
    expect((await server.call(HEARTBEAT, { token, body: {} })).status).toBe(200)
    expect((await server.store.listDevices({ limit: 10 })).items).toEqual([])
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
  })

  test.each([
    ['nonsense', 'nonsense\r\n\r\n', 400, 'invalid_request'],
    ['a TLS greeting', '\u0016\u0003\u0001\u0002', 400, 'invalid_request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'invalid_request',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'invalid_request',
    ],
    ['huge headers', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid_request'],
    ['an expectation', 'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n', 417, 'expectation_failed'],
  ])('%s is answered in the one shape', async (_, text, status, code) => {
    const server = shared()
    const raw = await openRaw(server.url)
    raw.write(text)
    const answer = await raw.closed()
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.toLowerCase()).toContain('content-type: application/json')
    expect(bodyOf(answer).error.code).toBe(code)
    expect((await server.call('/healthz')).status).toBe(200)
  })

  test('nonsense after a good request on the same connection is answered as well', async () => {
    const raw = await openRaw(shared().url)
    raw.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await raw.received('"status":"ok"')
    raw.write('nonsense\r\n\r\n')
    const text = await raw.closed()
    expect(text).toContain('HTTP/1.1 400 ')
    expect(bodyOf(text).error.code).toBe('invalid_request')
  })

  test('nobody gets a tunnel', async () => {
    const raw = await openRaw(shared().url)
    raw.write('CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(bodyOf(await raw.closed()).error.code).toBe('method_not_allowed')
  })

  test('a body beyond all limits is refused by its length, and the client gets to read it', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const body = Buffer.alloc(17 * 1024 * 1024, 0x20)
    const answer = await server.call('/api/v1/metrics/batch', { token, body })
    expect([answer.status, answer.body.error.code]).toEqual([413, 'body_too_large'])
    const nobody = await server.call('/api/v1/metrics/batch', { token: 'wrong', body })
    expect([nobody.status, nobody.body.error.code]).toEqual([401, 'token_unknown'])
  })

  test('a body of unknown length is cut at the limit', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const raw = await openRaw(server.url)
    raw.write(
      `POST /api/v1/agents/heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`
    const more = setInterval(() => raw.write(chunk), 5)
    const text = await raw.received('}}')
    clearInterval(more)
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    await raw.closed()
  })

  test('connections beyond max_connections are closed at once, and counted', async () => {
    const server = await startTestServer({
      options: (defaults) => ({ ...defaults, listen: { ...defaults.listen, max_connections: 3 } }),
    })
    const held = [await openRaw(server.url), await openRaw(server.url), await openRaw(server.url)]
    for (const each of held) {
      each.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
      await each.received('"status":"ok"')
    }
    const over = await openRaw(server.url)
    expect(await over.closed()).toBe('')
    held[0]?.socket.destroy()
    await new Promise((resolve) => held[0]?.socket.once('close', resolve))
    held[1]?.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const text = await held[1]?.received('printmaster_dropped_connections_total 1')
    expect(text).toContain('printmaster_dropped_connections_total 1')
  })
})

describe('answers that nobody reads', () => {
  const CONNECTIONS = 12
  const LISTS = 10

  /** A server with devices whose list has some 3 MB, and connections that ask for it ten times each and read nothing. */
  async function askWithoutReading() {
    const server = await startTestServer()
    const agent = await server.enrol()
    const long = { hostname: 'h'.repeat(256), firmware: 'f'.repeat(256), asset_number: 'a'.repeat(256) }
    const texts = { ...long, location: 'l'.repeat(512), contact: 'c'.repeat(512) }
    const devices = Array.from({ length: 1000 }, (_, i) => ({ serial: `S${i}`.padEnd(256, 's'), ...texts }))
    const body = { devices }
    expect((await server.call('/api/v1/devices/batch', { token: agent.token, body })).status).toBe(200)
    const { token } = await server.makeToken('viewer')
    const list = () => server.call('/api/v1/devices?limit=1000', { token })
    const size = (await list()).text.length
    const one = `GET /api/v1/devices?limit=1000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`
    const unread = []
    for (let i = 0; i < CONNECTIONS; i++) {
      const raw = await openRaw(server.url)
      raw.socket.pause()
      raw.write(one.repeat(LISTS))
      unread.push(raw)
    }
    // one after the other all of them are asked for
    let refused = await list()
    for (let i = 0; refused.status === 200 && i < CONNECTIONS * LISTS; i++) refused = await list()
    return { server, agent, list, size, refused, unread }
  }

  test('are bounded over all connections: no more lists then, while agents and health are answered', async () => {
    const { server, agent, list, size, refused, unread } = await askWithoutReading()
    expect(size * CONNECTIONS * LISTS).toBeGreaterThan(3 * 64 * 1024 * 1024)
    expect([refused.status, refused.body.error?.code]).toEqual([503, 'overloaded'])
    expect(refused.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect((await server.call(HEARTBEAT, { token: agent.token, body: {} })).status).toBe(200)
    expect((await server.call('/healthz')).status).toBe(200)
    expect((await server.call('/metrics')).status).toBe(200)
    // those who go away leave nothing behind
    await Promise.all(
      unread.map(({ socket }) => {
        const closed = new Promise((resolve) => socket.once('close', resolve))
        socket.resetAndDestroy()
        return closed
      }),
    )
    let again = await list()
    while (again.status === 503) again = await list()
    expect([again.status, again.text.length]).toEqual([200, size])
  }, 60_000)
})

describe('proxies', () => {
  const addressOf = async (trusted_proxies: string[], forwarded: string) => {
    const server = await startTestServer({
      options: (defaults) => ({ ...defaults, listen: { ...defaults.listen, trusted_proxies } }),
    })
    const { token } = await server.makeToken('admin')
    const viewer = await server.makeToken('viewer')
    const headers = { 'x-forwarded-for': forwarded }
    await server.call(`/api/v1/devices/${randomUUID()}`, { token: viewer.token, headers })
    const { entries } = (await server.call('/api/v1/audit?action=device_viewed', { token })).body
    return entries[0].ip_address
  }

  test('X-Forwarded-For of a stranger counts for nothing', async () => {
    expect(await addressOf([], '203.0.113.7')).toBe('127.0.0.1')
    expect(await addressOf(['10.0.0.0/8'], '203.0.113.7')).toBe('127.0.0.1')
  })

  test('that of a trusted proxy tells the address: the last one that no trusted proxy has', async () => {
    expect(await addressOf(['127.0.0.0/8'], '203.0.113.7')).toBe('203.0.113.7')
    expect(await addressOf(['127.0.0.1'], '198.51.100.1, 203.0.113.7')).toBe('203.0.113.7')
    expect(await addressOf(['127.0.0.1'], '2001:db8::1')).toBe('2001:db8::1')
  })

  test('what is no address is not taken for one', async () => {
    expect(await addressOf(['127.0.0.1'], '<script>')).toBe('127.0.0.1')
  })
})
