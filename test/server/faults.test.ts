import { renameSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startTestServer, type TestServer } from './start-test-server.ts'

const HEARTBEAT = '/api/v1/agents/heartbeat'
const REFUSES = 'the database refuses writes'
const TAKES_AGAIN = 'the database takes writes again'

/** Another process that holds the write lock of the database until it is told to let go. */
function holdWriteLock(server: TestServer): () => void {
  const db = new Database(server.options.database)
  db.exec('BEGIN IMMEDIATE')
  const release = () => void (db.open && db.close())
  onTestFinished(release)
  return release
}

describe('a fault of the server', () => {
  test('an answer that does not fit its schema is 500 with a request_id, and tells nothing of the inside', async () => {
    const server = await startTestServer()
    const { agent_id } = await server.enrol()
    const db = new Database(server.options.database)
    onTestFinished(() => void db.close())
    db.prepare('UPDATE agents SET hostname = ?').run('inside'.repeat(100))
    const { token } = await server.makeToken('viewer')
    const answer = await server.call(`/api/v1/agents/${agent_id}`, { token })
    expect([answer.status, answer.body.error.code]).toEqual([500, 'internal'])
    expect(answer.body.error.details).toEqual({ request_id: answer.headers['x-request-id'] })
    expect(answer.text).not.toMatch(/inside|hostname|schema|\.ts/)
    const line = server.log.find(({ level }) => level === 'error')
    expect(line?.fields).toMatchObject({
      request_id: answer.headers['x-request-id'],
      route: '/api/v1/agents/:agent_id',
    })
    expect(String(line?.fields.err)).toContain('/hostname')
  })
})

describe('a database that does not write', () => {
  test('a batch that it refused makes the server not ready until it takes one, though no agent lives', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const bring = (serial: string) => server.call('/api/v1/devices/batch', { token, body: { devices: [{ serial }] } })
    expect((await server.call('/readyz')).body.ready).toBe(true)
    const release = holdWriteLock(server)
    expect((await bring('A')).status).toBe(503)
    const unready = await server.call('/readyz')
    expect([unready.status, unready.body.ready]).toEqual([503, false])
    expect((await server.call('/healthz')).status).toBe(200)
    release()
    expect((await bring('A')).status).toBe(200)
    expect((await server.call('/readyz')).body.ready).toBe(true)
  }, 60_000)

  test('refuses with 503 store_unavailable, while heartbeats still answer; ready again after it', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const enrolment = (await server.makeToken('enrolment')).token
    const release = holdWriteLock(server)
    expect((await server.call(HEARTBEAT, { token, body: { hostname: 'later' } })).status).toBe(200)
    const refused = await Promise.all([
      server.call('/api/v1/agents/register', { token: enrolment, body: {} }),
      server.call('/api/v1/devices/batch', { token, body: { devices: [{ serial: 'A' }] } }),
      server.call('/api/v1/devices', { token: viewer }), // it cannot be recorded who looked
    ])
    for (const answer of refused) {
      expect([answer.status, answer.body.error.code]).toEqual([503, 'store_unavailable'])
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect(answer.text).not.toContain('printmaster.db')
    }
    expect((await server.call(HEARTBEAT, { token, body: { hostname: 'later' } })).status).toBe(200)
    await server.logged(REFUSES)
    const unready = await server.call('/readyz')
    expect([unready.status, unready.body.ready]).toEqual([503, false])
    expect((await server.call('/healthz')).status).toBe(200)
    release()
    await server.logged(TAKES_AGAIN)
    const ready = await server.call('/readyz')
    expect(ready.body).toEqual({ ready: true, agents_connected: expect.any(Number) })
    const { agents } = (await server.call('/api/v1/agents/list', { token: viewer })).body
    expect(agents[0].hostname).toBe('later')
    expect((await server.call('/api/v1/devices', { token: viewer })).body.devices).toEqual([])
  }, 60_000)

  test('more waiting than it takes is 503 overloaded with Retry-After; what was taken is stored', async () => {
    const server = await startTestServer()
    const agents = await Promise.all(Array.from({ length: 60 }, () => server.enrol()))
    const release = holdWriteLock(server)
    const uploads = [...agents, ...agents].map(({ token }, i) =>
      server.call('/api/v1/devices/batch', { token, body: { devices: [{ serial: `S${i}` }] } }),
    )
    const overloaded = await Promise.race(
      uploads.map(async (upload) => {
        const answer = await upload
        return answer.status === 503 ? answer : new Promise<never>(() => undefined)
      }),
    )
    expect(overloaded.body.error.code).toBe('overloaded')
    expect(overloaded.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    release()
    const answers = await Promise.all(uploads)
    const stored = answers.filter(({ status }) => status === 200).length
    expect(stored).toBeGreaterThanOrEqual(64)
    expect((await server.store.listDevices({ limit: 1000 })).items).toHaveLength(stored)
  }, 60_000)

  test('so are more lists at one time than it reads; those that wait are answered', async () => {
    const server = await startTestServer()
    const { token } = await server.makeToken('viewer')
    const release = holdWriteLock(server) // a list is answered when it is recorded who asked
    const paths = ['devices', 'devices/none', 'devices/none/metrics'] as const
    const lists = Array.from({ length: 100 }, (_, i) => server.call(`/api/v1/${paths[i % paths.length]}`, { token }))
    const overloaded = await Promise.race(
      lists.map(async (list) => {
        const answer = await list
        return answer.status === 503 ? answer : new Promise<never>(() => undefined)
      }),
    )
    expect(overloaded.body.error.code).toBe('overloaded')
    expect(overloaded.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect((await server.call('/healthz')).status).toBe(200)
    release()
    const statuses = (await Promise.all(lists)).map(({ status }) => status)
    expect(statuses.filter((status) => status !== 503).length).toBeGreaterThanOrEqual(64)
    expect((await server.call('/api/v1/devices', { token })).status).toBe(200)
  }, 60_000)
})

describe('a database that is no longer where it was', () => {
  test('refuses all that would write, is not ready and says once why; put back, all goes on', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const bring = (serial: string) => server.call('/api/v1/devices/batch', { token, body: { devices: [{ serial }] } })
    expect((await bring('SN-1')).status).toBe(200)
    const { database } = server.options
    const aside = `${database}.aside`
    renameSync(database, aside)
    const list = () => server.call('/api/v1/devices', { token: viewer })
    // no batch and no heartbeat has told yet
    expect((await list()).body.error.code).toBe('store_unavailable')
    const line = await server.logged(REFUSES)
    expect(line.fields.reason).toMatch(/printmaster\.db was removed, moved or replaced.*put it back, or restart/)
    expect((await server.call('/readyz')).body.ready).toBe(false)
    expect((await server.call(HEARTBEAT, { token, body: { hostname: 'later' } })).status).toBe(200)
    for (const refused of [await bring('SN-2'), await bring('SN-3'), await list()]) {
      expect([refused.status, refused.body.error.code]).toEqual([503, 'store_unavailable'])
    }
    // presence is decided meanwhile or not, and says for itself that it cannot be written
    const others = server.log.filter(({ level, message }) => level === 'error' && !message.startsWith('presence'))
    expect(others).toEqual([line])
    renameSync(aside, database)
    await server.logged(TAKES_AGAIN)
    expect((await server.call('/readyz')).body.ready).toBe(true)
    expect((await bring('SN-2')).status).toBe(200)
    const { agents } = (await server.call('/api/v1/agents/list', { token: viewer })).body
    expect(agents[0].hostname).toBe('later')
    const serials = (await list()).body.devices.map(({ serial }: { serial: string }) => serial)
    expect(serials.toSorted()).toEqual(['SN-1', 'SN-2'])
  }, 60_000)
})
