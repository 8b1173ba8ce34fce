import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Secret } from '../../../src/core/model/secret.ts'
import { createDirectory, startTestServer, type TestServer } from '../../server/start-test-server.ts'
import { makeAuthority } from '../uplink/make-authority.ts'
import { openUplink, type TestUplink } from '../uplink/open-uplink.ts'

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 10 })
const becomes = (agent: TestUplink, channel: 'websocket' | 'http') =>
  until(() => expect(agent.uplink.facts().channel).toBe(channel))
const portOf = (server: TestServer) => Number(new URL(server.url).port)
const enrol = async (server: TestServer) => (await server.makeToken('enrolment')).token

/** How the server heard of its one agent last. */
async function connectionOf(server: TestServer): Promise<string> {
  const { body } = await server.call('/api/v1/agents/list', await server.makeToken('viewer'))
  return body.agents[0]?.connection
}

/** A server with a certificate of a private authority. */
async function startTlsServer() {
  const folder = createDirectory()
  const authority = makeAuthority(folder, 'authority')
  authority.sign('server', 'DNS:printers.test,IP:127.0.0.1')
  const tls = { certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') }
  return { authority, server: await startTestServer({ options: (defaults) => ({ ...defaults, tls }) }) }
}

/** A proxy that takes every name for this machine, and upgrades only where it is told to. */
async function startProxy() {
  const proxy = { takesUpgrades: true, tunnels: [] as string[], upgrades: 0, port: 0 }
  const http = createServer((incoming, outgoing) => {
    const { port, pathname, search } = new URL(incoming.url ?? '', 'http://none')
    const { method = 'GET', headers } = incoming
    const onward = request({ host: '127.0.0.1', port, path: pathname + search, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  const tunnel = (port: number, socket: Duplex, begin: () => void) => {
    const inner = connect(port, '127.0.0.1', begin)
    for (const each of [socket, inner]) each.on('error', () => undefined)
    socket.pipe(inner).pipe(socket)
    onTestFinished(() => void [socket, inner].map((each) => each.destroy()))
    return inner
  }
  http.on('connect', (incoming, socket, head) => {
    proxy.tunnels.push(incoming.url ?? '')
    const inner = tunnel(Number(incoming.url?.split(':')[1]), socket, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      inner.write(head)
    })
  })
  http.on('upgrade', (incoming, socket) => {
    proxy.upgrades += 1
    if (!proxy.takesUpgrades)
      return void socket.end('HTTP/1.1 502 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    const { port, pathname } = new URL(incoming.url ?? '')
    const headers = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const inner = tunnel(Number(port), socket, () => inner.write(`GET ${pathname} HTTP/1.1\r\n${headers.join('')}\r\n`))
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  proxy.port = (http.address() as AddressInfo).port
  return proxy
}

it('goes over TLS, by an authority of its own, also through the tunnel of a proxy', async () => {
  const { server, authority } = await startTlsServer()
  const options = { tls: { ca: authority.pem, client: null } }
  const direct = openUplink(server.url, await enrol(server), { options })
  await becomes(direct, 'websocket')
  await until(async () => expect(await connectionOf(server)).toBe('websocket'))
  await direct.stop()

  const proxy = await startProxy()
  const way = new Secret(`http://127.0.0.1:${proxy.port}`)
  const url = `https://printers.test:${portOf(server)}`
  const tunnelled = openUplink(url, await enrol(server), { options: { ...options, proxy: way } })
  await becomes(tunnelled, 'websocket')
  expect(new Set(proxy.tunnels)).toEqual(new Set([`printers.test:${portOf(server)}`]))
})

it('without the authority nothing is said to the server, by neither way', async () => {
  const { server } = await startTlsServer()
  const agent = openUplink(server.url, await enrol(server))
  await agent.becomes('waiting')
  expect(agent.uplink.facts().channel).toBe(null)
  expect(agent.uplink.facts().reason).toContain('name it with [server] ca')
})

it('sends its heartbeats over HTTP behind a proxy that refuses upgrades, and comes back once it takes them', async () => {
  const server = await startTestServer()
  const proxy = await startProxy()
  proxy.takesUpgrades = false
  const options = { proxy: new Secret(`http://127.0.0.1:${proxy.port}`), allow_plaintext: true }
  const agent = openUplink(`http://printers.test:${portOf(server)}`, await enrol(server), { options })
  await becomes(agent, 'http')
  await until(() => expect(proxy.upgrades).toBeGreaterThan(1))
  await until(async () => expect(await connectionOf(server)).toBe('http'))
  proxy.takesUpgrades = true
  await becomes(agent, 'websocket')
  await until(async () => expect(await connectionOf(server)).toBe('websocket'))
})
