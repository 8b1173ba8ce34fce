import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { MAX_OPEN_COMMANDS } from '../../src/core/protocol/commands.ts'
import { SUBPROTOCOL } from '../../src/core/protocol/live.ts'
import { shareTestServer } from './start-test-server.ts'

const shared = shareTestServer()

/** An agent that says hello and gathers what it is told. */
async function connect(token: string) {
  const ws = new WebSocket(`${shared().url.replace('http', 'ws')}/ws/agent`, SUBPROTOCOL, {
    headers: { authorization: `Bearer ${token}` },
  })
  onTestFinished(() => ws.terminate())
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  const waiting: any[] = []
  let wake: () => void = () => undefined
  ws.on('message', (text) => {
    waiting.push(JSON.parse(String(text)))
    wake()
  })
  await once(ws, 'open')
  const next = async () => {
    while (waiting.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return waiting.shift()
  }
  const say = (type: string, id: string, data: object) => ws.send(JSON.stringify({ type, id, data }))
  say('hello', 'hello', {})
  expect(await next()).toMatchObject({ type: 'welcome' })
  return { next, say, ws }
}

describe('commands', () => {
  it('want an admin token to be given, and a viewer token to be seen', async () => {
    const { makeToken, call, enrol } = shared()
    const { agent_id, token: agent } = await enrol()
    const { token: viewer } = await makeToken('viewer')
    const { token: admin, token_id } = await makeToken('admin')
    const path = `/api/v1/agents/${agent_id}/commands`
    const body = { kind: 'scan_now' }
    for (const token of [viewer, agent]) {
      expect((await call(path, { token, body })).body.error.code).toBe('scope_insufficient')
    }
    const made = await call(path, { token: admin, body })
    expect(made.status).toBe(202)
    expect(made.body).toMatchObject({ agent_id, kind: 'scan_now', params: {}, state: 'pending', created_by: token_id })
    expect(Date.parse(made.body.expires_at) - Date.parse(made.body.created_at)).toBe(300_000)
    expect((await call(path, { token: viewer })).body.commands).toEqual([made.body])
    expect((await call(`/api/v1/commands/${made.body.command_id}`, { token: viewer })).body).toEqual(made.body)
    for (const unknown of ['/api/v1/agents/nobody/commands', '/api/v1/commands/none']) {
      expect((await call(unknown, { token: viewer })).body.error.code).toBe('not_found')
    }
    expect((await call('/api/v1/agents/nobody/commands', { token: admin, body })).body.error.code).toBe('not_found')
  })

  it('that a token may not give are audited, so many of them and no more', async () => {
    const { makeToken, call, enrol, store } = shared()
    const { agent_id, token: agent } = await enrol()
    const { token: viewer, token_id } = await makeToken('viewer')
    const path = `/api/v1/agents/${agent_id}/commands`
    for (let i = 0; i < 25; i++) {
      expect((await call(path, { token: viewer, body: { kind: 'scan_now' } })).status).toBe(403)
    }
    expect((await call(path, { token: agent, body: { kind: 'scan_now' } })).status).toBe(403)
    const { items } = await store.listAudit({ limit: 50, action: 'command_refused' })
    const found = items.filter(({ resource_id }) => resource_id === agent_id)
    expect(found.filter(({ actor }) => actor === token_id).length).toBe(10)
    expect(found.filter(({ actor }) => actor === agent_id)).toMatchObject([
      {
        actor_type: 'agent',
        resource_type: 'agent',
        outcome: 'denied',
        ip_address: '127.0.0.1',
        details: { scope: 'agent', needed: 'admin', unrecorded: 0 },
      },
    ])
    // what may be seen is no refusal
    expect((await call(path, { token: viewer })).status).toBe(200)
  })

  it.each([
    [{ kind: 'format_disk' }, '/kind'],
    [{ kind: 'scan_now', params: { ip: '192.0.2.1' } }, '/params/ip'],
    [{ kind: 'scan_now', params: { targets: [] } }, '/params/targets'],
    [{ kind: 'read_device' }, '/params/ip'],
    [{ kind: 'read_device', params: { ip: 'printer.example' } }, '/params/ip'],
    [{ kind: 'reload_config', params: { port: 161 } }, '/params/port'],
    [{ kind: 'scan_now', expires_in_seconds: 1 }, '/expires_in_seconds'],
  ])('%j does not fit: %s', async (body, field) => {
    const { makeToken, call, enrol } = shared()
    const { agent_id } = await enrol()
    const { token } = await makeToken('admin')
    const answer = await call(`/api/v1/agents/${agent_id}/commands`, { token, body })
    expect(answer.body.error.code).toBe('invalid_body')
    expect(answer.body.error.details.fields.map(({ path }: { path: string }) => path)).toEqual([field])
    expect((await call(`/api/v1/agents/${agent_id}/commands`, { token })).body.commands).toEqual([])
  })

  it('are so many at one time and no more', async () => {
    const { makeToken, call, enrol } = shared()
    const { agent_id } = await enrol()
    const { token } = await makeToken('admin')
    const ask = () => call(`/api/v1/agents/${agent_id}/commands`, { token, body: { kind: 'send_diagnostics' } })
    for (let i = 0; i < MAX_OPEN_COMMANDS; i++) expect((await ask()).status).toBe(202)
    const one = await ask()
    expect(one.status).toBe(429)
    expect(one.body.error).toMatchObject({ code: 'too_many_commands', details: { limit: MAX_OPEN_COMMANDS } })
  })

  it('go to an agent at once or when it connects, again when it connects anew, until it answers', async () => {
    const { makeToken, call, enrol } = shared()
    const { agent_id, token } = await enrol()
    const { token: admin } = await makeToken('admin')
    const ask = async (kind: string) =>
      (await call(`/api/v1/agents/${agent_id}/commands`, { token: admin, body: { kind } })).body.command_id as string
    const find = async (id: string) => (await call(`/api/v1/commands/${id}`, { token: admin })).body
    const waiting = await ask('scan_now')
    const first = await connect(token)
    expect(await first.next()).toMatchObject({ type: 'command', data: { command_id: waiting, kind: 'scan_now' } })
    const fresh = await ask('reload_config')
    // only what is new goes over the same connection
    expect(await first.next()).toMatchObject({ type: 'command', data: { command_id: fresh } })
    first.ws.terminate()

    const second = await connect(token)
    const told = [await second.next(), await second.next()].map(({ data }) => data.command_id)
    expect(told).toEqual([waiting, fresh])
    second.say('command_update', 'a', { command_id: waiting, state: 'running', percent: 3 })
    expect(await second.next()).toMatchObject({ type: 'ack', id: 'a' })
    second.say('command_update', 'b', { command_id: fresh, state: 'refused', message: 'not from afar' })
    expect(await second.next()).toMatchObject({ type: 'ack', id: 'b' })
    expect(await find(waiting)).toMatchObject({ state: 'running', percent: 3, ended_at: null })
    expect(await find(fresh)).toMatchObject({
      state: 'refused',
      message: 'not from afar',
      ended_at: expect.any(String),
    })
    second.say('command_update', 'c', { command_id: 'of-nobody', state: 'failed' })
    expect(await second.next()).toMatchObject({ type: 'error', id: 'c', data: { code: 'not_found' } })
    second.ws.terminate()

    const third = await connect(token)
    const last = await ask('send_diagnostics')
    expect(await third.next()).toMatchObject({ type: 'command', data: { command_id: last } })
  })
})
