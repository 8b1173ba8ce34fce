import { describe, expect, it, vi } from 'vitest'
import { CLOSE_CODES, type CloseReason } from '../../../src/core/protocol/live.ts'
import { FastClock } from '../../fast-clock.ts'
import { startTestServer } from '../../server/start-test-server.ts'
import { openUplink, type TestUplink, type TestUplinkOptions } from '../uplink/open-uplink.ts'
import { type PlayedServer, playServer } from './play-server.ts'

const ENROLMENT = 'pm_enrolment_made_up_for_these_tests_alone'
const FACTOR = 100

const until = (check: () => void, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 5 })
const becomes = (agent: TestUplink, channel: 'websocket' | 'http' | null) =>
  until(() => expect(agent.uplink.facts().channel).toBe(channel))
const messages = ({ log }: TestUplink) => log.map(({ message }) => message)

async function setUp(prepare: (server: PlayedServer) => void = () => undefined, more: TestUplinkOptions = {}) {
  const server = await playServer()
  prepare(server)
  const clock = new FastClock(FACTOR)
  const agent = openUplink(server.url, ENROLMENT, { clock, ...more })
  return { server, agent, clock }
}

const closeAll = ({ sockets }: PlayedServer, reason: CloseReason) => {
  for (const ws of sockets) ws.close(CLOSE_CODES[reason].code, reason)
}
const pass = (clock: FastClock, seconds: number) => clock.sleep(seconds * 1000, new AbortController().signal)

describe('the link to a server', () => {
  it('is tried first, and carries hello, heartbeats and events; batches stay with HTTP', async () => {
    const { server, agent } = await setUp()
    await becomes(agent, 'websocket')
    agent.journal.record({ events: [{ action: 'device_appeared' }] }, agent.clock.now())
    agent.record(2)
    agent.uplink.upload('metrics')
    await until(() => expect(server.of('websocket', 'heartbeat').length).toBeGreaterThan(3))
    await until(() => expect(agent.journal.nextEvents(1)).toEqual([]))
    await until(() => expect(server.of('http', '/metrics/batch')).not.toEqual([]))
    expect(new Set(server.heard.map(({ way, what }) => `${way} ${what}`))).toEqual(
      new Set([
        'http /agents/register',
        'websocket hello',
        'websocket heartbeat',
        'websocket events',
        'http /metrics/batch',
      ]),
    )
    const [hello] = server.of('websocket', 'hello')
    expect(hello?.data).toMatchObject({
      agent_id: agent.journal.recall('agent_id'),
      journal_id: agent.journal.journal_id,
      hostname: 'agent-host',
      queue_length: 0,
    })
    expect(hello?.data).not.toHaveProperty('registration_key')
    const [batch] = server.of('http', '/metrics/batch')
    expect(batch?.token).toBe(hello?.token)
  })

  it('says that it ends where the agent is stopped', async () => {
    const { server, agent } = await setUp()
    await becomes(agent, 'websocket')
    const [ws] = server.sockets
    const code = new Promise((resolve) => ws?.once('close', resolve))
    await agent.stop()
    expect(await code).toBe(CLOSE_CODES.going_away.code)
  })

  it('carries no more than one heartbeat in ten seconds, whatever hurries', async () => {
    const { server, agent, clock } = await setUp(undefined, { options: { heartbeat_interval_seconds: 1 } })
    await becomes(agent, 'websocket')
    await pass(clock, 60)
    // hello counts as one
    const heartbeats = [...server.of('websocket', 'hello'), ...server.of('websocket', 'heartbeat')]
    const gaps = heartbeats.slice(1).map(({ at }, i) => (at - (heartbeats[i]?.at ?? 0)) * FACTOR)
    expect(gaps.length).toBeGreaterThan(2)
    expect(Math.min(...gaps)).toBeGreaterThan(9_000)
  })

  it.each([
    ['a proxy that knows no WebSocket', { status: 502 }],
    ['an older server', { status: 404, code: 'not_found' }],
    ['a server that is full', { status: 503, code: 'overloaded' }],
  ])('falls back to HTTP behind %s, says so once, and comes back by itself', async (_, refusal) => {
    const { server, agent } = await setUp((played) => {
      played.behaviour.upgrade = () => refusal
    })
    await becomes(agent, 'http')
    await until(() => expect(server.upgrades()).toBeGreaterThan(4))
    await until(() => expect(server.of('http', '/agents/heartbeat').length).toBeGreaterThan(5))
    const told = 'no WebSocket to the server: heartbeats go over HTTP until there is one'
    expect(messages(agent).filter((message) => message === told)).toHaveLength(1)
    expect(agent.uplink.facts().state).toBe('connected')
    server.behaviour.upgrade = () => null
    await becomes(agent, 'websocket')
    const before = server.of('http', '/agents/heartbeat').length
    await until(() => expect(server.of('websocket', 'heartbeat').length).toBeGreaterThan(3))
    expect(server.of('http', '/agents/heartbeat').length - before).toBeLessThanOrEqual(1)
    expect(messages(agent)).toContain('the WebSocket to the server is open again')
  })

  it('falls back where the upgrade gets no answer at all', async () => {
    const { server, agent } = await setUp(
      (played) => {
        played.behaviour.upgrade = () => ({ status: 0 })
      },
      { parts: { times: { connect_ms: 200, small_ms: 5000, batch_ms: 5000 } } },
    )
    // a firewall that swallows it
    await becomes(agent, 'http')
    expect(server.of('http', '/agents/heartbeat').length).toBeGreaterThan(0)
  })

  it('opens again after a cut, without a heartbeat over HTTP where that goes well', async () => {
    const { server, agent } = await setUp(undefined, { options: { heartbeat_interval_seconds: 3600 } })
    for (let i = 0; i < 3; i++) {
      await becomes(agent, 'websocket')
      const before = server.upgrades()
      if (i === 1) closeAll(server, 'shutting_down')
      else for (const ws of server.sockets) ws.terminate()
      await until(() => expect(server.upgrades()).toBeGreaterThan(before))
    }
    await becomes(agent, 'websocket')
    expect(server.of('http', '/agents/heartbeat')).toEqual([])
    expect(messages(agent).filter((message) => message.includes('WebSocket'))).toEqual([])
  })

  it('asks whether a silent server is there, and opens anew after 90 seconds without a word', async () => {
    const { server, agent, clock } = await setUp(undefined, { options: { heartbeat_interval_seconds: 3600 } })
    await becomes(agent, 'websocket')
    await pass(clock, 200)
    // pings were answered
    expect(server.upgrades()).toBe(1)
    server.behaviour.pongs = false
    const silentSince = clock.monotonic()
    await until(() => expect(server.upgrades()).toBe(2))
    expect(clock.monotonic() - silentSince).toBeGreaterThan(60_000)
  })

  it('stays away for ten minutes where another connection took its place, and says so once', async () => {
    const { server, agent, clock } = await setUp()
    await becomes(agent, 'websocket')
    const began = clock.monotonic()
    closeAll(server, 'replaced')
    await becomes(agent, 'http')
    await until(() => expect(server.of('http', '/agents/heartbeat').length).toBeGreaterThan(3))
    expect(server.upgrades()).toBe(1)
    await until(() => expect(server.upgrades()).toBe(2))
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(600_000)
    expect(messages(agent).filter((message) => message.startsWith('another connection'))).toHaveLength(1)
  })

  it('does as HTTP says where a socket is closed for its token: revoked', async () => {
    const { server, agent } = await setUp()
    await becomes(agent, 'websocket')
    server.behaviour.request = (path) =>
      path === '/agents/heartbeat' || path === '/agents/register' ? { status: 403, code: 'token_revoked' } : null
    server.behaviour.upgrade = () => ({ status: 403, code: 'token_revoked' })
    closeAll(server, 'token_refused')
    await agent.becomes('halted')
    const before = server.upgrades()
    await pass(agent.clock, 120)
    expect(server.upgrades()).toBe(before)
    expect(agent.uplink.facts().channel).toBeNull()
  })

  it('registers anew where the token is not known any more, at the upgrade or later', async () => {
    const { server, agent } = await setUp()
    await becomes(agent, 'websocket')
    const isFormer = (token: string) => token === server.tokens[0]
    server.behaviour.request = (_, token) => (isFormer(token) ? { status: 401, code: 'token_unknown' } : null)
    server.behaviour.upgrade = (token) => (isFormer(token) ? { status: 401, code: 'token_unknown' } : null)
    closeAll(server, 'token_refused')
    await until(() => expect(server.tokens).toHaveLength(2))
    await becomes(agent, 'websocket')
    expect(server.of('websocket', 'hello').at(-1)?.token).toBe(server.tokens[1])
    expect(agent.uplink.facts().state).toBe('connected')
  })

  it('judges what the server holds by its welcome and its acks, and not where they tell nothing', async () => {
    const { server, agent } = await setUp((played) => {
      played.behaviour.held = { last_seq: 0 }
    })
    await becomes(agent, 'websocket')
    const { journal_id } = agent.journal
    agent.record(1)
    const batch = agent.journal.nextBatch(['metrics'], { items: 10, bytes: 10_000 }, agent.clock.now())
    if (batch === null) throw new Error('nothing waits')
    server.behaviour.held = { last_seq: 1 }
    agent.journal.acknowledge(batch, agent.clock.now())
    const beats = server.of('websocket', 'heartbeat').length
    server.behaviour.held = { last_seq: undefined as never }
    await until(() => expect(server.of('websocket', 'heartbeat').length).toBeGreaterThan(beats + 2))
    expect(agent.journal.journal_id).toBe(journal_id)
    server.behaviour.held = { last_seq: 0 }
    await until(() => expect(agent.journal.journal_id).not.toBe(journal_id))
  })
})

describe('the link to the real server', () => {
  it('ends with its token', { timeout: 60_000 }, async () => {
    const server = await startTestServer()
    const { token } = await server.makeToken('enrolment', { max_uses: 1 })
    const agent = openUplink(server.url, token, { clock: new FastClock(10) })
    await becomes(agent, 'websocket')
    const { token: admin } = await server.makeToken('admin')
    const tokens = await server.call('/api/v1/tokens', { token: admin })
    const own = tokens.body.tokens.find(({ scope }: { scope: string }) => scope === 'agent')
    const began = performance.now()
    await server.call(`/api/v1/tokens/${own.token_id}`, { token: admin, method: 'DELETE' })
    await agent.becomes('halted')
    expect(performance.now() - began).toBeLessThan(3000)
    expect(agent.uplink.facts().reason).toContain('revoked')
  })
})
