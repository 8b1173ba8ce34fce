import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { JournalError } from '../../../src/core/agent/journal/journal-error.ts'
import { FastClock } from '../../fast-clock.ts'
import { startTestServer } from '../../server/start-test-server.ts'
import { errorOf, startGateway } from './gateway.ts'
import { openUplink, recordDevice } from './open-uplink.ts'
import { listReadings } from './server-readings.ts'

async function setUp() {
  const server = await startTestServer()
  const gateway = await startGateway(server.url)
  const { token } = await server.makeToken('enrolment')
  return { server, gateway, enrolment: token }
}
const batchesOf = ({ requests }: { requests: readonly { path: string }[] }) =>
  requests.filter(({ path }) => path.endsWith('/batch')) as Awaited<
    ReturnType<typeof startGateway>
  >['requests'][number][]

describe('uploads', () => {
  it('brings readings in order, packed, with digest, time and token, and every one once', async () => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    const readings = agent.record(2500)
    agent.start()
    await agent.drained()
    expect(await listReadings(server)).toEqual(readings)
    const batches = batchesOf(gateway)
    expect(batches.map(({ json }) => json.seq)).toEqual([1, 2, 3])
    expect(batches.flatMap(({ json }) => json.metrics.map((item: { page_count: number }) => item.page_count))).toEqual(
      readings,
    )
    for (const { headers, body } of batches) {
      expect(headers['content-encoding']).toBe('gzip')
      expect(headers['content-digest']).toBe(`sha-256=:${createHash('sha256').update(body).digest('base64')}:`)
      expect(Date.parse(String(headers['sent-at']))).toBeGreaterThan(1e12)
      expect(headers.authorization).toBe(`Bearer ${agent.journal.recall('agent_token')}`)
    }
    expect(agent.uplink.facts()).toMatchObject({ state: 'connected', reason: null })
    expect(agent.uplink.facts().last_upload).not.toBeNull()
  })

  it('brings devices when told to, and metrics on their schedule', async () => {
    const { gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { options: { upload_interval_seconds: 86_400 } })
    await agent.becomes('connected')
    const before = batchesOf(gateway).length
    recordDevice(agent, 1)
    agent.record(1)
    agent.uplink.upload('devices')
    await vi.waitFor(() => expect(batchesOf(gateway)).toHaveLength(before + 1), { timeout: 5000, interval: 5 })
    expect(batchesOf(gateway).at(-1)?.path).toBe('/api/v1/devices/batch')
    await vi.waitFor(() => expect(agent.journal.count(0).queue_length).toBe(1), { timeout: 5000, interval: 5 })
    agent.uplink.upload('metrics')
    await agent.drained()
    expect(batchesOf(gateway).at(-1)?.path).toBe('/api/v1/metrics/batch')
  })

  it('puts aside what the server names as invalid, with the reason, and brings the rest', async () => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    const good = agent.record(3)
    agent.journal.record({ readings: [{ page_count: 7 }, { ip: '10.0.0.1', page_count: 'many' }] }, agent.clock.now())
    const more = agent.record(2)
    agent.start()
    await agent.drained()
    expect(await listReadings(server)).toEqual([...good, ...more])
    expect(
      agent.journal
        .listQuarantined(10)
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual([
      '/page_count must be either integer or null',
      'names no printer: give serial, mac_address, device_id or ip',
    ])
    await vi.waitFor(() => expect(agent.log.filter(({ message }) => message.includes('put aside'))).toHaveLength(1))
    expect(agent.log.find(({ message }) => message.includes('put aside'))?.fields).toMatchObject({ items: 2 })
  })

  it('halves a batch that is too large for what stands before the server, down to the one item', async () => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    const good = agent.record(600)
    // does not pack
    const large = Buffer.from(Array.from({ length: 90_000 }, (_, i) => (i * 7919 + ((i * i) % 251)) & 255)).toString(
      'base64',
    )
    agent.journal.record({ readings: [{ serial: 'LARGE', page_count: 1, note: large }] }, agent.clock.now())
    const more = agent.record(600)
    gateway.intercept = ({ path, json }) =>
      path.endsWith('/batch') && JSON.stringify(json).length > 100_000
        ? { status: 413, body: '<html>413 Request Entity Too Large</html>' }
        : null
    agent.start()
    await agent.drained()
    expect(await listReadings(server)).toEqual([...good, ...more])
    const [aside] = agent.journal.listQuarantined(10)
    expect(agent.journal.listQuarantined(10)).toHaveLength(1)
    expect(aside).toMatchObject({ item: { serial: 'LARGE' }, reason: expect.stringContaining('413') })
  })

  it('finds the one item for which a server refuses the whole body', async () => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    const readings = agent.record(100)
    const bad = readings[37]
    gateway.intercept = ({ path, json }) =>
      path.endsWith('/batch') && json.metrics.some((item: { page_count: number }) => item.page_count === bad)
        ? errorOf(400, 'invalid_body')
        : null
    agent.start()
    await agent.drained()
    expect(await listReadings(server)).toEqual(readings.filter((each) => each !== bad))
    expect(agent.journal.listQuarantined(10)).toMatchObject([
      { item: { page_count: bad }, reason: 'the server says invalid_body (invalid_body)' },
    ])
  })

  it('sends without packing to a server that reads none', async () => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    const readings = agent.record(5)
    gateway.intercept = ({ headers }) =>
      headers['content-encoding'] === 'gzip' ? errorOf(415, 'unsupported_encoding') : null
    agent.start()
    await agent.drained()
    expect(await listReadings(server)).toEqual(readings)
    expect(agent.journal.listQuarantined(1)).toEqual([])
  })

  it.each([
    ['a captive portal that says 200', { status: 200, body: '<html>Welcome to our hotel</html>' }],
    ['JSON of somebody else', { status: 200, body: { success: true, received: 5 } }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }],
    ['404', { status: 404, body: '<html>not found</html>' }],
    ['a firewall that says 400', { status: 400, body: '<html>blocked</html>' }],
    ['a firewall that says 403', { status: 403, body: '<html>blocked</html>' }],
    ['a proxy that wants a password', { status: 407, body: '' }],
    ['408', errorOf(408, 'request_timeout')],
    ['a fault of the server', errorOf(500, 'internal')],
    ['a full disk over there', errorOf(503, 'store_unavailable')],
    ['damaged bytes', errorOf(400, 'digest_mismatch')],
    ['an answer to another batch', { status: 200, body: strangeAnswer(99) }],
  ])('waits, says so once, and loses nothing at %s', async (_, answer) => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment)
    await agent.becomes('connected')
    let tries = 0
    gateway.intercept = ({ path }) => {
      if (!path.endsWith('/batch')) return null
      tries += 1
      return answer
    }
    const readings = agent.record(5)
    agent.uplink.upload('metrics')
    await agent.becomes('waiting')
    await vi.waitFor(() => expect(tries).toBeGreaterThan(3), { timeout: 10_000, interval: 5 })
    expect(agent.uplink.facts().reason).toBeTruthy()
    expect(agent.journal.count(0)).toMatchObject({ queue_length: 5, quarantined: 0 })
    expect(agent.log.filter(({ level }) => level === 'warn')).toHaveLength(1)
    gateway.intercept = () => null
    await agent.drained()
    await agent.becomes('connected')
    expect(await listReadings(server)).toEqual(readings)
    expect(agent.log.filter(({ message }) => message === 'the server takes readings')).toHaveLength(2)
  })

  it.each([
    ['stored nothing, and had nothing', { stored: 0, duplicates: 0 }],
    ['stored more than there was', { stored: 6 }],
    ['passed over none of those that it does not hold', { stored: 4, passed_over: 0 }],
    ['had more already than it holds', { duplicates: 6 }],
    ['says that it was no success', { success: false }],
  ])('does not take for a receipt that a server %s', async (_, claim) => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment)
    await agent.becomes('connected')
    let tries = 0
    gateway.intercept = ({ path, json }) => {
      if (!path.endsWith('/batch')) return null
      tries += 1
      const { journal_id, seq } = json
      const store_id = agent.journal.recall('store_id')
      return { status: 200, body: { ...strangeAnswer(5), journal_id, last_seq: seq, store_id, ...claim } }
    }
    const readings = agent.record(5)
    agent.uplink.upload('metrics')
    await agent.becomes('waiting')
    await vi.waitFor(() => expect(tries).toBeGreaterThan(3), { timeout: 10_000, interval: 5 })
    expect(agent.uplink.facts().reason).toContain('the answer contradicts itself')
    expect(agent.journal.count(0)).toMatchObject({ queue_length: 5, quarantined: 0 })
    expect(agent.log.filter(({ level }) => level === 'warn')).toHaveLength(1)
    gateway.intercept = () => null
    await agent.drained()
    expect(await listReadings(server)).toEqual(readings)
  })

  it('takes the answer of an older server that counts less for a receipt', async () => {
    const { gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    agent.record(3)
    gateway.intercept = ({ path, json }) => {
      if (!path.endsWith('/batch')) return null
      const { success, received, store_id } = strangeAnswer(3)
      return { status: 200, body: { success, received, store_id, journal_id: json.journal_id, last_seq: json.seq } }
    }
    agent.start()
    await agent.drained()
  })

  it('puts nothing aside where a proxy finds everything too large, and brings it all when that is over', async () => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    const readings = agent.record(40)
    const sizes: number[] = []
    gateway.intercept = ({ path, json }) => {
      if (!path.endsWith('/batch')) return null
      sizes.push(json.metrics.length)
      return { status: 413, body: '<html><h1>413 Request Entity Too Large</h1></html>' }
    }
    agent.start()
    await vi.waitFor(() => expect(sizes.filter((size) => size === 1).length).toBeGreaterThan(3), {
      timeout: 30_000,
      interval: 5,
    })
    expect(sizes.slice(0, 6)).toEqual([40, 20, 10, 5, 2, 1])
    expect(agent.journal.count(0)).toMatchObject({ queue_length: 40, quarantined: 0 })
    expect(agent.uplink.facts()).toMatchObject({ state: 'waiting', reason: expect.stringContaining('413') })
    gateway.intercept = () => null
    await agent.drained()
    expect(await listReadings(server)).toEqual(readings)
    expect(agent.journal.listQuarantined(1)).toEqual([])
  })

  it('says what others say in one short line', async () => {
    const { gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment)
    await agent.becomes('connected')
    const message = `all\u001b[31m\r\nis\u0007 lost${' and lost'.repeat(200)}`
    gateway.intercept = () => ({ status: 500, body: { error: { code: 'internal', message } } })
    agent.record(1)
    agent.uplink.upload('metrics')
    await agent.becomes('waiting')
    const reason = String(agent.log.find(({ level }) => level === 'warn')?.fields.reason)
    expect(reason).toMatch(/^all is lost and lost.*…$/)
    expect(reason.length).toBeLessThanOrEqual(300)
  })

  it.each([
    ['of all', 429, 'rate_limited'],
    ['of one request', 503, 'overloaded'],
  ])('does not keep with another server to what the one before asked %s', async (_, status, code) => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { clock: new FastClock(20) })
    await agent.becomes('connected')
    gateway.intercept = () => ({ ...errorOf(status, code), headers: { 'retry-after': '840' } })
    const readings = agent.record(3)
    agent.uplink.upload('metrics')
    await agent.becomes('waiting')
    const before = agent.clock.monotonic()
    agent.uplink.reconfigure({ ...agent.options, url: server.url })
    await agent.drained()
    expect(agent.clock.monotonic() - before).toBeLessThan(800_000)
    expect(await listReadings(server)).toEqual(readings)
  })

  it.each([
    ['seconds', () => '40'],
    ['a date', () => new Date(Date.now() + 41_000).toUTCString()],
  ])('keeps to Retry-After in %s', async (_, wait) => {
    const { gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment)
    await agent.becomes('connected')
    const at: number[] = []
    gateway.intercept = ({ path }) => {
      if (!path.endsWith('/batch')) return null
      at.push(agent.clock.monotonic())
      return at.length > 1 ? null : { ...errorOf(503, 'overloaded'), headers: { 'retry-after': wait() } }
    }
    agent.record(1)
    agent.uplink.upload('metrics')
    await agent.drained()
    const [first = 0, second = 0] = at
    expect(second - first).toBeGreaterThanOrEqual(39_000)
    expect(second - first).toBeLessThan(900_000)
  })

  it('is wholly quiet for as long as a 429 asks', async () => {
    const { gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment)
    await agent.becomes('connected')
    let refused_at: number | null = null
    const later: number[] = []
    gateway.intercept = ({ path }) => {
      const now = agent.clock.monotonic()
      if (refused_at !== null) later.push(now)
      if (refused_at !== null || !path.endsWith('/batch')) return null
      refused_at = now
      return { ...errorOf(429, 'rate_limited'), headers: { 'retry-after': '60' } }
    }
    agent.record(1)
    agent.uplink.upload('metrics')
    await agent.drained()
    // a heartbeat may have been on its way when the answer came
    const quiet = later.filter((at) => at - (refused_at as number) > 2000)
    expect(Math.min(...quiet) - (refused_at as unknown as number)).toBeGreaterThanOrEqual(60_000)
  })

  it('makes batches smaller where the line carries heartbeats and no large body', async () => {
    const { server, gateway, enrolment } = await setUp()
    const times = { connect_ms: 500, small_ms: 500, batch_ms: 500 }
    const agent = openUplink(gateway.url, enrolment, { waits: true, parts: { times } })
    const readings = agent.record(40)
    gateway.intercept = ({ path, json }) =>
      path.endsWith('/batch') && json.metrics.length > 12 ? new Promise(() => undefined) : null
    agent.start()
    await agent.drained()
    expect(await listReadings(server)).toEqual(readings)
    expect(agent.forks()).toBe(0)
    expect(agent.journal.listQuarantined(1)).toEqual([])
  })

  it('sends again what the server has and the journal could not note, and goes on by itself', async () => {
    const { server, gateway, enrolment } = await setUp()
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    const readings = agent.record(5)
    const { acknowledge } = agent.journal
    let failures = 0
    agent.journal.acknowledge = (batch, now) => {
      failures += 1
      if (failures < 4) throw new JournalError('full', 'the disk of the journal is full')
      acknowledge(batch, now)
    }
    agent.start()
    await agent.becomes('waiting')
    expect(agent.uplink.facts().reason).toBe('the disk of the journal is full')
    await agent.drained()
    await agent.becomes('connected')
    expect(new Set(batchesOf(gateway).map(({ body }) => body.toString('base64'))).size).toBe(1)
    expect(await listReadings(server)).toEqual(readings)
  })

  it('keeps to two batches a second while it has a backlog', async () => {
    const { gateway, enrolment } = await setUp()
    const at: number[] = []
    const agent = openUplink(gateway.url, enrolment, { waits: true })
    gateway.intercept = ({ path }) => {
      if (path.endsWith('/batch')) at.push(agent.clock.monotonic())
      return null
    }
    agent.record(6000)
    agent.start()
    await agent.drained()
    expect(at).toHaveLength(6)
    for (let i = 1; i < at.length; i++) expect((at[i] as number) - (at[i - 1] as number)).toBeGreaterThan(400)
  })
})

function strangeAnswer(received: number) {
  const server_time = new Date().toISOString()
  const counts = { received, stored: received, duplicates: 0, passed_over: 0 }
  return { success: true, ...counts, journal_id: null, last_seq: null, store_id: 'other', server_time }
}
