import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { listPolicies } from '../../src/core/retention/policies.ts'
import { shareTestServer, startTestServer } from './start-test-server.ts'

/** The plan's phases 1 and 2, each item as the plan has it, over HTTP. */

const shared = shareTestServer()
let admin: string
let viewer: string
let agent: { agent_id: string; token: string }

beforeAll(async () => {
  admin = (await shared().makeToken('admin')).token
  viewer = (await shared().makeToken('viewer')).token
  agent = await shared().enrol('agent-001')
})

const asAgent = (path: string, body: unknown, headers = {}) =>
  shared().call(path, { token: agent.token, body, headers })
const asViewer = async (path: string) => (await shared().call(path, { token: viewer })).body
const asAdmin = async (path: string) => (await shared().call(path, { token: admin })).body

describe('phase 1: basic agent to server communication', () => {
  test('agent configuration: an agent_id from its config registers as that agent', async () => {
    expect(agent.agent_id).toBe('agent-001')
    expect(await asViewer('/api/v1/agents/agent-001')).toMatchObject({ agent_id: 'agent-001', site_id: 'default' })
  })

  test('agent upload client: Register', async () => {
    const enrolment = (await shared().makeToken('enrolment')).token
    const body = { agent_id: 'agent-002', hostname: 'site-b', platform: 'linux', agent_version: '0.2.0' }
    const answer = await shared().call('/api/v1/agents/register', { token: enrolment, body })
    expect(answer.body).toMatchObject({ success: true, agent_id: 'agent-002', token: expect.any(String) })
  })

  test('agent upload client: Heartbeat', async () => {
    const answer = await asAgent('/api/v1/agents/heartbeat', { agent_id: 'agent-001', status: 'active' })
    expect([answer.status, answer.body.success]).toEqual([200, true])
  })

  test('agent upload client: UploadDevices', async () => {
    const device = { serial: 'ABC123', ip: '192.0.2.10', manufacturer: 'HP', model: 'LaserJet', location: 'Floor 2' }
    const body = { agent_id: 'agent-001', timestamp: new Date().toISOString(), devices: [device] }
    expect((await asAgent('/api/v1/devices/batch', body)).body).toMatchObject({ success: true, received: 1, stored: 1 })
    const { devices } = await asViewer('/api/v1/devices?manufacturer=hp')
    expect(devices).toMatchObject([{ ...device, agent_id: 'agent-001' }])
  })

  test('agent upload client: UploadMetrics', async () => {
    const timestamp = '2026-03-01T10:00:00.123456789+01:00'
    const metric = { serial: 'ABC123', timestamp, page_count: 1000, toner_levels: { black: 40 } }
    const body = { agent_id: 'agent-001', timestamp: new Date().toISOString(), metrics: [metric] }
    expect((await asAgent('/api/v1/metrics/batch', body)).body).toMatchObject({ success: true, received: 1, stored: 1 })
    const [device] = (await asViewer('/api/v1/devices?serial=ABC123')).devices
    const { metrics } = await asViewer(`/api/v1/devices/${device.device_id}/metrics?from=2026-03-01&to=2026-03-01`)
    expect(metrics).toMatchObject([{ page_count: 1000, sampled_at: '2026-03-01T09:00:00.123Z', agent_id: 'agent-001' }])
    expect(metrics[0].supplies).toMatchObject([{ color: 'black', level: { state: 'percent', percent: 40 } }])
  })

  test('background upload worker: uploads of several agents at one time are all stored', async () => {
    const agents = await Promise.all(Array.from({ length: 5 }, () => shared().enrol()))
    const answers = await Promise.all(
      agents.flatMap(({ token, agent_id }) =>
        [1, 2].map((seq) => {
          const devices = Array.from({ length: 20 }, (_, i) => ({ serial: `${agent_id}/${seq}/${i}` }))
          return shared().call('/api/v1/devices/batch', { token, body: { devices } })
        }),
      ),
    )
    expect(answers.map(({ body }) => body.stored)).toEqual(answers.map(() => 20))
    for (const { agent_id } of agents) {
      expect(await asViewer(`/api/v1/agents/${agent_id}`)).toMatchObject({ devices_count: 40 })
    }
  })

  test('basic error handling: a retry after a lost answer stores nothing twice', async () => {
    const body = { journal_id: randomUUID(), seq: 1, metrics: [{ serial: 'RETRY', page_count: 5 }] }
    const first = await asAgent('/api/v1/metrics/batch', body)
    const second = await asAgent('/api/v1/metrics/batch', body)
    expect(second.body).toEqual(first.body)
    const [device] = (await asViewer('/api/v1/devices?serial=RETRY')).devices
    expect((await asViewer(`/api/v1/devices/${device.device_id}/metrics`)).metrics).toHaveLength(1)
  })
})

describe('phase 2: audit logging', () => {
  test('server audit_log table: what, who, when, which, details, from where', async () => {
    const db = new Database(shared().options.database, { readonly: true })
    onTestFinished(() => void db.close())
    const columns = db.pragma('table_info(audit_log)') as { name: string }[]
    const names = columns.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['agent_id', 'actor', 'action', 'resource_type', 'resource_id', 'body']),
    )
    const [entry] = (await asAdmin('/api/v1/audit?limit=1')).entries
    const told = ['occurred_at', 'recorded_at', 'actor', 'action', 'resource_type', 'outcome', 'details', 'ip_address']
    for (const key of told) expect(entry).toHaveProperty(key)
  })

  test('audit middleware: access by people is recorded with who, what and from where', async () => {
    await asViewer('/api/v1/devices')
    const [entry] = (await asAdmin('/api/v1/audit?action=devices_listed&limit=1')).entries
    expect(entry).toMatchObject({ actor_type: 'token', ip_address: '127.0.0.1', outcome: 'success' })
  })

  test('who accessed what device', async () => {
    const [device] = (await asViewer('/api/v1/devices?serial=ABC123')).devices
    await asViewer(`/api/v1/devices/${device.device_id}`)
    const { entries } = await asAdmin(`/api/v1/audit?resource=device/${device.device_id}&action=device_viewed`)
    expect(entries).toHaveLength(1)
  })

  test('data exports: reading history is recorded with its period', async () => {
    const [device] = (await asViewer('/api/v1/devices?serial=ABC123')).devices
    await asViewer(`/api/v1/devices/${device.device_id}/metrics?from=2026-01-01&to=2026-02-01`)
    const [entry] = (await asAdmin('/api/v1/audit?action=metrics_viewed&limit=1')).entries
    expect(entry.details).toMatchObject({ from: '2026-01-01', to: '2026-02-01', readings: 0 })
  })

  test('agent sends audit events: discovery scans initiated, configuration changes', async () => {
    const details = { range: '192.0.2.0/24', method: 'snmp' }
    const sent = await asAgent('/api/v1/audit/log', { agent_id: 'agent-001', action: 'scan_initiated', details })
    expect(sent.body.success).toBe(true)
    await asAgent('/api/v1/audit/log', { action: 'config_changed', resource_type: 'config', resource_id: 'scan.rate' })
    const [scan] = (await asAdmin('/api/v1/audit?action=scan_initiated')).entries
    expect(scan).toMatchObject({ actor: 'agent-001', details })
    expect((await asAdmin('/api/v1/audit?resource=config')).entries).toHaveLength(1)
  })

  test('audit API: POST /api/v1/audit/log and GET /api/v1/audit?agent_id&from&to', async () => {
    const event = {
      agent_id: 'agent-001',
      action: 'device_discovered',
      resource_type: 'device',
      resource_id: 'ABC123',
      details: { manufacturer: 'HP', model: 'LaserJet' },
    }
    await asAgent('/api/v1/audit/log', event)
    const day = new Date().toISOString().slice(0, 10)
    const { entries } = await asAdmin(`/api/v1/audit?agent_id=agent-001&resource=device/ABC123&from=${day}&to=${day}`)
    expect(entries).toMatchObject([{ ...event, actor_type: 'agent' }])
  })
})

describe('phase 2: authentication and authorization', () => {
  test('an agent gets its token on first registration, and all further requests need it', async () => {
    expect(agent.token).toMatch(/^pm_agent_/)
    for (const path of [
      '/api/v1/agents/heartbeat',
      '/api/v1/devices/batch',
      '/api/v1/metrics/batch',
      '/api/v1/audit/log',
    ]) {
      expect((await shared().call(path, { body: {} })).status).toBe(401)
    }
  })

  test('agents are verified: nobody registers without an enrolment token', async () => {
    expect((await shared().call('/api/v1/agents/register', { body: {} })).status).toBe(401)
    expect((await shared().call('/api/v1/agents/register', { token: viewer, body: {} })).status).toBe(403)
  })

  test('role-based access: a viewer reads, an admin manages', async () => {
    expect((await shared().call('/api/v1/tokens', { token: viewer })).body.error.code).toBe('scope_insufficient')
    expect((await shared().call('/api/v1/tokens', { token: admin })).status).toBe(200)
  })
})

describe('phase 2: agent status monitoring', () => {
  test('agent status tracking: metrics_count, devices_count, last_error', async () => {
    await asAgent('/api/v1/agents/heartbeat', { last_error: 'no answer from 192.0.2.77' })
    const before = await asViewer('/api/v1/agents/agent-001')
    await asAgent('/api/v1/metrics/batch', { metrics: [{ serial: 'COUNTED', page_count: 1 }] })
    const after = await asViewer('/api/v1/agents/agent-001')
    expect(after.last_error).toBe('no answer from 192.0.2.77')
    expect(after.metrics_count - before.metrics_count).toBe(1)
    expect(after.devices_count - before.devices_count).toBe(1)
  })

  test('heartbeat enhancement: uptime, devices, last scan, memory, processor', async () => {
    const vitals = { uptime_seconds: 86_400, memory_mb: 120, cpu_percent: 5.2 }
    const body = { agent_id: 'agent-001', status: 'active', devices_count: 25, last_scan: new Date().toISOString() }
    expect((await asAgent('/api/v1/agents/heartbeat', { ...body, ...vitals })).status).toBe(200)
    expect(await asViewer('/api/v1/agents/agent-001')).toMatchObject({ ...vitals, last_scan: body.last_scan })
  })

  test('server monitors: agents not seen for a while are offline', async () => {
    let now = Date.now()
    const server = await startTestServer({ now: () => now })
    const { token } = await server.enrol('agent-009')
    const { token: reader } = await server.makeToken('viewer')
    await server.call('/api/v1/agents/heartbeat', { token, body: { last_scan: new Date(now).toISOString() } })
    const status = async () => (await server.call('/api/v1/agents/agent-009', { token: reader })).body.status
    expect(await status()).toBe('active')
    now += 3_600_000
    expect(await status()).toBe('offline')
  })

  test('server monitors: agent health is kept over time', async () => {
    await asAgent('/api/v1/agents/heartbeat', { memory_mb: 64 })
    await asViewer('/api/v1/agents/list')
    const db = new Database(shared().options.database, { readonly: true })
    onTestFinished(() => void db.close())
    const rows = db.prepare('SELECT memory_mb FROM agent_health ORDER BY received_at DESC LIMIT 1').all()
    expect(rows).toEqual([{ memory_mb: 64 }])
  })
})

describe('phase 2: data retention', () => {
  test('policies for page counts, supply levels, status and audit, as config has them', async () => {
    const { retention } = shared().options
    const policies = listPolicies(retention, [])
    expect(policies).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ metric_type: 'page_counts', keep_detailed_days: 30, keep_summary_days: 365 }),
        expect.objectContaining({ metric_type: 'audit', delete_after_days: 730 }),
      ]),
    )
  })
})

describe('phase 2: rate limiting and backpressure', () => {
  test('request limits: 10 a second with a burst of 20, then 429 with Retry-After', async () => {
    const server = await startTestServer({
      options: (defaults) => ({ ...defaults, limits: { ...defaults.limits, requests_per_second: 10, burst: 20 } }),
    })
    const { token } = await server.enrol()
    const beat = () => server.call('/api/v1/agents/heartbeat', { token, body: {} })
    const answers = await Promise.all(Array.from({ length: 60 }, beat))
    const taken = answers.filter(({ status }) => status === 200).length
    expect(taken).toBeGreaterThanOrEqual(20)
    expect(taken).toBeLessThan(45)
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.headers['retry-after']).toBe('1')
  })

  test('batch size limits: 1000 devices, 5000 metrics', async () => {
    const list = (length: number) => Array.from({ length }, (_, i) => ({ serial: `SIZE-${i}` }))
    expect((await asAgent('/api/v1/devices/batch', { devices: list(1000) })).body.stored).toBe(1000)
    expect((await asAgent('/api/v1/metrics/batch', { metrics: list(5000) })).body.stored).toBe(5000)
    for (const [path, body] of [
      ['/api/v1/devices/batch', { devices: list(1001) }],
      ['/api/v1/metrics/batch', { metrics: list(5001) }],
    ] as const) {
      const answer = await asAgent(path, body)
      expect([answer.status, answer.body.error.code]).toEqual([413, 'too_many_items'])
    }
  })
})

describe('phase 2: data compression', () => {
  test('the agent compresses the payload with gzip, the server unpacks it', async () => {
    const body = gzipSync(JSON.stringify({ devices: [{ serial: 'PACKED' }] }))
    const answer = await asAgent('/api/v1/devices/batch', body, { 'content-encoding': 'gzip' })
    expect(answer.body).toMatchObject({ success: true, stored: 1 })
  })
})

describe('phase 2: health and readiness', () => {
  test('GET /healthz', async () => {
    const { status, body } = await shared().call('/healthz')
    expect([status, body]).toEqual([200, { status: 'ok', database: 'connected', uptime: expect.any(Number) }])
  })

  test('GET /readyz', async () => {
    await asAgent('/api/v1/agents/heartbeat', {})
    await asViewer('/api/v1/agents/list')
    const { status, body } = await shared().call('/readyz')
    expect([status, body.ready]).toEqual([200, true])
    expect(body.agents_connected).toBeGreaterThanOrEqual(1)
  })

  test('GET /metrics in the format of Prometheus', async () => {
    const { text } = await shared().call('/metrics')
    expect(text).toMatch(/^# HELP printmaster_agents_total Total registered agents$/m)
    expect(text).toMatch(/^printmaster_agents_total [1-9]\d*$/m)
    expect(text).toMatch(/^# HELP printmaster_devices_total Total devices across all agents$/m)
    expect(text).toMatch(/^printmaster_devices_total [1-9]\d*$/m)
  })
})
