import { describe, expect, test } from 'vitest'
import { createDeviceGauges } from '../../src/core/server/device-gauges.ts'
import { createInstruments } from '../../src/core/server/instruments.ts'
import type { Store } from '../../src/core/store/store.ts'
import { makeDevice } from './made-up-readings.ts'
import { startTestServer } from './start-test-server.ts'

describe('/metrics', () => {
  test("has the plan's names, agents by status, ingest, latencies, database and event loop", async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    await server.enrol()
    await server.call('/api/v1/agents/heartbeat', { token, body: {} })
    await server.call('/api/v1/metrics/batch', { token, body: { metrics: [{ serial: 'A' }, { serial: 'B' }] } })
    await server.call('/api/v1/metrics/batch', { token, body: { metrics: [{}] } })
    const { status, text, headers } = await server.call('/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    for (const line of [
      '# HELP printmaster_agents_total Total registered agents',
      'printmaster_agents_total 2',
      '# HELP printmaster_devices_total Total devices across all agents',
      'printmaster_devices_total 2',
      'printmaster_agents{status="active"} 1',
      'printmaster_agents{status="offline"} 1',
      'printmaster_heartbeats_total 1',
      'printmaster_batches_total{kind="metrics",outcome="stored"} 1',
      'printmaster_batches_total{kind="metrics",outcome="invalid_items"} 1',
      'printmaster_readings_total 2',
      'printmaster_ingest_pending_batches 0',
      'printmaster_http_request_duration_seconds_count{method="POST",route="/api/v1/agents/heartbeat",status="200"} 1',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(text).toMatch(/^printmaster_database_size_bytes [1-9]\d+$/m)
    expect(text).toMatch(/^printmaster_ingest_bytes_total [1-9]\d+$/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m)
  })

  test('labels carry the pattern of a route, never what was asked', async () => {
    const server = await startTestServer()
    const { token } = await server.makeToken('viewer')
    await server.call('/api/v1/devices/secret-name', { token })
    await server.call('/made-up-path', { token })
    const { text } = await server.call('/metrics')
    expect(text).toContain('route="/api/v1/devices/:device_id"')
    expect(text).not.toMatch(/secret-name|made-up-path/)
  })

  test('wants a token as soon as the request comes through a proxy', async () => {
    const server = await startTestServer()
    const { token } = await server.makeToken('viewer')
    const names = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']
    for (const name of names) {
      for (const value of ['127.0.0.1', '']) {
        const headers = { [name]: value }
        const answer = await server.call('/metrics', { headers })
        expect([name, value, answer.body?.error.code]).toEqual([name, value, 'token_missing'])
        expect((await server.call('/metrics', { headers, token })).status).toBe(200)
      }
    }
  })

  test('and when it asks for another name than that of this machine itself', async () => {
    const server = await startTestServer()
    for (const host of ['127.0.0.1', '127.0.0.1:1', '127.9.9.9', '[::1]:8080', 'localhost', 'LOCALHOST:80']) {
      expect([host, (await server.call('/metrics', { headers: { host } })).status]).toEqual([host, 200])
    }
    for (const host of ['printers.example', 'localhost.example', '127.0.0.1.example', '128.0.0.1', '[::2]', '']) {
      expect([host, (await server.call('/metrics', { headers: { host } })).status]).toEqual([host, 401])
    }
  })

  test('and always where a proxy stands in front', async () => {
    const server = await startTestServer({
      options: (defaults) => ({ ...defaults, listen: { ...defaults.listen, trusted_proxies: ['10.0.0.1'] } }),
    })
    expect((await server.call('/metrics')).body.error.code).toBe('token_missing')
  })

  test('devices are there when the switch is on: only what is known as a number, text of strangers bounded', async () => {
    const server = await startTestServer({ options: (defaults) => ({ ...defaults, device_metrics: true }) })
    const { token } = await server.enrol()
    const supplies = [
      { index: 1, kind: 'toner', color: 'black', level: { state: 'percent', percent: 0 } },
      { index: 2, kind: 'toner', color: 'cyan', level: { state: 'some' } },
      { index: 3, kind: 'drum', level: { state: 'unknown', percent: 50 } },
    ]
    const model = `Evil"\n\\printmaster_agents_total 99\u0007${'x'.repeat(200)}`
    const devices = [
      { serial: 'P1', model, page_count: 1234, supplies },
      { serial: 'P2', page_count: null },
    ]
    await server.call('/api/v1/devices/batch', { token, body: { devices } })
    const { text } = await server.call('/metrics')
    const lines = text.split('\n').filter((line) => line.startsWith('printmaster_device_'))
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^printmaster_device_page_count\{.*serial="P1".*\} 1234$/)
    expect(lines[1]).toMatch(/^printmaster_device_supply_percent\{.*supply="1",kind="toner",color="black"\} 0$/)
    expect(lines[0]).toContain('model="Evil\\" \\\\printmaster_agents_total 99 x')
    expect(lines[0]?.length).toBeLessThan(500)
    expect(text.match(/^printmaster_agents_total /gm)).toHaveLength(1)
    await server.call('/api/v1/devices/batch', { token, body: { devices: [{ ...devices[0], page_count: 1300 }] } })
    expect((await server.call('/metrics')).text).toMatch(/^printmaster_device_page_count\{.*\} 1300$/m)
  })

  test('is off for devices otherwise', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    await server.call('/api/v1/devices/batch', { token, body: { devices: [{ serial: 'P1', page_count: 5 }] } })
    expect((await server.call('/metrics')).text).not.toContain('printmaster_device_')
  })

  test('thousands of devices are read page by page, once for all who ask at one time', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const COUNT = 2000
    for (let from = 0; from < COUNT; from += 1000) {
      const devices = Array.from({ length: 1000 }, (_, i) => makeDevice(from + i, 1))
      expect((await server.call('/api/v1/devices/batch', { token, body: { devices } })).status).toBe(200)
    }
    let questions = 0
    const listDeviceLevels: Store['listDeviceLevels'] = (query) => {
      questions += 1
      return server.store.listDeviceLevels(query)
    }
    const { render } = createInstruments({
      count: () => server.store.count(90_000, Date.now()),
      pending: () => 0,
      connections: () => ({ agents: 0, views: 0 }),
      openAlerts: () => ({ agent_offline: 0, device_error: 0, device_offline: 0, supply_empty: 0, supply_low: 0 }),
      devices: createDeviceGauges({ listDeviceLevels }),
    })
    const texts = await Promise.all(Array.from({ length: 10 }, render))
    const lines = texts[0]?.split('\n') ?? []
    for (const [name, each] of [
      ['page_count', 1],
      ['supply_percent', 4],
    ]) {
      const found = lines.filter((line) => line.startsWith(`printmaster_device_${name}{`))
      const ids = new Set(found.map((line) => /device_id="([^"]+)"/.exec(line)?.[1]))
      expect([name, ids.size, found.length]).toEqual([name, COUNT, COUNT * Number(each)])
    }
    expect(new Set(texts).size).toBe(1)
    expect(questions).toBeLessThan(20)
  }, 60_000)
})
