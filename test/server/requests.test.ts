import { randomUUID } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { shareTestServer, startTestServer } from './start-test-server.ts'

const HEARTBEAT = '/api/v1/agents/heartbeat'

describe('bodies', () => {
  const shared = shareTestServer()
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', (bytes: Uint8Array) => bytes],
  ] as const)('Content-Encoding: %s is read in heartbeats and batches', async (encoding, pack) => {
    const server = shared()
    const { token } = await server.enrol()
    const headers = { 'content-encoding': encoding }
    const heartbeat = pack(Buffer.from(JSON.stringify({ status: 'active' })))
    expect((await server.call(HEARTBEAT, { token, headers, body: heartbeat })).status).toBe(200)
    const batch = pack(Buffer.from(JSON.stringify({ devices: [{ serial: `of ${encoding}` }] })))
    const answer = await server.call('/api/v1/devices/batch', { token, headers, body: batch })
    expect(answer.body).toMatchObject({ success: true, received: 1, stored: 1 })
  })

  test('another encoding is 415 with Accept-Encoding', async () => {
    const server = shared()
    const { token } = await server.enrol()
    for (const path of [HEARTBEAT, '/api/v1/metrics/batch']) {
      for (const encoding of ['compress', 'gzip, br', 'constructor']) {
        const answer = await server.call(path, { token, body: '{}', headers: { 'content-encoding': encoding } })
        expect([answer.status, answer.body.error.code]).toEqual([415, 'unsupported_encoding'])
        expect(answer.headers['accept-encoding']).toContain('gzip')
      }
    }
  })

  test('a gzip bomb is 413, small and large bodies alike, and the server goes on', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const headers = { 'content-encoding': 'gzip' }
    const small = gzipSync(Buffer.alloc(8 * 1024 * 1024, 0x20))
    const large = gzipSync(Buffer.alloc(80 * 1024 * 1024, 0x20))
    for (const [path, body] of [
      [HEARTBEAT, small],
      ['/api/v1/metrics/batch', large],
    ] as const) {
      const answer = await server.call(path, { token, headers, body })
      expect([answer.status, answer.body.error.code]).toEqual([413, 'body_too_large'])
      expect(answer.body.error.details.limit).toBeGreaterThan(0)
    }
    expect((await server.call(HEARTBEAT, { token, body: {} })).status).toBe(200)
  })

  test('bytes that are not what the encoding says are invalid_request', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const headers = { 'content-encoding': 'gzip' }
    for (const path of [HEARTBEAT, '/api/v1/devices/batch']) {
      const answer = await server.call(path, { token, headers, body: '{}' })
      expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request'])
    }
  })

  test.each([
    ['nothing', ''],
    ['half of it', '{"status":'],
    ['something else', 'status=active'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('%s is invalid_json', async (_, body) => {
    const server = shared()
    const { token } = await server.enrol()
    for (const path of [HEARTBEAT, '/api/v1/devices/batch', '/api/v1/audit/log']) {
      const answer = await server.call(path, { token, body, method: 'POST' })
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 400, 'invalid_json'])
    }
  })

  test('no body at all, without a Content-Type, is invalid_json', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const answer = await server.call(HEARTBEAT, { token, method: 'POST' })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_json'])
  })

  test('another media type is 415; a charset does not count', async () => {
    const server = shared()
    const { token } = await server.enrol()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense', 'application/json-patch+json']) {
      const answer = await server.call(HEARTBEAT, { token, body: '{}', headers: { 'content-type': type } })
      expect([type, answer.status, answer.body.error.code]).toEqual([type, 415, 'unsupported_media_type'])
    }
    const headers = { 'content-type': 'Application/JSON; charset=latin1' }
    expect((await server.call(HEARTBEAT, { token, body: '{}', headers })).status).toBe(200)
  })

  test('a body beyond the limit is 413 before it is read', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const heartbeat = await server.call(HEARTBEAT, { token, body: `{"name":"${'x'.repeat(70_000)}"}` })
    expect([heartbeat.status, heartbeat.body.error.code]).toEqual([413, 'body_too_large'])
    expect(heartbeat.body.error.details).toEqual({ limit: 65_536 })
  })

  test('a body of many levels is refused, and stays within the stack', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const deep = `{"status":"active","more":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    const answer = await server.call(HEARTBEAT, { token, body: deep })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_body'])
  })

  test('__proto__ in a body changes nothing', async () => {
    const server = shared()
    const { token } = await server.enrol()
    const body = '{"__proto__":{"agent_id":"other"},"constructor":{"prototype":{"polluted":1}},"status":"active"}'
    expect((await server.call(HEARTBEAT, { token, body })).status).toBe(200)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('no coercion', () => {
  const shared = shareTestServer()
  test('true is not 1, "1" is not 1, and the field is named', async () => {
    const server = shared()
    const { token } = await server.enrol()
    for (const wrong of [true, '1', [1], {}, 1.5, -1]) {
      const answer = await server.call(HEARTBEAT, { token, body: { devices_count: wrong } })
      expect([wrong, answer.status, answer.body.error.code]).toEqual([wrong, 400, 'invalid_body'])
      expect(answer.body.error.details.fields[0].path).toBe('/devices_count')
    }
  })

  test('null stays null: it is no 0 and no text', async () => {
    const server = shared()
    const { agent_id, token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const nothing = { devices_count: null, memory_mb: null, hostname: null, last_error: null, queue_length: null }
    expect((await server.call(HEARTBEAT, { token, body: nothing })).status).toBe(200)
    const agent = (await server.call(`/api/v1/agents/${agent_id}`, { token: viewer })).body
    expect(agent).toMatchObject({ memory_mb: null, hostname: null, last_error: null, queue_length: null })
  })

  test('unknown keys of a reading are kept', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const item = { serial: 'K1', page_count: null, color_pages: 0, newer: { things: [null, true, 'x'] } }
    await server.call('/api/v1/metrics/batch', { token, body: { metrics: [item] } })
    const device = (await server.call('/api/v1/devices', { token: viewer })).body.devices[0]
    expect(device.page_count).toBeNull()
    const { metrics } = (await server.call(`/api/v1/devices/${device.device_id}/metrics`, { token: viewer })).body
    expect(metrics).toHaveLength(1)
    expect(metrics[0]).toMatchObject({ serial: 'K1', color_pages: 0, newer: { things: [null, true, 'x'] } })
  })

  test('numbers that no column holds are refused, and those at the edge are taken', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const fits = { serial: 'N1', printer_index: 2_147_483_647, port: 65_535, page_count: Number.MAX_SAFE_INTEGER }
    expect((await server.call('/api/v1/devices/batch', { token, body: { devices: [fits] } })).status).toBe(200)
    const beyond = ['"printer_index":1e300', '"printer_index":2147483648', '"printer_index":-1', '"port":1e300']
    for (const member of [
      ...beyond,
      '"page_count":1e300',
      '"supplies":[{"level":{"state":"percent","percent":1e999}}]',
    ]) {
      for (const kind of ['devices', 'metrics']) {
        const body = `{"${kind}":[{"serial":"N2",${member}}]}`
        const answer = await server.call(`/api/v1/${kind}/batch`, { token, body })
        expect([member, answer.status, answer.body.error.code]).toEqual([member, 422, 'invalid_items'])
      }
    }
    for (const name of ['uptime_seconds', 'memory_mb', 'cpu_percent', 'queue_age_seconds', 'queue_length']) {
      for (const number of ['1e999', '-1e999']) {
        const answer = await server.call(HEARTBEAT, { token, body: `{"${name}":${number}}` })
        expect([name, answer.status, answer.body.error.code]).toEqual([name, 400, 'invalid_body'])
      }
    }
  })

  test('a body that is no object is invalid_body', async () => {
    const server = shared()
    const { token } = await server.enrol()
    for (const body of ['null', '[]', '1', '"text"', 'true']) {
      const answer = await server.call(HEARTBEAT, { token, body })
      expect([body, answer.status, answer.body.error.code]).toEqual([body, 400, 'invalid_body'])
    }
  })
})

describe('queries', () => {
  const shared = shareTestServer()
  test.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['unknown=1', 'unknown'],
    ['supply_below=102', 'supply_below'],
    ['sort=nothing', 'sort'],
    ['seen_since=yesterday', 'seen_since'],
    ['agent_id=%20', 'agent_id'],
    ['__proto__=1', '__proto__'],
    ['search=%00', 'search'],
    ['serial=a%0Ab', 'serial'],
    ['site_id=%C2%85', 'site_id'],
    ['cursor=%00', 'cursor'],
  ])('%s is invalid_query and names the parameter', async (query, name) => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    const answer = await server.call(`/api/v1/devices?${query}`, { token })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_query'])
    expect(answer.body.error.details.fields[0].path).toBe(name)
  })

  test('digits stay text where the schema wants text', async () => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    expect((await server.call('/api/v1/devices?serial=123&supply_below=10', { token })).status).toBe(200)
  })

  test('a cursor that this server did not give is invalid_cursor', async () => {
    const server = shared()
    const { token } = await server.makeToken('admin')
    for (const path of ['/api/v1/devices', '/api/v1/agents/list', '/api/v1/audit']) {
      for (const cursor of ['nonsense', btoa('{"a":1}')]) {
        const answer = await server.call(`${path}?cursor=${cursor}`, { token })
        expect([path, cursor, answer.status, answer.body.error.code]).toEqual([path, cursor, 400, 'invalid_cursor'])
      }
    }
  })

  test('metacharacters of SQL and of paths are text', async () => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    for (const text of ["' OR 1=1 --", '%', '_', '"; DROP TABLE devices; --', '*', '\\']) {
      const answer = await server.call(`/api/v1/devices?search=${encodeURIComponent(text)}`, { token })
      expect([text, answer.status]).toEqual([text, 200])
      expect(answer.body.devices).toEqual([])
      const one = await server.call(`/api/v1/devices/${encodeURIComponent(text)}`, { token })
      expect([text, one.status]).toEqual([text, 404])
    }
    expect((await server.call('/api/v1/devices/..%2f..%2fetc%2fpasswd', { token })).status).toBe(404)
  })
})

describe('paths and methods', () => {
  const shared = shareTestServer()
  test('an unknown path is not_found; another method 405 with Allow', async () => {
    const server = shared()
    const { token } = await server.makeToken('admin')
    const unknown = await server.call('/api/v2/devices', { token })
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'not_found'])
    for (const [path, method, allow] of [
      ['/api/v1/devices', 'DELETE', 'GET, HEAD'],
      ['/api/v1/agents/heartbeat', 'GET', null],
      ['/api/v1/tokens', 'PUT', 'GET, HEAD, POST'],
      ['/api/v1/devices/batch', 'PATCH', null],
      ['/healthz', 'POST', 'GET, HEAD'],
    ] as const) {
      const answer = await server.call(path, { method, token })
      if (allow === null) continue
      expect([path, answer.status, answer.body.error?.code]).toEqual([path, 405, 'method_not_allowed'])
      expect(String(answer.headers.allow).split(', ').sort()).toEqual(allow.split(', ').sort())
    }
  })

  test('HEAD answers like GET, without the body', async () => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    for (const path of ['/healthz', '/api/v1/devices', '/api/v1/agents/list', '/metrics']) {
      const answer = await server.call(path, { method: 'HEAD', token })
      expect([path, answer.status, answer.text]).toEqual([path, 200, ''])
      expect(Number(answer.headers['content-length'])).toBeGreaterThan(0)
    }
  })

  test('a long URL is 414, a broken percent encoding 400', async () => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    const long = await server.call(`/api/v1/devices?search=${'x'.repeat(3000)}`, { token })
    expect([long.status, long.body.error.code]).toEqual([414, 'uri_too_long'])
    const broken = await server.call('/api/v1/devices/%zz', { token })
    expect([broken.status, broken.body.error.code]).toEqual([400, 'invalid_request'])
    const long_id = await server.call(`/api/v1/devices/${'x'.repeat(1500)}`, { token })
    expect([long_id.status, long_id.body.error.code]).toEqual([404, 'not_found'])
  })

  test('every answer has an id, is not kept by anybody, and is what it says', async () => {
    const server = shared()
    const { token } = await server.makeToken('viewer')
    const ids = new Set()
    for (const path of ['/healthz', '/nothing', '/api/v1/devices', '/metrics']) {
      const { headers } = await server.call(path, { token, headers: { 'x-request-id': 'mine' } })
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
      ids.add(headers['x-request-id'])
    }
    expect(ids.size).toBe(4)
    expect(ids.has('mine')).toBe(false)
  })
})

describe('batches', () => {
  test('a batch sent again gives the first answer and says so; a fork is 409', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const body = { journal_id: randomUUID(), seq: 1, metrics: [{ serial: 'R1', page_count: 1 }] }
    const first = await server.call('/api/v1/metrics/batch', { token, body })
    const second = await server.call('/api/v1/metrics/batch', { token, body })
    expect([first.status, first.headers['idempotent-replayed']]).toEqual([200, undefined])
    expect([second.status, second.headers['idempotent-replayed']]).toEqual([200, 'true'])
    expect(second.body).toEqual(first.body)
    const fork = await server.call('/api/v1/metrics/batch', {
      token,
      body: { ...body, metrics: [{ serial: 'R1', page_count: 2 }] },
    })
    expect([fork.status, fork.body.error.code]).toEqual([409, 'journal_fork'])
  })

  test('bad items are named and nothing is stored', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const body = { devices: [{ serial: 'A' }, { serial: 5 }, {}] }
    const answer = await server.call('/api/v1/devices/batch', { token, body })
    expect([answer.status, answer.body.error.code]).toEqual([422, 'invalid_items'])
    expect(answer.body.error.details.items.map(({ index }: { index: number }) => index)).toEqual([1, 2])
    expect((await server.call('/api/v1/devices', { token: viewer })).body.devices).toEqual([])
  })

  test('a reading_id of the version that the server derives is refused, those of agents are taken', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const upload = (version: string) => {
      const reading_id = `0197f2b0-0000-${version}000-8000-00000000000${version}`
      return server.call('/api/v1/metrics/batch', { token, body: { metrics: [{ serial: 'V', reading_id }] } })
    }
    for (const version of ['1', '4', '7']) expect((await upload(version)).body.stored).toBe(1)
    for (const version of ['0', '8', 'f']) {
      const answer = await upload(version)
      expect([answer.status, answer.body.error.code]).toEqual([422, 'invalid_items'])
      expect(answer.body.error.details.items[0].mistakes[0].path).toBe('/reading_id')
    }
  })

  test('too many items, and a digest that does not fit', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const devices = Array.from({ length: 1001 }, (_, i) => ({ serial: `S${i}` }))
    const many = await server.call('/api/v1/devices/batch', { token, body: { devices } })
    expect([many.status, many.body.error.code]).toEqual([413, 'too_many_items'])
    const headers = { 'content-digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:` }
    const digest = await server.call('/api/v1/devices/batch', { token, headers, body: { devices: [] } })
    expect([digest.status, digest.body.error.code]).toEqual([400, 'digest_mismatch'])
  })

  test('Sent-At tells the clock offset of the agent', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const viewer = (await server.makeToken('viewer')).token
    const headers = { 'sent-at': new Date(Date.now() - 3_600_000).toISOString() }
    await server.call('/api/v1/metrics/batch', { token, headers, body: { metrics: [{ serial: 'T1' }] } })
    const [device] = (await server.call('/api/v1/devices', { token: viewer })).body.devices
    const { metrics } = (await server.call(`/api/v1/devices/${device.device_id}/metrics`, { token: viewer })).body
    expect(metrics[0].clock_offset_ms).toBeGreaterThan(-3_610_000)
    expect(metrics[0].clock_offset_ms).toBeLessThan(-3_590_000)
  })
})
