import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { bodyOf, openRaw } from './raw-connection.ts'
import { startTestServer } from './start-test-server.ts'

describe('closing', () => {
  test('what is in flight is finished, and the connection ends after it', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const raw = await openRaw(server.url)
    const body = JSON.stringify({ journal_id: randomUUID(), seq: 1, metrics: [{ serial: 'A', page_count: 1 }] })
    raw.write(
      `POST /api/v1/metrics/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nExpect: 100-continue\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    )
    await raw.received('100 Continue') // it is being answered now
    const closed = server.server.close()
    raw.write(body.slice(10))
    const text = await raw.closed()
    await closed
    expect(text).toContain('HTTP/1.1 200 OK')
    expect(text.toLowerCase()).toContain('connection: close')
    expect(bodyOf(text)).toMatchObject({ stored: 1 })
    expect((await server.store.listDevices({ limit: 10 })).items).toHaveLength(1)
  })

  test('a new request on an open connection gets 503 shutting_down and Connection: close', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const raw = await openRaw(server.url)
    raw.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await raw.received('"status":"ok"')
    // a request that began before and whose headers end after
    raw.write(`POST /api/v1/agents/heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`)
    await server.call('/healthz')
    const closed = server.server.close()
    raw.write('Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
    const text = await raw.closed()
    await closed
    expect(text).toContain('HTTP/1.1 503 ')
    expect(text.toLowerCase()).toContain('connection: close')
    expect(bodyOf(text).error.code).toBe('shutting_down')
  })

  test('new connections are refused, idle ones ended, and it may be told twice', async () => {
    const server = await startTestServer()
    const raw = await openRaw(server.url)
    raw.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await raw.received('"status":"ok"')
    await Promise.all([server.server.close(), server.server.close(), raw.closed()])
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  })

  test('heartbeats that wait are written', async () => {
    const server = await startTestServer()
    const { agent_id, token } = await server.enrol()
    await server.call('/api/v1/agents/heartbeat', { token, body: { hostname: 'last-words' } })
    await server.server.close()
    const agent = await server.store.findAgent(agent_id, 90_000, Date.now())
    expect(agent?.hostname).toBe('last-words')
  })

  test('a client that does not end is cut after the time for closing', async () => {
    const server = await startTestServer({ times: { closing_ms: 300 } })
    const { token } = await server.enrol()
    const raw = await openRaw(server.url)
    raw.write(
      `POST /api/v1/metrics/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nExpect: 100-continue\r\n` +
        'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    )
    await raw.received('100 Continue')
    const began = performance.now()
    await server.server.close()
    expect(performance.now() - began).toBeLessThan(5000)
    await raw.closed()
  })

  test('under load every batch that was answered 200 is there, and no other', async () => {
    const server = await startTestServer()
    const agents = await Promise.all([server.enrol(), server.enrol(), server.enrol(), server.enrol()])
    const stored: string[] = []
    let closing = false
    const refused: string[] = []
    const upload = async (token: string, name: number) => {
      const journal_id = randomUUID()
      for (let seq = 1; ; seq++) {
        const serial = `L${name}-${seq}`
        const metrics = Array.from({ length: 50 }, (_, i) => ({ serial: `${serial}-${i}`, page_count: i }))
        try {
          const answer = await server.call('/api/v1/metrics/batch', { token, body: { journal_id, seq, metrics } })
          if (answer.status === 200) stored.push(serial)
          else refused.push(answer.body.error.code)
          if (answer.status !== 200) return
        } catch {
          return expect(closing).toBe(true)
        }
      }
    }
    const uploads = agents.map(({ token }, i) => upload(token, i))
    while (stored.length < 20) await new Promise((resolve) => setImmediate(resolve))
    closing = true
    await server.server.close()
    await Promise.all(uploads)
    expect(refused.filter((code) => code !== 'shutting_down')).toEqual([])
    const store = openSqliteStore(server.options.database)
    onTestFinished(() => store.close())
    const serials = new Set<string>()
    let cursor: string | null | undefined
    do {
      const page = await store.listDevices({ limit: 1000, ...(cursor && { cursor }) })
      for (const { serial } of page.items) serials.add((serial as string).replace(/-\d+$/, ''))
      cursor = page.next_cursor
    } while (cursor !== null)
    expect([...serials].toSorted()).toEqual(stored.toSorted())
  })
})
