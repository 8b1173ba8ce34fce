import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { composeCommandRequest } from '../../src/cli/command-request.ts'
import { describeCommand, runCommand } from '../../src/cli/command-run.ts'
import { shareTestServer } from '../server/start-test-server.ts'

const shared = shareTestServer()

describe('printmaster command', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('asks the server, and with --wait stays until it has ended', async () => {
    const { url, makeToken, enrol, store } = shared()
    const { agent_id } = await enrol()
    const { token } = await makeToken('admin')
    vi.stubEnv('PRINTMASTER_TOKEN', token)
    const request = composeCommandRequest('scan_now', { server: url, target: ['192.0.2.0/30'], expires: '60s' })
    const sentences: string[] = []
    const asked = await runCommand(agent_id, request, { server: url, wait: false }, () => undefined)
    expect(asked).toMatchObject({ state: 'pending', params: { targets: ['192.0.2.0/30'] } })
    expect(describeCommand(asked)).toBe(
      'scan_now: the agent is not connected; it is handed it when it connects within 1 min',
    )

    const waiting = runCommand(agent_id, request, { server: url, wait: true }, (sentence) => sentences.push(sentence))
    const running = await vi.waitFor(async () => {
      const [newest] = await store.listCommands(agent_id, 1)
      if (newest === undefined || newest.command_id === asked.command_id) throw new Error('not there yet')
      return newest
    })
    const { command_id } = running
    await store.updateCommand(agent_id, { command_id, state: 'running', percent: 40 }, Date.now())
    await vi.waitFor(() => expect(sentences).toContain('scan_now: runs, 40 %'), { timeout: 5000 })
    const message = 'no\u001b[2J more'
    await store.updateCommand(agent_id, { command_id, state: 'failed', message }, Date.now())
    const ended = await waiting
    expect(ended.state).toBe('failed')
    expect(describeCommand(ended)).toMatch(/^scan_now: failed: no.*more$/)
    expect(describeCommand(ended)).not.toContain('\u001b')
  })

  it('takes the name of an agent, as long as one alone has it', async () => {
    const { url, makeToken, call } = shared()
    const enrolment = await makeToken('enrolment')
    const register = async (name: string) => {
      const agent_id = randomUUID()
      const body = { agent_id, name, hostname: `${name}-host` }
      expect((await call('/api/v1/agents/register', { token: enrolment.token, body })).status).toBe(200)
      return agent_id
    }
    const [one, ...twins] = [await register('harbour'), await register('mill'), await register('mill')]
    const { token } = await makeToken('admin')
    vi.stubEnv('PRINTMASTER_TOKEN', token)
    const request = composeCommandRequest('reload_config', { server: url })
    const ask = (agent: string) => runCommand(agent, request, { server: url, wait: false }, () => undefined)
    expect(await ask('harbour')).toMatchObject({ agent_id: one, state: 'pending' })
    expect(await ask('harbour-host')).toMatchObject({ agent_id: one })
    await expect(ask('mill')).rejects.toMatchObject({
      code: 'bad_flag',
      message: expect.stringContaining(twins[0] ?? ''),
    })
    await expect(ask('nobody')).rejects.toMatchObject({
      code: 'bad_flag',
      message: /no agent of this server.*'?nobody/,
    })
  })

  it('says which flags do not go together', () => {
    const server = 'https://printers.example'
    expect(() => composeCommandRequest('reload_config', { server, target: ['192.0.2.1'] })).toThrow('scan_now only')
    expect(() => composeCommandRequest('scan_now', { server, ip: '192.0.2.1' })).toThrow('read_device only')
    expect(() => composeCommandRequest('read_device', { server })).toThrow('--ip')
  })

  it('knows how long a command may wait, and says so', () => {
    const server = 'https://printers.example'
    for (const expires of ['9s', '25h', '60d']) {
      expect(() => composeCommandRequest('scan_now', { server, expires })).toThrow(
        /--expires: '\w+' is too (short|long); it takes 10s to 24h/,
      )
    }
    for (const [expires, seconds] of [
      ['10s', 10],
      ['24h', 86_400],
    ] as const) {
      expect(composeCommandRequest('scan_now', { server, expires }).expires_in_seconds).toBe(seconds)
    }
  })

  it('does not say that a connected agent has yet to connect', async () => {
    const { url, makeToken, enrol, store } = shared()
    const { agent_id, token: agent_token } = await enrol()
    const { token } = await makeToken('admin')
    vi.stubEnv('PRINTMASTER_TOKEN', token)
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/agent`, {
      headers: { authorization: `Bearer ${agent_token}` },
    })
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    socket.on('message', (bytes) => {
      const { type, data } = JSON.parse(String(bytes))
      if (type !== 'command') return
      const { command_id } = data
      void store.updateCommand(agent_id, { command_id, state: 'succeeded' }, Date.now())
    })
    socket.send(JSON.stringify({ type: 'hello', data: {} }))
    const sentences: string[] = []
    const request = composeCommandRequest('scan_now', { server: url })
    const ended = await runCommand(agent_id, request, { server: url, wait: true }, (text) => sentences.push(text))
    expect(ended.state).toBe('succeeded')
    expect(sentences.filter((sentence) => /waits|not connected/.test(sentence))).toEqual([])
  })

  it('tells of a refused request what did not fit', async () => {
    const { url, makeToken } = shared()
    const { token } = await makeToken('admin')
    vi.stubEnv('PRINTMASTER_TOKEN', token)
    const request = { kind: 'scan_now', expires_in_seconds: 5 } as const
    await expect(runCommand('nobody', request, { server: url, wait: false }, () => undefined)).rejects.toThrow(
      /\(invalid_body\): \/expires_in_seconds must be >= 10$/,
    )
  })
})
