import { describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../../server/start-test-server.ts'
import { errorOf, startGateway } from './gateway.ts'
import { openUplink } from './open-uplink.ts'

const tokenOf = async (server: TestServer) => (await server.makeToken('enrolment')).token

describe('audit events', () => {
  const event = (action: string, more: object = {}) => ({ action, resource_type: 'device', ...more })

  it('reach the audit log once, in order', async () => {
    const server = await startTestServer()
    const agent = openUplink(server.url, await tokenOf(server))
    const names = Array.from({ length: 1200 }, (_, i) => `event_${i}`)
    agent.journal.record({ events: names.map((name) => event(name)) }, agent.clock.now())
    await vi.waitFor(() => expect(agent.journal.nextEvents(1)).toEqual([]), { timeout: 10_000, interval: 5 })
    expect(await listActions(server)).toEqual(names)
  })

  it('that the server will not have are dropped, and block no other', async () => {
    const server = await startTestServer()
    const gateway = await startGateway(server.url)
    const agent = openUplink(gateway.url, await tokenOf(server), { waits: true })
    const events = [event('event_a'), event('NO ACTION'), event('event_b'), event('event_c'), event('event_d')]
    agent.journal.record({ events }, agent.clock.now())
    gateway.intercept = ({ path, json }) =>
      path.endsWith('/audit/log') && json.events.some(({ action }: { action: string }) => action === 'event_c')
        ? errorOf(400, 'invalid_body')
        : null
    agent.start()
    await vi.waitFor(() => expect(agent.journal.nextEvents(1)).toEqual([]), { timeout: 10_000, interval: 5 })
    expect(await listActions(server)).toEqual(['event_a', 'event_b', 'event_d'])
    const said = agent.log.filter(({ message }) => message.includes('audit events')).map(({ fields }) => fields.reasons)
    expect(said.flat().sort()).toEqual([
      expect.stringMatching(/^NO ACTION: \/action /),
      'event_c: the server says invalid_body (invalid_body)',
    ])
  })

  it('wait like everything else while the server does not answer', async () => {
    const server = await startTestServer()
    const gateway = await startGateway(server.url, ({ path }) =>
      path.endsWith('/audit/log') ? { status: 500, body: 'broken' } : null,
    )
    const agent = openUplink(gateway.url, await tokenOf(server))
    agent.journal.record({ events: [event('event_a')] }, agent.clock.now())
    await agent.becomes('waiting')
    gateway.intercept = () => null
    await agent.becomes('connected')
    expect(await listActions(server)).toEqual(['event_a'])
  })
})

async function listActions(server: TestServer): Promise<string[]> {
  const { token } = await server.makeToken('admin')
  const actions: string[] = []
  let cursor: string | null = null
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { body } = await server.call(`/api/v1/audit?limit=1000${at}`, { token })
    actions.push(...body.entries.map(({ action }: { action: string }) => action))
    cursor = body.next_cursor
  } while (cursor !== null)
  return actions.reverse().filter((action) => action.startsWith('event_'))
}
