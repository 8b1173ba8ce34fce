import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hashToken } from '../../src/core/server/auth/hash-token.ts'
import { LOCAL, shareTestServer, startTestServer, type TestServer } from './start-test-server.ts'

const REGISTER = '/api/v1/agents/register'
const HEARTBEAT = '/api/v1/agents/heartbeat'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

describe('registration', () => {
  const shared = shareTestServer()

  test('gives an id where none is named, a token of 256 bits, and satisfies older agents', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment')
    const { status, body } = await server.call(REGISTER, { token, body: {} })
    expect(status).toBe(200)
    expect(body).toMatchObject({ success: true, site_id: 'default', message: 'registered' })
    expect(body.agent_id).toMatch(UUID)
    expect(body.store_id).toMatch(UUID)
    expect(body.token).toMatch(/^pm_agent_[A-Za-z0-9_-]{43}$/)
    expect(body.agent_token).toBe(body.token)
    expect((await server.store.findToken(hashToken(body.token)))?.agent_id).toBe(body.agent_id)
  })

  test('keeps what the agent tells of itself, keys that no schema names as well', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment')
    const facts = { hostname: 'h1', platform: 'linux', agent_version: '1.2', architecture: 'x64', name: 'Office' }
    const other = { go_version: 'go1.22', num_cpu: 8 }
    const { body } = await server.call(REGISTER, {
      token,
      body: { ...facts, ...other, registration_key: randomUUID() },
    })
    const viewer = (await server.makeToken('viewer')).token
    const show = async (id: string) => (await server.call(`/api/v1/agents/${id}`, { token: viewer })).body
    expect(await show(body.agent_id)).toMatchObject({ ...facts, other })
    const { body: older } = await server.call('/api/v1/agents/register-with-token', { body: { token, ...other } })
    expect((await show(older.agent_id)).other).toEqual(other)
  })

  test('repeated with its registration_key it gives a fresh token, voids the former, costs no use', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment', { max_uses: 1 })
    const body = { agent_id: randomUUID(), registration_key: randomUUID() }
    const first = await server.call(REGISTER, { token, body })
    expect((await server.call(HEARTBEAT, { token: first.body.token, body: {} })).status).toBe(200)
    const second = await server.call(REGISTER, { token, body })
    expect([second.status, second.body.agent_id]).toEqual([200, body.agent_id])
    expect(second.body.token).not.toBe(first.body.token)
    expect((await server.call(HEARTBEAT, { token: first.body.token, body: {} })).body.error.code).toBe('token_unknown')
    expect((await server.call(HEARTBEAT, { token: second.body.token, body: {} })).status).toBe(200)
  })

  test('an agent_id that exists is agent_exists; a token that names it takes it over; that token takes no other', async () => {
    const server = shared()
    const { agent_id, token: former } = await server.enrol()
    const any = await server.makeToken('enrolment')
    const exists = await server.call(REGISTER, { token: any.token, body: { agent_id } })
    expect([exists.status, exists.body.error.code]).toEqual([409, 'agent_exists'])
    const named = await server.makeToken('enrolment', { agent_id })
    const other = await server.call(REGISTER, { token: named.token, body: { agent_id: randomUUID() } })
    expect([other.status, other.body.error.code]).toEqual([403, 'agent_mismatch'])
    const taken = await server.call(REGISTER, { token: named.token, body: { agent_id } })
    expect([taken.status, taken.body.agent_id]).toEqual([200, agent_id])
    expect((await server.call(HEARTBEAT, { token: former, body: {} })).status).toBe(401)
  })

  test('a revoked agent is barred until a token that names it', async () => {
    const server = shared()
    const { token: enrolment } = await server.makeToken('enrolment')
    const body = { agent_id: randomUUID(), registration_key: randomUUID() }
    await server.call(REGISTER, { token: enrolment, body })
    const record = (await server.store.listTokens(Date.now())).find(({ agent_id }) => agent_id === body.agent_id)
    await server.store.revokeToken(record?.token_id as string, LOCAL, Date.now())
    const barred = await server.call(REGISTER, { token: enrolment, body })
    expect([barred.status, barred.body.error.code]).toEqual([403, 'token_revoked'])
    const named = await server.makeToken('enrolment', { agent_id: body.agent_id })
    expect((await server.call(REGISTER, { token: named.token, body })).status).toBe(200)
  })

  test('the older path takes the token in the body, and answers under both names', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment')
    const path = '/api/v1/agents/register-with-token'
    const agent_id = randomUUID()
    const { status, body } = await server.call(path, { body: { token, agent_id, hostname: 'old' } })
    expect([status, body.agent_id, body.agent_token]).toEqual([200, agent_id, body.token])
    const viewer = (await server.makeToken('viewer')).token
    const wrong = await server.call(path, { body: { token: viewer } })
    expect([wrong.status, wrong.body.error.code]).toEqual([403, 'scope_insufficient'])
    const missing = await server.call(path, { body: {} })
    expect(missing.body.error.details.fields).toEqual([{ path: '/token', problem: 'is missing' }])
  })

  test('names of paths and of others in the audit log are no agents', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment')
    const admin = await server.makeToken('admin')
    for (const agent_id of ['list', 'register', 'register-with-token', 'heartbeat', 'server', 'local', 'system']) {
      const answers = [
        await server.call(REGISTER, { token, body: { agent_id } }),
        await server.call('/api/v1/agents/register-with-token', { body: { token, agent_id } }),
        await server.call('/api/v1/tokens', { token: admin.token, body: { scope: 'enrolment', agent_id } }),
      ]
      for (const { status, body } of answers) {
        expect([agent_id, status, body.error?.code]).toEqual([agent_id, 400, 'invalid_body'])
        expect(body.error.details.fields[0].path).toBe('/agent_id')
      }
    }
    expect((await server.call(REGISTER, { token, body: { agent_id: 'server-1' } })).status).toBe(200)
  })

  test('ids that would need escaping are refused', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment')
    for (const agent_id of ['', ' ', '../x', 'a b', 'a\n', "x'--", '-x', 'x'.repeat(129), 5, null]) {
      const answer = await server.call(REGISTER, { token, body: { agent_id } })
      expect([agent_id, answer.status, answer.body.error?.details.fields[0].path]).toEqual([agent_id, 400, '/agent_id'])
    }
  })
})

describe('refused registrations', () => {
  const countDenied = async (server: TestServer) =>
    (await server.store.listAudit({ limit: 1000 })).items.filter(({ outcome }) => outcome !== 'success').length

  test('ten with one token from one address are recorded, more are 429 and leave nothing', async () => {
    const server = await startTestServer()
    const { agent_id } = await server.enrol()
    const any = await server.makeToken('enrolment')
    const register = () => server.call(REGISTER, { token: any.token, body: { agent_id } })
    // all at one time, so that none can slip past the count
    const answers = await Promise.all(Array.from({ length: 30 }, register))
    const codes = answers.map(({ body }) => body.error.code)
    expect(codes.filter((code) => code === 'agent_exists')).toHaveLength(10)
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(20)
    expect(await countDenied(server)).toBe(10)
    const refused = await server.call('/api/v1/agents/register-with-token', { body: { token: any.token, agent_id } })
    expect([refused.status, refused.body.error.code]).toEqual([429, 'too_many_attempts'])
    expect(refused.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect(refused.headers.connection).toBe('close')
    expect(await countDenied(server)).toBe(10)
    const other = await server.makeToken('enrolment')
    expect((await server.call(REGISTER, { token: other.token, body: {} })).status).toBe(200)
  })

  test.each([
    ['used up', { max_uses: 1 }, {}],
    ['for another agent', { agent_id: 'named' }, { agent_id: 'other' }],
  ])('a token that is %s counts', async (_, more, body) => {
    const server = await startTestServer()
    const { token } = await server.makeToken('enrolment', more)
    await server.call(REGISTER, { token, body: {} })
    for (let i = 0; i < 10; i++) {
      expect((await server.call(REGISTER, { token, body })).body.error.code).not.toBe('too_many_attempts')
    }
    const denied = await countDenied(server)
    for (let i = 0; i < 3; i++) {
      expect((await server.call(REGISTER, { token, body })).body.error.code).toBe('too_many_attempts')
    }
    expect(await countDenied(server)).toBe(denied)
  })

  test('what succeeds is never slowed, and another address counts for itself', async () => {
    const server = await startTestServer({
      options: (defaults) => ({ ...defaults, listen: { ...defaults.listen, trusted_proxies: ['127.0.0.1'] } }),
    })
    const { token } = await server.makeToken('enrolment')
    const register = (address: string, body: object) =>
      server.call(REGISTER, { token, body, headers: { 'x-forwarded-for': address } })
    for (let i = 0; i < 25; i++) expect((await register('192.0.2.1', {})).status).toBe(200)
    const { agent_id } = await server.enrol()
    for (let i = 0; i < 10; i++) expect((await register('192.0.2.1', { agent_id })).status).toBe(409)
    expect((await register('192.0.2.1', { agent_id })).status).toBe(429)
    expect((await register('192.0.2.2', { agent_id })).status).toBe(409)
  })
})

describe('heartbeats', () => {
  const shared = shareTestServer()

  test('are shown by the agent list at once', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const scanned_at = new Date(Date.now() - 60_000)
    const offset = new Date(scanned_at.getTime() + 3_600_000).toISOString().replace('Z', '456789+01:00')
    const body = {
      agent_id,
      status: 'active',
      uptime_seconds: 86_400,
      devices_count: 25,
      last_scan: offset,
      memory_mb: 120,
      cpu_percent: 5.2,
      queue_length: 3,
      timestamp: new Date(Date.now() + 3_600_000).toISOString(),
    }
    const answer = await server.call(HEARTBEAT, { token, body })
    expect(answer.body).toMatchObject({ success: true, agent_id })
    expect(answer.body).not.toHaveProperty('last_seq')
    const viewer = (await server.makeToken('viewer')).token
    const { agents } = (await server.call('/api/v1/agents/list', { token: viewer })).body
    const agent = agents.find((each: { agent_id: string }) => each.agent_id === agent_id)
    expect(agent).toMatchObject({ status: 'active', uptime_seconds: 86_400, memory_mb: 120, cpu_percent: 5.2 })
    expect(agent.last_scan).toBe(scanned_at.toISOString())
    expect(agent).toMatchObject({ queue_length: 3, remote_address: '127.0.0.1' })
    expect(Math.round(agent.clock_offset_ms / 60_000)).toBe(60)
  })

  test("the older agent's names are accepted, ours stand before them", async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const version = async (body: object) => {
      expect((await server.call(HEARTBEAT, { token, body })).status).toBe(200)
      return (await server.call(`/api/v1/agents/${agent_id}`, { token: viewer })).body.agent_version
    }
    expect(await version({ version: '0.9', device_count: 3 })).toBe('0.9')
    expect(await version({ version: '0.8', agent_version: '1.0' })).toBe('1.0')
    const wrong = await server.call(HEARTBEAT, { token, body: { device_count: 'three' } })
    expect(wrong.body.error.details.fields[0].path).toBe('/devices_count')
  })

  test('with journal_id the answer tells the last sequence number that is held of it', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const journal_id = randomUUID()
    const ask = async () => (await server.call(HEARTBEAT, { token, body: { journal_id } })).body.last_seq
    expect(await ask()).toBeNull()
    for (const seq of [1, 2]) {
      await server.call('/api/v1/metrics/batch', { token, body: { journal_id, seq, metrics: [{ serial: 'A' }] } })
    }
    expect(await ask()).toBe(2)
  })

  test('a time that cannot be read is no reason to refuse', async () => {
    const server = shared()
    const { token } = await server.enrol()
    expect((await server.call(HEARTBEAT, { token, body: { timestamp: 'yesterday', last_scan: '' } })).status).toBe(200)
  })

  test('what it told counts though an upload came before it was written', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    await server.call(HEARTBEAT, { token, body: { hostname: 'told', memory_mb: 77 } })
    await server.call('/api/v1/metrics/batch', { token, body: { metrics: [{ serial: 'U1' }] } })
    const viewer = (await server.makeToken('viewer')).token
    const agent = (await server.call(`/api/v1/agents/${agent_id}`, { token: viewer })).body
    expect(agent).toMatchObject({ hostname: 'told', memory_mb: 77 })
  })

  test('two within a second both count: the later one leaves what it does not tell', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const beat = (body: object) => server.call(HEARTBEAT, { token, body })
    const show = async () => {
      const viewer = (await server.makeToken('viewer')).token
      return (await server.call(`/api/v1/agents/${agent_id}`, { token: viewer })).body
    }
    const timestamp = new Date(Date.now() + 3_600_000).toISOString()
    const last_scan = '2026-03-01T12:00:00.000Z'
    const told = {
      hostname: 'h1',
      platform: 'linux',
      status: 'active',
      devices_count: 3,
      memory_mb: 5,
      last_error: 'boom',
    }
    await beat({ ...told, timestamp, last_scan, disk: 9, load: 1 })
    await beat({ hostname: null, platform: '', status: null, devices_count: null, last_scan: null, last_error: null })
    expect(await show()).toMatchObject({
      hostname: 'h1',
      platform: 'linux',
      reported_status: 'active',
      reported_devices_count: 3,
      memory_mb: 5,
      last_error: null,
      last_scan,
      other: { disk: 9, load: 1 },
    })
    expect(Math.round((await show()).clock_offset_ms / 60_000)).toBe(60)
    // of keys that no schema names only those of the last one with any: what waits does not grow
    await beat({ hostname: 'h2', disk: 8, load: 2 })
    await beat({ disk: 7 })
    expect(await show()).toMatchObject({ hostname: 'h2', platform: 'linux', other: { disk: 7 } })
    expect((await show()).other).toEqual({ disk: 7 })
  })

  test('an agent is offline once it was not heard from for so long', async () => {
    let now = Date.now()
    const server = await startTestServer({ now: () => now })
    const { agent_id, token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const status = async () => (await server.call(`/api/v1/agents/${agent_id}`, { token: viewer })).body.status
    expect(await status()).toBe('offline')
    await server.call(HEARTBEAT, { token, body: {} })
    await server.call('/api/v1/devices/batch', { token, body: { devices: [{ serial: 'A' }] } })
    expect(await status()).toBe('active')
    now += 91_000
    expect(await status()).toBe('offline')
    const listed = await server.call('/api/v1/agents/list?status=offline', { token: viewer })
    expect(listed.body.agents).toHaveLength(1)
  })

  test('an agent that is not there is not_found', async () => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    for (const path of ['/api/v1/agents/nobody', '/api/v1/agents/nobody/health']) {
      const answer = await server.call(path, { token })
      expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found'])
    }
  })

  test('what the agent calls its own status and count is shown beside ours', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    await server.call(HEARTBEAT, { token, body: { status: 'paused', device_count: 25 } })
    const viewer = (await server.makeToken('viewer')).token
    const { agents } = (await server.call('/api/v1/agents/list', { token: viewer })).body
    expect(agents.find((each: { agent_id: string }) => each.agent_id === agent_id)).toMatchObject({
      status: 'active',
      reported_status: 'paused',
      devices_count: 0,
      reported_devices_count: 25,
    })
  })

  test('keys that no schema names are kept, up to a limit', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const text = '{"disk": {"free_mb": 9}, "__proto__": [1, null], "memory_mb": 5}'
    expect((await server.call(HEARTBEAT, { token, body: text })).status).toBe(200)
    const { text: shown } = await server.call(`/api/v1/agents/${agent_id}`, { token: viewer })
    expect(shown).toContain('"other":{"disk":{"free_mb":9},"__proto__":[1,null]}')
    // {"note":"…"} is eleven characters longer than its text
    const note = (length: number) => ({ note: 'x'.repeat(length - 11), hostname: 'h' })
    expect((await server.call(HEARTBEAT, { token, body: note(16_384) })).status).toBe(200)
    const enrolment = (await server.makeToken('enrolment')).token
    for (const refused of [
      await server.call(HEARTBEAT, { token, body: note(16_385) }),
      await server.call(REGISTER, { token: enrolment, body: note(16_385) }),
    ]) {
      expect([refused.status, refused.body.error.code]).toEqual([400, 'invalid_body'])
      expect(refused.body.error.details.fields).toEqual([
        { path: '', problem: 'has more than 16384 characters of JSON in keys that the schema does not name' },
      ])
    }
  })
})

describe('what opens doors', () => {
  const SECRETS = {
    token: 'S3CRET',
    Token: 'S3CRET',
    join_token: 'S3CRET',
    'access-token': 'S3CRET',
    refreshTokens: ['S3CRET'],
    init_secret: { deep: 'S3CRET' },
    config: { snmp: [{ community: 'S3CRET', PASSWORD: 53, registration_key: 'S3CRET', community_string: 'S3CRET' }] },
    apiKey: 'S3CRET',
    Authorization: 'Basic S3CRET',
  }
  const KEPT = { token_id: 'kept', has_token: true, password: null, tokenizer: 'kept', community_name: 'kept' }
  const SHOWN = {
    ...KEPT,
    token: '(hidden)',
    Token: '(hidden)',
    join_token: '(hidden)',
    'access-token': '(hidden)',
    refreshTokens: '(hidden)',
    init_secret: '(hidden)',
    config: {
      snmp: [
        {
          community: '(hidden)',
          PASSWORD: '(hidden)',
          registration_key: '(hidden)',
          community_string: '(hidden)',
        },
      ],
    },
    apiKey: '(hidden)',
    Authorization: '(hidden)',
  }
  const mistaken = { ...SECRETS, ...KEPT }

  test('is kept of no registration, heartbeat, audit event, batch or item, wherever it was put', async () => {
    const server = await startTestServer()
    const { token: enrolment } = await server.makeToken('enrolment')
    const viewer = (await server.makeToken('viewer')).token
    const { body: registered } = await server.call(REGISTER, { token: enrolment, body: mistaken })
    const { agent_id, token } = registered
    const show = async (path: string) => (await server.call(path, { token: viewer })).body
    expect((await show(`/api/v1/agents/${agent_id}`)).other).toEqual(SHOWN)
    expect((await server.call(HEARTBEAT, { token, body: { ...mistaken, beat: 1 } })).status).toBe(200)
    expect((await show(`/api/v1/agents/${agent_id}`)).other).toEqual({ ...SHOWN, beat: 1 })
    const events = [{ action: 'scan_initiated', ...mistaken, details: mistaken }]
    expect((await server.call('/api/v1/audit/log', { token, body: { events } })).status).toBe(200)
    const [entry] = (await server.store.listAudit({ limit: 1, action: 'scan_initiated' })).items
    expect(entry?.details).toEqual({ ...SHOWN, event: SHOWN })
    const item = { serial: 'Q1', raw_data: mistaken, ...mistaken }
    for (const kind of ['devices', 'metrics']) {
      const journal_id = randomUUID()
      const body = { [kind]: [item], journal_id, seq: 1, ...mistaken }
      const answers = [1, 2].map(() => server.call(`/api/v1/${kind}/batch`, { token, body }))
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200])
    }
    const [device] = (await show('/api/v1/devices')).devices
    const { snapshot } = await show(`/api/v1/devices/${device.device_id}`)
    expect(snapshot).toMatchObject({ serial: 'Q1', raw_data: SHOWN, ...SHOWN })
    const { metrics } = await show(`/api/v1/devices/${device.device_id}/metrics`)
    expect(metrics[0]).toMatchObject({ raw_data: SHOWN, ...SHOWN })
    await server.server.close()
    expect(readFileSync(server.options.database).includes('S3CRET')).toBe(false)
  })

  test('does not make a body too deep that is not', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}{"token":"x"}${'}'.repeat(levels)}`
    const bring = (levels: number) =>
      server.call('/api/v1/devices/batch', { token, body: `{"devices":[{"serial":"N","b":${nested(levels)}}]}` })
    expect((await bring(400)).status).toBe(200)
    for (const levels of [600, 100_000]) expect((await bring(levels)).body.error.code).toBe('invalid_items')
  })
})

describe('numbers', () => {
  test('that no double holds are kept as the nearest one, beyond all of them as null', async () => {
    const server = await startTestServer()
    const { agent_id, token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    await server.call(HEARTBEAT, { token, body: '{"big": 12345678901234567890, "beyond": 1e400, "cents": 0.10}' })
    const { text } = await server.call(`/api/v1/agents/${agent_id}`, { token: viewer })
    expect(text).toContain('"other":{"big":12345678901234567000,"beyond":null,"cents":0.1}')
  })
})

describe('/api/v1/agents/{agent_id}/health', () => {
  test('has the last heartbeat of each five minutes, page by page, to viewers alone', async () => {
    let now = Date.parse('2026-03-01T12:00:00Z')
    const server = await startTestServer({ now: () => now })
    const { agent_id, token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const read = (query: string) => server.call(`/api/v1/agents/${agent_id}/health${query}`, { token: viewer })
    for (const memory_mb of [10, 11, 12, 13]) {
      await server.call(HEARTBEAT, { token, body: { memory_mb, status: 'active', load: [memory_mb] } })
      // shown at once
      expect((await read('')).body.health.at(-1).memory_mb).toBe(memory_mb)
      now += 150_000
    }
    const { body } = await read('')
    expect(body).toMatchObject({
      agent_id,
      health: [
        { period_start: '2026-03-01T12:00:00.000Z', received_at: '2026-03-01T12:02:30.000Z', memory_mb: 11 },
        { period_start: '2026-03-01T12:05:00.000Z', reported_status: 'active', memory_mb: 13, other: { load: [13] } },
      ],
      next_cursor: null,
    })
    const first = (await read('?limit=1')).body
    const rest = (await read(`?limit=1&cursor=${first.next_cursor}`)).body
    expect([...first.health, ...rest.health]).toEqual(body.health)
    expect((await read('?from=2026-03-01T12:03:00Z&to=2026-03-01')).body.health).toEqual(body.health.slice(1))
    expect((await read('?to=2026-02-28')).body.health).toEqual([])
    for (const query of ['?limit=0', '?from=monday', '?from=2026-03-03&to=2026-03-01', '?cursor=x']) {
      const { status, body: refusal } = await read(query)
      expect([query, status, refusal.error?.code]).toEqual([
        query,
        400,
        expect.stringMatching(/^invalid_(query|cursor)$/),
      ])
    }
    const agent = await server.call(`/api/v1/agents/${agent_id}/health`, { token })
    expect([agent.status, agent.body.error.code]).toEqual([403, 'scope_insufficient'])
  })
})
