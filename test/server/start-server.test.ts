import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../src/core/model/secret.ts'
import { hashToken } from '../../src/core/server/auth/hash-token.ts'
import type { ServerOptions } from '../../src/core/server/server-options.ts'
import { startServer } from '../../src/core/server/start-server.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { createDirectory, defaultOptions, LOCAL, startTestServer } from './start-test-server.ts'

const quiet = () => undefined
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet }

async function start(change: (defaults: ServerOptions) => ServerOptions, database = join(createDirectory(), 'p.db')) {
  const server = await startServer(change(defaultOptions(database)), { log, now: Date.now })
  onTestFinished(() => server.close())
  return server
}

const wide =
  (more: Partial<ServerOptions['listen']> = {}) =>
  (defaults: ServerOptions) => ({
    ...defaults,
    listen: { ...defaults.listen, address: '0.0.0.0', ...more },
  })

describe('where a server listens', () => {
  test('wider than loopback it wants TLS or allow_plaintext, and says so', async () => {
    await expect(start(wide())).rejects.toMatchObject({
      code: 'insecure_listen',
      message: expect.stringMatching(/0\.0\.0\.0.*\[tls\].*allow_plaintext/s),
    })
  })

  test('and an enrolment token', async () => {
    await expect(start(wide({ allow_plaintext: true }))).rejects.toMatchObject({
      code: 'insecure_listen',
      message: expect.stringMatching(/token create --scope enrolment.*enrolment_token/s),
    })
  })

  test('with an enrolment token in config it listens; that token registers, and stands in the database as a hash', async () => {
    const enrolment_token = new Secret('a-token-from-the-config-file')
    const database = join(createDirectory(), 'p.db')
    const change = (defaults: ServerOptions) => ({ ...wide({ allow_plaintext: true })(defaults), enrolment_token })
    const first = await start(change, database)
    await first.close()
    const { url } = await start(change, database)
    const answer = await fetch(`${url.replace('0.0.0.0', '127.0.0.1')}/api/v1/agents/register`, {
      method: 'POST',
      headers: { authorization: `Bearer ${enrolment_token.reveal()}`, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(200)
    const store = openSqliteStore(database)
    onTestFinished(() => store.close())
    const tokens = (await store.listTokens(Date.now())).filter(({ scope }) => scope === 'enrolment')
    expect(tokens).toMatchObject([{ name: 'config', uses: 1 }])
    expect(await store.findToken(hashToken(enrolment_token.reveal()))).not.toBeNull()
  })

  test('with an enrolment token in the database it listens too', async () => {
    const database = join(createDirectory(), 'p.db')
    const store = openSqliteStore(database)
    const token = { scope: 'enrolment', hash: hashToken('x'), name: null, agent_id: null } as const
    await store.createToken({ ...token, expires_at: null, max_uses: null }, LOCAL, Date.now())
    await store.close()
    expect((await start(wide({ allow_plaintext: true }), database)).url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/)
  })

  test('IPv6 loopback needs neither', async () => {
    const { url } = await start((defaults) => ({ ...defaults, listen: { ...defaults.listen, address: '::1' } }))
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  test('a port that is taken, and an address that no interface has', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const listen = (more: Partial<ServerOptions['listen']>) => (defaults: ServerOptions) => ({
      ...defaults,
      listen: { ...defaults.listen, ...more },
    })
    await expect(start(listen({ port }))).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining(`127.0.0.1 port ${port}`),
    })
    const elsewhere = wide({ address: '203.0.113.1', allow_plaintext: true })
    const enrolment_token = new Secret('a-token-from-the-config-file')
    await expect(start((defaults) => ({ ...elsewhere(defaults), enrolment_token }))).rejects.toMatchObject({
      code: 'bad_config',
      message: expect.stringContaining('203.0.113.1'),
    })
  })

  test('certificate files that are not there are named', async () => {
    const tls = { certificate: '/nowhere/server.crt', key: '/nowhere/server.key' }
    await expect(start((defaults) => ({ ...defaults, tls }))).rejects.toMatchObject({
      code: 'bad_config',
      message: '[tls] certificate: cannot read /nowhere/server.crt (ENOENT)',
    })
  })
})

describe('what was stored', () => {
  test('is there after a restart: agents, tokens, devices', async () => {
    const before = await startTestServer()
    const { agent_id, token } = await before.enrol()
    await before.call('/api/v1/devices/batch', { token, body: { devices: [{ serial: 'D1' }] } })
    await before.call('/api/v1/agents/heartbeat', { token, body: { hostname: 'site-a' } })
    await before.server.close()
    const { database } = before.options
    const after = await start((defaults) => defaults, database)
    const { token: viewer } = await before.makeToken('viewer')
    const read = async (path: string) =>
      (await fetch(after.url + path, { headers: { authorization: `Bearer ${viewer}` } })).json() as Promise<object>
    expect(await read(`/api/v1/agents/${agent_id}`)).toMatchObject({ agent_id, hostname: 'site-a', devices_count: 1 })
    expect(await read('/api/v1/devices')).toMatchObject({ devices: [{ serial: 'D1', agent_id }] })
  })
})
