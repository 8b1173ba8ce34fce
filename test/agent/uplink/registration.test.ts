import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { describeHalt, HALTS } from '../../../src/core/agent/uplink/halts.ts'
import { Secret } from '../../../src/core/model/secret.ts'
import { FastClock } from '../../fast-clock.ts'
import { createDirectory, LOCAL, shareTestServer, type TestServer } from '../../server/start-test-server.ts'
import { errorOf, startGateway } from './gateway.ts'
import { openUplink } from './open-uplink.ts'
import { listReadings } from './server-readings.ts'

const shared = shareTestServer()

const findAgent = async (server: TestServer, agent_id: string | null) =>
  (await server.call(`/api/v1/agents/${agent_id}`, { token: (await server.makeToken('viewer')).token })).body

async function revoke(server: TestServer, agent_id: string | null): Promise<void> {
  const tokens = await server.store.listTokens(Date.now())
  const own = tokens.find((token) => token.scope === 'agent' && token.agent_id === agent_id)
  await server.store.revokeToken(own?.token_id as string, LOCAL, Date.now())
}

describe('registration', () => {
  it('journals its key before it asks, and the token before it is used', async () => {
    const server = shared()
    const gateway = await startGateway(server.url)
    const { token } = await server.makeToken('enrolment')
    const agent = openUplink(gateway.url, token, { waits: true })
    const seen: [string | null, string | null][] = []
    gateway.intercept = ({ path, json, headers }) => {
      const { journal } = agent
      if (path.endsWith('/register')) seen.push([journal.recall('registration_key'), json.registration_key])
      else seen.push([`Bearer ${journal.recall('agent_token')}`, headers.authorization ?? null])
      return null
    }
    agent.start()
    await agent.becomes('connected')
    expect(seen.length).toBeGreaterThan(1)
    for (const [journalled, sent] of seen) expect(sent).toBe(journalled)
    expect(await findAgent(server, agent.journal.recall('agent_id'))).toMatchObject({ hostname: 'agent-host' })
  })

  it('loses answers and is still one agent, for one use of the token', async () => {
    const server = shared()
    const gateway = await startGateway(server.url)
    const { token, token_id } = await server.makeToken('enrolment', { max_uses: 1 })
    let lost = 0
    gateway.intercept = async ({ path, headers, json }) => {
      if (!path.endsWith('/register') || lost === 3) return null
      lost += 1
      const answer = await server.call(path, { token: String(headers.authorization).slice(7), body: json })
      expect(answer.status).toBe(200)
      return { status: 502, body: 'the answer got lost' }
    }
    const agent = openUplink(gateway.url, token)
    const readings = agent.record(3)
    agent.uplink.upload('metrics')
    await agent.drained()
    expect(lost).toBe(3)
    const uses = (await server.store.listTokens(Date.now())).find((each) => each.token_id === token_id)?.uses
    expect(uses).toBe(1)
    expect(await listReadings(server)).toEqual(expect.arrayContaining(readings))
  })

  it('registers once more when its token is not known any more, with the same key, and loses nothing', async () => {
    const server = shared()
    const gateway = await startGateway(server.url)
    const { token } = await server.makeToken('enrolment', { max_uses: 1 })
    const agent = openUplink(gateway.url, token)
    await agent.becomes('connected')
    const [agent_id, registration_key] = [agent.journal.recall('agent_id'), agent.journal.recall('registration_key')]
    // another registration with the same key ends the token
    await server.call('/api/v1/agents/register', { token, body: { agent_id, registration_key } })
    const readings = agent.record(2)
    agent.uplink.upload('metrics')
    await agent.drained()
    const keys = gateway.requests
      .filter(({ path }) => path.endsWith('/register'))
      .map(({ json }) => json.registration_key)
    expect(keys).toEqual([registration_key, registration_key])
    expect(await listReadings(server)).toEqual(expect.arrayContaining(readings))
    expect(agent.journal.recall('agent_id')).toBe(agent_id)
  })

  it('does not storm a server that forgets every token it gives', async () => {
    const server = shared()
    const gateway = await startGateway(server.url)
    const { token } = await server.makeToken('enrolment')
    const registrations: number[] = []
    const refused: number[] = []
    const agent = openUplink(gateway.url, token, {
      waits: true,
      clock: new FastClock(4000),
      parts: { random: () => 1 },
    })
    gateway.intercept = ({ path }) => {
      const isRegistration = path.endsWith('/register')
      ;(isRegistration ? registrations : refused).push(agent.clock.monotonic())
      return isRegistration ? null : errorOf(401, 'token_unknown')
    }
    agent.start()
    await vi.waitFor(() => expect(registrations.length).toBe(3), { timeout: 30_000, interval: 5 })
    const [first, second, third] = registrations as [number, number, number]
    expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(3_600_000)
    // twelve an hour where they come five minutes apart, and the growing pauses before
    expect(refused.length).toBeLessThanOrEqual(2 * 24)
    expect(agent.uplink.facts().state).toMatch(/waiting|registering/)
  })

  it('halts when it is revoked, keeps its readings, and goes on with a token that names it', async () => {
    const server = shared()
    const gateway = await startGateway(server.url)
    const directory = createDirectory()
    const { token } = await server.makeToken('enrolment')
    const first = openUplink(gateway.url, token, { directory })
    await first.becomes('connected')
    const agent_id = first.journal.recall('agent_id')
    await revoke(server, agent_id)
    await first.becomes('halted')
    const readings = first.record(4)
    first.uplink.upload('metrics')
    expect(first.uplink.facts().reason).toContain(`token create --scope enrolment --agent ${agent_id}`)
    expect(first.log.filter(({ level }) => level === 'error')).toHaveLength(1)
    const asked = gateway.requests.length
    expect(gateway.requests.filter(({ path }) => path.endsWith('/register'))).toHaveLength(1)
    await first.clock.sleep(60_000, new AbortController().signal)
    // what was under way when it was told
    expect(gateway.requests.length).toBeLessThanOrEqual(asked + 2)
    await first.stop()

    // a restart alone changes nothing
    const before = gateway.requests.length
    const second = openUplink(gateway.url, token, { directory })
    await second.becomes('halted')
    await second.clock.sleep(60_000, new AbortController().signal)
    expect(gateway.requests).toHaveLength(before)
    expect(second.journal.count(0).queue_length).toBe(4)

    const { token: named } = await server.makeToken('enrolment', { agent_id })
    second.uplink.reconfigure({ ...second.options, enrolment_token: new Secret(named) })
    await second.drained()
    await second.becomes('connected')
    expect(second.journal.recall('agent_id')).toBe(agent_id)
    expect(await listReadings(server)).toEqual(expect.arrayContaining(readings))
    // the enrolment token that let it in again is not mistaken for a new one at the next refusal
    await revoke(server, agent_id)
    await second.becomes('halted')
  })

  it('tries a new enrolment token that came while it was not looking, before it gives up', async () => {
    const server = shared()
    const directory = createDirectory()
    const { token } = await server.makeToken('enrolment')
    const first = openUplink(server.url, token, { directory })
    await first.becomes('connected')
    const agent_id = first.journal.recall('agent_id')
    await first.stop()
    await revoke(server, agent_id)
    const { token: named } = await server.makeToken('enrolment', { agent_id })
    const second = openUplink(server.url, named, { directory })
    await second.becomes('connected')
    expect(second.log.filter(({ level }) => level === 'error')).toEqual([])
  })

  it.each([
    ['used up', 'token_expired', async () => (await shared().makeToken('enrolment', { max_uses: 0 })).token, 'used up'],
    [
      'revoked',
      'token_revoked',
      async () => {
        const { token, token_id } = await shared().makeToken('enrolment')
        await shared().store.revokeToken(token_id, LOCAL, Date.now())
        return token
      },
      'has revoked',
    ],
    [
      'for another agent',
      'agent_mismatch',
      async () => (await shared().makeToken('enrolment', { agent_id: 'somebody-else' })).token,
      'names another agent',
    ],
    [
      'no enrolment token',
      'scope_insufficient',
      async () => (await shared().makeToken('viewer')).token,
      'another scope',
    ],
  ])('halts with a sentence when the enrolment token is %s', async (_, code, make, sentence) => {
    const agent = openUplink(shared().url, await make())
    await agent.becomes('halted')
    expect(agent.journal.recall('halted')).toBe(code)
    expect(agent.uplink.facts().reason).toContain(sentence)
    expect(agent.uplink.facts().reason).toContain('[server] ')
    expect(agent.log.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  it('halts where somebody else has its agent_id, and where there is no way in', async () => {
    const server = shared()
    await server.enrol('taken')
    const { token } = await server.makeToken('enrolment')
    const taken = openUplink(server.url, token, { options: { agent_id: 'taken' } })
    await taken.becomes('halted')
    expect(taken.uplink.facts().reason).toContain('another agent is registered as taken')
    const none = openUplink(server.url, null)
    await none.becomes('halted')
    expect(none.uplink.facts().reason).toContain('[server] enrolment_token is not set')
    none.uplink.reconfigure({ ...none.options, enrolment_token: new Secret(token) })
    await none.becomes('connected')
  })

  it('waits while the server does not know the enrolment token yet', async () => {
    const server = shared()
    const gateway = await startGateway(server.url, ({ path }) =>
      path.endsWith('/register') ? errorOf(401, 'token_unknown') : null,
    )
    const { token } = await server.makeToken('enrolment')
    const agent = openUplink(gateway.url, token)
    await agent.becomes('waiting')
    expect(agent.uplink.facts().reason).toContain('does not take the enrolment token')
    gateway.intercept = () => null
    await agent.becomes('connected')
  })

  it('becomes another agent with a registration of its own, or stays who it is', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment')
    const agent = openUplink(server.url, token)
    await agent.becomes('connected')
    const former = agent.journal.recall('agent_id')
    await server.enrol('is-there')
    expect(await agent.uplink.becomeAnother('is-there')).toContain('(agent_exists)')
    expect(agent.journal.recall('agent_id')).toBe(former)
    const agent_id = randomUUID()
    expect(await agent.uplink.becomeAnother(agent_id)).toBeNull()
    const readings = agent.record(2)
    agent.uplink.upload('metrics')
    await agent.drained()
    expect(await findAgent(server, agent_id)).toMatchObject({ metrics_count: 2 })
    expect(await listReadings(server)).toEqual(expect.arrayContaining(readings))
  })

  it.each(HALTS)('says at %s what to do, and that a reload is enough', (code) => {
    const sentence = describeHalt(code, 'agent-001')
    expect(sentence).toMatch(/\[server\] (agent_id|enrolment_token)/)
    expect(sentence).toMatch(/systemctl reload, or SIGHUP/)
  })

  it('keeps every secret out of its log and its facts', async () => {
    const server = shared()
    const { token } = await server.makeToken('enrolment', { max_uses: 0 })
    const agent = openUplink(server.url, token)
    await agent.becomes('halted')
    const said = JSON.stringify([agent.log, agent.uplink.facts()])
    for (const secret of [token, agent.journal.recall('registration_key')]) expect(said).not.toContain(secret)
  })
})
