import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { shareTestServer, startTestServer, type TestServer } from './start-test-server.ts'

const LOG = '/api/v1/audit/log'

describe('audit events of agents', () => {
  const shared = shareTestServer()

  test('are attributed to the agent of the token, and keep what a newer agent adds', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const event = {
      agent_id,
      action: 'scan_initiated',
      actor: 'schedule',
      resource_type: 'device',
      resource_id: 'ABC123',
      details: { range: '192.0.2.0/24', method: 'snmp' },
      timestamp: '2026-03-01T12:00:00Z',
      newer: [1, null],
    }
    const answer = await server.call(LOG, { token, body: event })
    expect(answer.body).toMatchObject({ success: true, received: 1, stored: 1 })
    const [entry] = (await server.store.listAudit({ limit: 1, agent_id, action: 'scan_initiated' })).items
    expect(entry).toMatchObject({
      actor_type: 'agent',
      actor: agent_id,
      agent_id,
      resource_type: 'device',
      resource_id: 'ABC123',
      outcome: 'success',
      occurred_at: '2026-03-01T12:00:00.000Z',
      ip_address: '127.0.0.1',
      details: { range: '192.0.2.0/24', method: 'snmp', event: { actor: 'schedule', newer: [1, null] } },
    })
  })

  test('come once: by their event_id, or by agent, time and content', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const timestamp = '2026-03-01T12:00:00Z'
    const body = {
      events: [
        { event_id: randomUUID(), action: 'config_changed', timestamp },
        { action: 'config_changed', timestamp, details: { key: 'rate' } },
      ],
    }
    for (let i = 0; i < 2; i++) {
      const answer = await server.call(LOG, { token, body })
      expect(answer.body).toMatchObject({ received: 2, stored: 2 })
    }
    expect((await server.store.listAudit({ limit: 10, agent_id, action: 'config_changed' })).items).toHaveLength(2)
  })

  test('a bad one among them is named, and none is stored', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const events = [{ action: 'good_one' }, { action: 'BAD ONE' }, { action: 'x', details: [] }, 5]
    const answer = await server.call(LOG, { token, body: { events } })
    expect([answer.status, answer.body.error.code]).toEqual([422, 'invalid_items'])
    expect(answer.body.error.details.items.map(({ index }: { index: number }) => index)).toEqual([1, 2, 3])
    const single = await server.call(LOG, { token, body: { action: 7 } })
    expect([single.status, single.body.error.details.fields[0].path]).toEqual([400, '/action'])
    const many = Array.from({ length: 1001 }, () => ({ action: 'x' }))
    expect((await server.call(LOG, { token, body: { events: many } })).body.error.code).toBe('too_many_items')
    for (const nothing of [[], {}, null, 'x']) {
      expect((await server.call(LOG, { token, body: { events: nothing } })).body.error.code).toBe('invalid_body')
    }
    expect((await server.store.listAudit({ limit: 10, agent_id, action: 'good_one' })).items).toEqual([])
  })
})

describe('audit of access', () => {
  test('who looked at which device, and who read the audit log, is recorded before the answer', async () => {
    const server = await startTestServer()
    const { token: agent } = await server.enrol()
    await server.call('/api/v1/devices/batch', { token: agent, body: { devices: [{ serial: 'D1' }] } })
    const viewer = await server.makeToken('viewer')
    const admin = await server.makeToken('admin')
    const [device] = (await server.call('/api/v1/devices?serial=D1', { token: viewer.token })).body.devices
    const path = `/api/v1/devices/${device.device_id}`
    await server.call(path, { token: viewer.token })
    await server.call(`${path}/metrics?from=2026-01-01`, { token: viewer.token })
    await server.call('/api/v1/devices/nothing', { token: viewer.token })
    await server.call('/api/v1/audit', { token: admin.token })
    const { entries } = (await server.call('/api/v1/audit?limit=5', { token: admin.token })).body
    const told = entries.map((entry: Record<string, string>) => [
      entry.action,
      entry.actor,
      entry.resource_id,
      entry.outcome,
    ])
    expect(told).toEqual([
      ['audit_viewed', admin.token_id, null, 'success'],
      ['device_viewed', viewer.token_id, 'nothing', 'failure'],
      ['metrics_viewed', viewer.token_id, device.device_id, 'success'],
      ['device_viewed', viewer.token_id, device.device_id, 'success'],
      ['devices_listed', viewer.token_id, null, 'success'],
    ])
    expect(entries[4].details).toMatchObject({ serial: 'D1', devices: 1 })
  })

  test('heartbeats, uploads and agent lists are counted, not audited', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const viewer = await server.makeToken('viewer')
    const before = (await server.store.listAudit({ limit: 100 })).items.length
    await server.call('/api/v1/agents/heartbeat', { token, body: {} })
    await server.call('/api/v1/metrics/batch', { token, body: { metrics: [] } })
    await server.call('/api/v1/agents/list', { token: viewer.token })
    expect((await server.store.listAudit({ limit: 100 })).items).toHaveLength(before)
  })
})

describe('/api/v1/audit', () => {
  const shared = shareTestServer()

  test('filters by agent, actor, action, resource and time, page by page', async () => {
    let now = Date.parse('2026-03-01T12:00:00Z')
    const server = await startTestServer({ now: () => now })
    const one = await server.enrol()
    const two = await server.enrol()
    const { token } = await server.makeToken('admin')
    const log = (agent: { token: string }, action: string, resource_id: string) =>
      server.call(LOG, { token: agent.token, body: { action, resource_type: 'device', resource_id } })
    await log(one, 'first_day', 'A')
    now += 86_400_000
    await log(one, 'second_day', 'B')
    await log(two, 'second_day', 'A')
    const read = async (query: string, resource = 'device') => {
      const answer = await server.call(`/api/v1/audit?resource=${resource}&${query}`, { token })
      return answer.body.entries.map(({ action, agent_id, resource_id }: Record<string, string>) =>
        [action, agent_id === one.agent_id ? 'one' : 'two', resource_id].join(' '),
      )
    }
    const all = ['second_day two A', 'second_day one B', 'first_day one A']
    expect((await read('')).filter((line: string) => line.includes('_day'))).toEqual(all)
    expect(await read(`agent_id=${one.agent_id}`)).toEqual([all[1], all[2]])
    expect(await read(`actor=${two.agent_id}`)).toEqual([all[0]])
    expect(await read('action=second_day')).toEqual([all[0], all[1]])
    expect(await read('', 'device/A')).toEqual([all[0], all[2]])
    expect(await read('action=second_day', 'device%2FB')).toEqual([all[1]])
    expect(await read('', 'network/A')).toEqual([])
    expect(await read('action=first_day&from=2026-03-01&to=2026-03-01')).toEqual([all[2]])
    expect(await read('action=second_day&from=2026-03-01&to=2026-03-01')).toEqual([])
    expect(await read('action=second_day&from=2026-03-02T13:00:00+01:00')).toEqual([all[0], all[1]])
    expect(await read('action=second_day&to=2026-03-02T12:00:00Z')).toEqual([])
    const first = (await server.call('/api/v1/audit?action=second_day&limit=1', { token })).body
    const next = `/api/v1/audit?action=second_day&limit=1&cursor=${first.next_cursor}`
    const second = (await server.call(next, { token })).body
    expect([...first.entries, ...second.entries].map(({ resource_id }) => resource_id)).toEqual(['A', 'B'])
    const wrong = await server.call('/api/v1/audit?from=2026-03-02&to=2026-03-01T00:00:00Z', { token })
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'invalid_query'])
  })

  test('a resource is TYPE or TYPE/ID, and the id may have slashes of its own', async () => {
    const server = shared()
    const agent = await server.enrol()
    const { token } = await server.makeToken('admin')
    const scan = { action: 'scan_initiated', resource_type: 'network', resource_id: '192.0.2.0/24' }
    await server.call(LOG, { token: agent.token, body: scan })
    const read = (resource: string) => server.call(`/api/v1/audit?resource=${resource}`, { token })
    expect((await read('network/192.0.2.0/24')).body.entries).toMatchObject([scan])
    expect((await read('network/192.0.2.0')).body.entries).toEqual([])
    for (const nothing of ['', '/', '/192.0.2.0', 'network/']) {
      const { status, body } = await read(nothing)
      expect([status, body.error?.code, body.error?.details.fields[0].path]).toEqual([400, 'invalid_query', 'resource'])
    }
    const former = await server.call('/api/v1/audit?resource_id=A', { token })
    expect([former.status, former.body.error.code]).toEqual([400, 'invalid_query'])
  })
})

describe('/api/v1/audit/chain', () => {
  /** Somebody with a token of his own who follows the log, one question at a time. */
  async function follow(server: TestServer) {
    const { token, token_id } = await server.makeToken('admin')
    let last = (await server.call('/api/v1/audit/head', { token })).body.end.seq
    return {
      token_id,
      async ask(): Promise<number> {
        const { entries } = (await server.call(`/api/v1/audit/chain?after=${last}&limit=200`, { token })).body
        last = entries.at(-1)?.seq ?? last
        return entries.length
      },
    }
  }

  test('two who follow the log do not record each other for good', async () => {
    const server = await startTestServer()
    const [one, other] = [await follow(server), await follow(server)]
    const { agent_id, token } = await server.enrol()
    const counts: number[] = []
    for (let i = 0; i < 8; i++) counts.push((await one.ask()) + (await other.ask()))
    expect(counts.slice(3)).toEqual([0, 0, 0, 0, 0])
    // each look at what happened is on record
    const looks = (await server.store.listAudit({ limit: 10, action: 'audit_viewed' })).items
    expect(looks.map(({ actor }) => actor).toSorted()).toEqual([one.token_id, other.token_id].toSorted())
    // what an agent says under this name is an entry like any other
    await server.call(LOG, { token, body: { agent_id, action: 'audit_viewed', details: { chain: true } } })
    expect([await one.ask(), await one.ask()]).toEqual([1, 1])
  })

  test('a look at an entry that somebody changed is answered and recorded', async () => {
    const server = await startTestServer()
    const [one, other] = [await follow(server), await follow(server)]
    await server.enrol()
    await one.ask()
    await other.ask()
    const db = new Database(server.options.database)
    onTestFinished(() => void db.close())
    db.prepare("UPDATE audit_log SET body = 'torn {' WHERE action = 'audit_viewed'").run()
    // the look of the other alone
    expect(await one.ask()).toBe(2)
    expect(await one.ask()).toBe(1)
  })

  test('the head holds nothing of what somebody did, and asking for it is not recorded', async () => {
    const server = await startTestServer()
    const { token } = await server.makeToken('admin')
    const { body } = await server.call('/api/v1/audit/head', { token })
    expect(Object.keys(JSON.parse(body.head.body))).toEqual(['format', 'kind', 'store_id', 'seq', 'hash', 'at'])
    expect((await server.call('/api/v1/audit/head', { token })).body.end).toEqual(body.end)
  })
})
