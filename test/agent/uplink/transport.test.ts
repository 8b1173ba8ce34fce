import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Server } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Secret } from '../../../src/core/model/secret.ts'
import { createDirectory, shareTestServer } from '../../server/start-test-server.ts'
import { startGateway } from './gateway.ts'
import { makeAuthority } from './make-authority.ts'
import { openUplink } from './open-uplink.ts'

const shared = shareTestServer()
const enrol = async () => (await shared().makeToken('enrolment')).token
const serverPort = () => Number(new URL(shared().url).port)

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** TLS before the server, as a reverse proxy does it. */
function listenTls(options: TlsOptions): Promise<number> {
  const server = createTlsServer(options, (socket) => {
    const inner = connect(serverPort(), '127.0.0.1')
    for (const each of [socket, inner]) each.on('error', () => undefined)
    socket.pipe(inner).pipe(socket)
    onTestFinished(() => void socket.destroy())
  })
  return listen(server)
}

/** A proxy that takes every name for this machine. */
async function startProxy() {
  const seen: { what: string; headers: Record<string, unknown> }[] = []
  const server = createServer((incoming, outgoing) => {
    seen.push({ what: `${incoming.method} ${incoming.url}`, headers: incoming.headers })
    outgoing.writeHead(502).end()
  })
  server.on('connect', (incoming, socket) => {
    seen.push({ what: `CONNECT ${incoming.url}`, headers: incoming.headers })
    const inner = connect(Number(incoming.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(inner).pipe(socket)
    })
    for (const each of [socket, inner]) each.on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
  })
  return { port: await listen(server), seen }
}

describe('the way to the server', () => {
  it('trusts a private authority, and no other', async () => {
    const authority = makeAuthority(createDirectory(), 'authority')
    const { certificate, key } = authority.sign('server', 'IP:127.0.0.1')
    const url = `https://127.0.0.1:${await listenTls({ cert: certificate, key })}`
    const good = openUplink(url, await enrol(), { options: { tls: { ca: authority.pem, client: null } } })
    await good.becomes('connected')
    const none = openUplink(url, await enrol())
    await none.becomes('waiting')
    expect(none.uplink.facts().reason).toContain('name it with [server] ca')
    const other = makeAuthority(createDirectory(), 'other')
    const wrong = openUplink(url, await enrol(), { options: { tls: { ca: other.pem, client: null } } })
    await wrong.becomes('waiting')
    expect(wrong.uplink.facts().reason).toContain('certificate')
  })

  it('takes no certificate that is for another name', async () => {
    const authority = makeAuthority(createDirectory(), 'authority')
    const { certificate, key } = authority.sign('server', 'DNS:elsewhere.example')
    const url = `https://127.0.0.1:${await listenTls({ cert: certificate, key })}`
    const agent = openUplink(url, await enrol(), { options: { tls: { ca: authority.pem, client: null } } })
    await agent.becomes('waiting')
    expect(agent.uplink.facts().reason).toBe('its certificate is for another name')
  })

  it('shows its client certificate where one is wanted', async () => {
    const authority = makeAuthority(createDirectory(), 'authority')
    const { certificate, key } = authority.sign('server', 'IP:127.0.0.1')
    const client = authority.sign('agent', 'DNS:agent')
    const options = { cert: certificate, key, ca: authority.pem, requestCert: true, rejectUnauthorized: true }
    const url = `https://127.0.0.1:${await listenTls(options)}`
    const own = { certificate: client.certificate, key: new Secret(client.key) }
    const agent = openUplink(url, await enrol(), { options: { tls: { ca: authority.pem, client: own } } })
    await agent.becomes('connected')
    const without = openUplink(url, await enrol(), { options: { tls: { ca: authority.pem, client: null } } })
    await without.becomes('waiting')
    expect(without.uplink.facts().reason).toBeTruthy()
  })

  it('takes a pinned certificate whatever its name, and no other that its authority signed', async () => {
    const authority = makeAuthority(createDirectory(), 'authority')
    const [one, two] = [authority.sign('one', 'DNS:elsewhere.example'), authority.sign('two', 'IP:127.0.0.1')]
    const ports = await Promise.all([one, two].map(({ certificate: cert, key }) => listenTls({ cert, key })))
    const tls = { ca: one.certificate, client: null, pinned: true }
    const pinned = openUplink(`https://127.0.0.1:${ports[0]}`, await enrol(), { options: { tls } })
    await pinned.becomes('connected')
    const other = openUplink(`https://127.0.0.1:${ports[1]}`, await enrol(), { options: { tls } })
    await other.becomes('waiting')
    // an authority in its place does not make its other certificates good
    const wide = { ...tls, ca: `${one.certificate}${authority.pem}` }
    const sibling = openUplink(`https://127.0.0.1:${ports[1]}`, await enrol(), { options: { tls: wide } })
    await sibling.becomes('waiting')
  })

  it('says that a certificate cannot be used, without the key', async () => {
    const tls = { ca: null, client: { certificate: 'nonsense', key: new Secret('PRIVATE') } }
    const agent = openUplink('https://127.0.0.1:1', await enrol(), { options: { tls } })
    await vi.waitFor(() => expect(agent.uplink.facts().reason).toBeTruthy())
    expect(JSON.stringify([agent.uplink.facts(), agent.log])).not.toContain('PRIVATE')
  })

  it.each([
    ['http://printers.example:9090', 'set [server] allow_plaintext = true'],
    ['ftp://127.0.0.1', 'is no URL of a server'],
    ['http://user:word@127.0.0.1', 'holds a name or a password'],
    ['http://127.0.0.1/?a=1', 'leave out what follows'],
  ])('refuses %s before anything is sent', async (url, sentence) => {
    const agent = openUplink(url, await enrol())
    await agent.becomes('halted')
    expect(agent.uplink.facts().reason).toContain(sentence)
    expect(JSON.stringify([agent.log, agent.uplink.facts()])).not.toContain('word@')
    agent.uplink.reconfigure({ ...agent.options, url: shared().url })
    await agent.becomes('connected')
  })

  it('sends its token in one header alone, and follows no redirect', async () => {
    const elsewhere = await startGateway(shared().url)
    const gateway = await startGateway(shared().url, ({ path }) =>
      path.endsWith('/heartbeat') ? { status: 307, headers: { location: `${elsewhere.url}${path}` }, body: '' } : null,
    )
    const agent = openUplink(`${gateway.url}/`, await enrol())
    await agent.becomes('waiting')
    expect(elsewhere.requests).toEqual([])
    gateway.intercept = () => null
    await agent.becomes('connected')
    const token = String(agent.journal.recall('agent_token'))
    for (const { path, headers, body } of gateway.requests) {
      const { authorization, ...others } = headers
      expect(authorization).toMatch(/^Bearer pm_/)
      expect(JSON.stringify([path, others, body.toString('latin1')])).not.toContain(token)
    }
  })
})

describe('a proxy', () => {
  afterEach(() => vi.unstubAllEnvs())

  /** The server under a name that only the proxy knows. */
  async function startNamed() {
    const authority = makeAuthority(createDirectory(), 'authority')
    const { certificate, key } = authority.sign('server', 'DNS:printers.example')
    const port = await listenTls({ cert: certificate, key })
    return { url: `https://printers.example:${port}`, tls: { ca: authority.pem, client: null }, port }
  }

  it('of config is used, with its password, and sees no token', async () => {
    const [proxy, named] = [await startProxy(), await startNamed()]
    const agent = openUplink(named.url, await enrol(), {
      options: { tls: named.tls, proxy: new Secret(`http://site:word@127.0.0.1:${proxy.port}`) },
    })
    await agent.becomes('connected')
    expect(new Set(proxy.seen.map(({ what }) => what))).toEqual(new Set([`CONNECT printers.example:${named.port}`]))
    expect(proxy.seen[0]?.headers).toMatchObject({
      'proxy-authorization': `Basic ${Buffer.from('site:word').toString('base64')}`,
    })
    expect(JSON.stringify(proxy.seen)).not.toContain('Bearer')
    expect(JSON.stringify([agent.log, agent.uplink.facts()])).not.toContain('word')
  })

  it('of the environment is used where config names none', async () => {
    const [proxy, named] = [await startProxy(), await startNamed()]
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    const agent = openUplink(named.url, await enrol(), { options: { tls: named.tls } })
    await agent.becomes('connected')
    expect(proxy.seen.length).toBeGreaterThan(0)
  })

  it('is passed by for loopback, and for what NO_PROXY names', async () => {
    const proxy = await startProxy()
    const options = { proxy: new Secret(`http://127.0.0.1:${proxy.port}`), allow_plaintext: true }
    const local = openUplink(shared().url, await enrol(), { options })
    await local.becomes('connected')
    vi.stubEnv('NO_PROXY', 'elsewhere.example, 0.0.0.0')
    // this machine by an address that is not one of loopback
    const url = `http://0.0.0.0:${serverPort()}`
    const direct = openUplink(url, await enrol(), { options })
    await direct.becomes('connected')
    expect(proxy.seen).toEqual([])
    vi.stubEnv('NO_PROXY', 'elsewhere.example')
    const through = openUplink(url, await enrol(), { options })
    await through.becomes('waiting')
    expect(proxy.seen[0]?.what).toBe(`POST ${url}/api/v1/agents/register`)
  })

  it('that cannot be used is named without its password', async () => {
    const { url, tls } = await startNamed()
    const agent = openUplink(url, await enrol(), { options: { tls, proxy: new Secret('nonsense:word') } })
    await agent.becomes('halted')
    expect(agent.uplink.facts().reason).toContain('proxy')
    expect(agent.uplink.facts().reason).not.toContain('word')
  })
})
