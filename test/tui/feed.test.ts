import { expect, onTestFinished, test } from 'vitest'
import { createApiClient } from '../../src/core/client/api-client.ts'
import { followServer } from '../../src/core/client/view-client.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { CLOSE_CODES } from '../../src/core/protocol/live.ts'
import { createFeed, type Feed } from '../../src/tui/feed/feed.ts'
import { type FleetServer, startFleetServer, TOKEN } from './fleet-server.ts'
import { makeAgent, makeAlert, makeDevice, makeDevices } from './made-up-fleet.ts'

const TIMES = { poll_ms: 20, upgrade_ms: 60, first_pause_ms: 20, longest_pause_ms: 40 }

interface Running {
  readonly feed: Feed
  /** Resolves once it holds. */
  until(holds: (feed: Feed) => boolean): Promise<void>
}

function follow(server: FleetServer, token = TOKEN, silence_ms = 40_000): Running {
  const access = { url: server.url, token: new Secret(token), ca: null, allow_plaintext: false }
  const api = createApiClient(access)
  const times = { handshake_ms: 1000, silence_ms }
  const feed = createFeed({
    api,
    follow: (after_seq, onMessage, signal) => followServer({ ...access, after_seq, times }, onMessage, signal),
    times: TIMES,
  })
  const stop = new AbortController()
  const running = feed.run(stop.signal)
  onTestFinished(async () => {
    stop.abort()
    await running
    await api.close()
  })
  return {
    feed,
    async until(holds) {
      while (!holds(feed)) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const leave = feed.subscribe(resolve)
        if (!holds(feed)) await promise
        leave()
      }
    },
  }
}

test('a snapshot in parts is shown once it is whole, then every change', async () => {
  const server = await startFleetServer({ agents: [makeAgent()], devices: makeDevices(1200), alerts: [makeAlert()] })
  const { feed, until } = follow(server)
  let smallest = Number.POSITIVE_INFINITY
  feed.subscribe(() => {
    if (feed.state.mode === 'live') smallest = Math.min(smallest, feed.store.devices.size)
  })
  await until(({ state }) => state.mode === 'live')
  expect([smallest, feed.store.agents.size, feed.store.alerts.size]).toEqual([1200, 1, 1])
  server.send({ agents: [makeAgent({ status: 'offline', status_reason: 'disconnected' })] })
  await until(({ store }) => store.agents.get('agent-1')?.status === 'offline')
  server.send({ devices: [makeDevice({ device_id: 'device-3', status: 'error' })], gone_devices: ['device-4'] })
  await until(({ store }) => !store.devices.has('device-4'))
  expect(feed.store.devices.get('device-3')?.status).toBe('error')
  expect(feed.store.devices.size).toBe(1199)
})

test('what is no message, and rows that are none, change nothing', async () => {
  const server = await startFleetServer({ agents: [makeAgent()] })
  const { feed, until } = follow(server)
  await until(({ state }) => state.mode === 'live')
  for (const text of ['{', 'null', '[]', '{"type":"changes"}', '{"type":"news","data":{"seq":1}}'])
    server.sendText(text)
  const odd = { ...makeAgent({ agent_id: 'odd' }), status: 7 } as never
  const newer = { ...makeAgent({ agent_id: 'newer' }), mood: 'fine' }
  server.send({ agents: [odd, newer] })
  await until(({ store }) => store.agents.has('newer'))
  expect([...feed.store.agents.keys()]).toEqual(['agent-1', 'newer'])
})

test('a lost connection is told and resumed from where it was', async () => {
  const server = await startFleetServer({ agents: [makeAgent()] })
  const { feed, until } = follow(server)
  await until(({ state }) => state.mode === 'live')
  server.send({ devices: [makeDevice()] })
  await until(({ store }) => store.devices.size === 1)
  const fresh_at = feed.state.fresh_at
  server.drop()
  await until(({ state }) => state.mode === 'lost')
  expect(feed.state).toEqual({ mode: 'lost', reason: expect.stringContaining('cut'), fresh_at })
  expect(feed.store.devices.size).toBe(1)
  await until(({ state }) => state.mode === 'live')
  expect(server.asked.filter((what) => what.startsWith('hello'))).toEqual(['hello snapshot', 'hello 11'])
})

test('who was too slow wants a new snapshot', async () => {
  const server = await startFleetServer({ agents: [makeAgent()] })
  const { until } = follow(server)
  await until(({ state }) => state.mode === 'live')
  server.drop(CLOSE_CODES.too_slow.code)
  await until(({ state }) => state.mode === 'lost')
  await until(({ state }) => state.mode === 'live')
  expect(server.asked.filter((what) => what.startsWith('hello'))).toEqual(['hello snapshot', 'hello snapshot'])
})

test('without upgrades it polls and says why, and goes live when it can', async () => {
  const server = await startFleetServer({ agents: [makeAgent()], devices: makeDevices(2300) })
  server.takesUpgrades = false
  const { feed, until } = follow(server)
  await until(({ state }) => state.mode === 'polling')
  expect(feed.state.reason).toContain('not_found')
  expect([feed.store.agents.size, feed.store.devices.size]).toEqual([1, 2300])
  const [first, second] = server.rows.devices
  const known = feed.store.devices.get('device-1')
  server.rows.devices = server.rows.devices.with(0, { ...(first as NonNullable<typeof first>), status: 'offline' })
  server.rows.agents = [makeAgent({ status: 'offline' })]
  await until(({ store }) => store.agents.get('agent-1')?.status === 'offline')
  await until(({ store }) => store.devices.get('device-0')?.status === 'offline')
  // a row that is as it was is not worked out anew
  expect(feed.store.devices.get('device-1')).toBe(known)
  expect(known).toEqual(second)
  server.takesUpgrades = true
  await until(({ state }) => state.mode === 'live')
  expect(server.asked.filter((what) => what.startsWith('hello'))).toEqual(['hello snapshot'])
})

test('a server that is away is lost, and found again', async () => {
  const server = await startFleetServer({ agents: [makeAgent()] })
  const { feed, until } = follow(server)
  await until(({ state }) => state.mode === 'live')
  await server.stop()
  await until(({ state }) => state.mode === 'lost' && /nothing listens/.test(state.reason ?? ''))
  expect(feed.store.agents.size).toBe(1)
  await server.start()
  await until(({ state }) => state.mode === 'live')
})

test('a server that says nothing any more is lost', async () => {
  const server = await startFleetServer({ agents: [makeAgent()] })
  const { feed, until } = follow(server, TOKEN, 100)
  await until(({ state }) => state.mode === 'live')
  await until(({ state }) => state.mode === 'lost')
  expect(feed.state.reason).toBe('silent for 0.1 s')
})

test('a token that is refused, at the upgrade and while it looks', async () => {
  const server = await startFleetServer({ agents: [makeAgent()] })
  const stranger = follow(server, 'another')
  await stranger.until(({ state }) => state.mode === 'refused')
  expect(stranger.feed.state.reason).toContain('token_unknown')
  const { until } = follow(server)
  await until(({ state }) => state.mode === 'live')
  server.drop(CLOSE_CODES.token_refused.code)
  await until(({ state }) => state.mode === 'refused')
})
