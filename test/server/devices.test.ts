import Database from 'better-sqlite3'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { shareTestServer, startTestServer } from './start-test-server.ts'

describe('/api/v1/devices', () => {
  const shared = shareTestServer()
  let viewer: string

  beforeAll(async () => {
    const { token } = await shared().enrol('agent-a')
    const devices = Array.from({ length: 25 }, (_, i) => ({
      serial: `D${String(i).padStart(2, '0')}`,
      manufacturer: i % 2 === 0 ? 'HP' : 'Kyocera',
      model: `Model ${i % 5}`,
      ip: `192.0.2.${i + 1}`,
      location: i < 3 ? 'Lager Süd' : null,
      page_count: i === 24 ? null : i * 100,
      supplies: [{ index: 1, kind: 'toner', level: i < 5 ? { state: 'percent', percent: i } : { state: 'some' } }],
    }))
    await shared().call('/api/v1/devices/batch', { token, body: { devices } })
    viewer = (await shared().makeToken('viewer')).token
  })

  const read = async (path: string) => {
    const answer = await shared().call(path, { token: viewer })
    expect([path, answer.status]).toEqual([path, 200])
    return answer.body
  }
  const serials = async (query: string): Promise<string[]> =>
    (await read(`/api/v1/devices?${query}`)).devices.map(({ serial }: { serial: string }) => serial)

  test('filters by maker, model, supply, agent and part of a text', async () => {
    expect(await serials('manufacturer=KYOCERA')).toHaveLength(12)
    expect(await serials('manufacturer=hp&model=model%200')).toHaveLength(3)
    expect((await serials('supply_below=3')).toSorted()).toEqual(['D00', 'D01', 'D02'])
    expect((await serials('search=s%C3%BCd')).toSorted()).toEqual(['D00', 'D01', 'D02'])
    expect(await serials('agent_id=agent-a&serial=D07')).toEqual(['D07'])
    expect(await serials('agent_id=agent-b')).toEqual([])
    expect(await serials('ip=192.0.2.4')).toEqual(['D03'])
    expect(await serials('seen_since=2999-01-01')).toEqual([])
    expect(await serials('seen_since=2000-01-01')).toHaveLength(25)
  })

  test.each(['page_count', '-page_count', 'serial', '-serial', 'lowest_supply', '-last_seen'])(
    'sorted by %s the pages together are the whole list, each device once, null last',
    async (sort) => {
      const found: { serial: string; page_count: number | null }[] = []
      let cursor: string | null = null
      do {
        const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const page = await read(`/api/v1/devices?sort=${sort}&limit=7${next}`)
        expect(page.devices.length).toBeLessThanOrEqual(7)
        found.push(...page.devices)
        cursor = page.next_cursor
      } while (cursor !== null)
      expect(new Set(found.map(({ serial }) => serial)).size).toBe(25)
      expect(found).toHaveLength(25)
      if (sort.endsWith('page_count')) expect(found.at(-1)?.page_count).toBeNull()
      if (sort === 'page_count') expect(found[0]?.page_count).toBe(0)
      if (sort === '-page_count') expect(found[0]?.page_count).toBe(2300)
    },
  )

  test('a device shows its identities, who read it, and its last reading whole', async () => {
    const [{ device_id }] = (await read('/api/v1/devices?serial=D02')).devices
    const device = await read(`/api/v1/devices/${device_id}`)
    expect(device).toMatchObject({
      device_id,
      serial: 'D02',
      lowest_supply: 2,
      merged: [],
      agents: [{ agent_id: 'agent-a' }],
    })
    expect(device.identities.map(({ kind }: { kind: string }) => kind)).toContain('serial')
    expect(device.snapshot).toMatchObject({ serial: 'D02', location: 'Lager Süd' })
  })

  test('its readings come raw, by hour and by day, oldest first', async () => {
    const { token } = await shared().enrol('agent-m')
    const metrics = [0, 1, 2, 24, 25].map((hour) => ({
      serial: 'M1',
      page_count: 1000 + hour,
      sampled_at: new Date(Date.UTC(2026, 2, 1, hour, 30)).toISOString(),
    }))
    await shared().call('/api/v1/metrics/batch', { token, body: { metrics: metrics.toReversed() } })
    const [{ device_id }] = (await read('/api/v1/devices?serial=M1')).devices
    const path = `/api/v1/devices/${device_id}/metrics`
    const raw = await read(`${path}?from=2026-03-01&to=2026-03-31`)
    expect(raw).toMatchObject({ device_id, resolution: 'raw', next_cursor: null })
    expect(raw.metrics.map(({ page_count }: { page_count: number }) => page_count)).toEqual([
      1000, 1001, 1002, 1024, 1025,
    ])
    const days = await read(`${path}?resolution=day`)
    expect(days.metrics).toMatchObject([
      { period_start: '2026-03-01T00:00:00.000Z', readings: 3, counters: { page_count: { first: 1000, last: 1002 } } },
      { period_start: '2026-03-02T00:00:00.000Z', readings: 2, counters: { page_count: { first: 1024, last: 1025 } } },
    ])
    expect((await read(`${path}?resolution=hour&to=2026-03-01`)).metrics).toHaveLength(3)
    const first = await read(`${path}?limit=2`)
    const second = await read(`${path}?limit=10&cursor=${encodeURIComponent(first.next_cursor)}`)
    expect([first.metrics.length, second.metrics.length]).toEqual([2, 3])
  })

  test('the older path lists as well', async () => {
    expect((await read('/api/v1/devices/list?limit=3')).devices).toHaveLength(3)
  })
})

describe('/api/v1/devices/batch', () => {
  test('items of devices that another agent reads are counted as passed over, not as stored', async () => {
    const server = await startTestServer()
    const one = await server.enrol()
    const other = await server.enrol()
    const bring = (token: string, body: object) => server.call('/api/v1/devices/batch', { token, body })
    await bring(one.token, { devices: [{ serial: 'SN-1', location: 'Hall' }] })
    const batch = {
      journal_id: '01970000-0000-7000-8000-000000000001',
      seq: 1,
      site_name: 'Berlin',
      devices: [{ serial: 'SN-1', location: 'Attic' }, { serial: 'SN-2' }],
    }
    const first = await bring(other.token, batch)
    expect(first.body).toMatchObject({ success: true, received: 2, stored: 1, duplicates: 0, passed_over: 1 })
    const again = await bring(other.token, batch)
    expect([again.headers['idempotent-replayed'], again.text]).toEqual(['true', first.text])
    const { items } = await server.store.listDevices({ limit: 10, serial: 'SN-1' })
    expect(items).toMatchObject([{ location: 'Hall', agent_id: one.agent_id }])
    expect((await server.call('/metrics')).text).toContain('printmaster_readings_total 2\n')
    const db = new Database(server.options.database, { readonly: true })
    onTestFinished(() => void db.close())
    expect(db.prepare('SELECT other FROM batches').pluck().all()).toEqual(['{"site_name":"Berlin"}'])
  })

  test('a printer that does not answer is offline with the reason, and can be listed as such', async () => {
    const server = await startTestServer()
    const { token } = await server.enrol()
    const device = { serial: 'SN-1', ip: '192.0.2.1', status: 'idle', page_count: 7 }
    await server.call('/api/v1/devices/batch', { token, body: { devices: [device] } })
    const silent = { serial: 'SN-1', ip: '192.0.2.1', status: 'offline', offline_reason: 'wrong_credentials' }
    await server.call('/api/v1/metrics/batch', { token, body: { metrics: [silent] } })
    const viewer = (await server.makeToken('viewer')).token
    const { devices } = (await server.call('/api/v1/devices?status=offline', { token: viewer })).body
    expect(devices).toMatchObject([{ ...silent, page_count: 7 }])
    const wrong = { ...silent, offline_reason: 7 }
    const refused = await server.call('/api/v1/devices/batch', { token, body: { devices: [wrong] } })
    expect(refused.body.error.details.items[0].mistakes[0].path).toBe('/offline_reason')
  })
})
