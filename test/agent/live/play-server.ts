import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'

export interface Heard {
  readonly way: 'http' | 'websocket'
  /** Type of the message, or the path. */
  readonly what: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly data: any
  readonly token: string
  readonly at: number
}

/** What a server answers where it is not to be as it should be. */
export interface Behaviour {
  /** HTTP status of an upgrade, and what else the answer holds; 0 for no answer at all, null lets it through. */
  upgrade(token: string): { status: number; code?: string } | null
  /** The same for a request. */
  request(path: string, token: string): { status: number; code?: string } | null
  /** Answers pings. */
  pongs: boolean
  /** What the answer to a sign of life says beside the rest. */
  held: { last_seq?: number | null; store_id?: string }
}

export interface PlayedServer {
  readonly url: string
  readonly heard: readonly Heard[]
  readonly sockets: ReadonlySet<WebSocket>
  readonly behaviour: Behaviour
  /** Names of tokens that it gave, in order. */
  readonly tokens: readonly string[]
  upgrades(): number
  of(way: Heard['way'], what: string): Heard[]
}

/** A server that takes whatever comes, over HTTP and over WebSockets, and can be told to misbehave. */
export async function playServer(): Promise<PlayedServer> {
  const heard: Heard[] = []
  const sockets = new Set<WebSocket>()
  const tokens: string[] = []
  const held: Duplex[] = []
  let upgrades = 0
  const behaviour: Behaviour = { upgrade: () => null, request: () => null, pongs: true, held: {} }
  const answer = () => ({
    success: true,
    agent_id: 'played',
    store_id: 'store',
    server_time: new Date().toISOString(),
    last_seq: null,
    ...behaviour.held,
  })
  const errorOf = (code: string) => ({ error: { code, message: `the server says ${code}` } })
  const tokenOf = (header: string | undefined) => (header ?? '').replace('Bearer ', '')

  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const path = (request.url ?? '').replace('/api/v1', '')
    const token = tokenOf(request.headers.authorization)
    const own = behaviour.request(path, token)
    const isPacked = request.headers['content-encoding'] !== undefined
    const data = isPacked ? null : JSON.parse(Buffer.concat(chunks).toString() || 'null')
    heard.push({ way: 'http', what: path, data, token, at: performance.now() })
    response.setHeader('content-type', 'application/json')
    if (own !== null) return void response.writeHead(own.status).end(own.code ? JSON.stringify(errorOf(own.code)) : '')
    if (path === '/agents/register') {
      tokens.push(`token-number-${String(tokens.length + 1).padStart(6, '0')}`)
      const made = { ...answer(), agent_id: data.agent_id, token: tokens.at(-1) }
      return void response.end(JSON.stringify(made))
    }
    response.end(JSON.stringify({ ...answer(), received: data?.events?.length ?? 0 }))
  })
  const live = new WebSocketServer({ noServer: true, autoPong: false })
  http.on('upgrade', (request, socket, head) => {
    upgrades += 1
    const token = tokenOf(request.headers.authorization)
    const own = behaviour.upgrade(token)
    socket.on('error', () => undefined)
    if (own?.status === 0) return void held.push(socket)
    if (own !== null) {
      const body = own.code ? JSON.stringify(errorOf(own.code)) : '<html>'
      return void socket.end(
        `HTTP/1.1 ${own.status} No\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
    }
    live.handleUpgrade(request, socket, head, (ws) => {
      sockets.add(ws)
      ws.on('close', () => sockets.delete(ws))
      ws.on('ping', (data) => void (behaviour.pongs && ws.pong(data)))
      ws.on('message', (text) => {
        const { type, id, data } = JSON.parse(String(text))
        heard.push({ way: 'websocket', what: type, data, token, at: performance.now() })
        const say = (kind: string, said: object) => ws.send(JSON.stringify({ type: kind, id, data: said }))
        if (type === 'hello') say('welcome', answer())
        else if (type === 'heartbeat') say('ack', { answer: answer() })
        else if (type === 'events')
          say('ack', { answer: { success: true, received: data.events.length, stored: data.events.length } })
        else if (id !== undefined) say('ack', {})
      })
    })
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const ws of sockets) ws.terminate()
    for (const socket of held) socket.destroy()
    http.closeAllConnections()
    return new Promise<void>((resolve) => void http.close(() => resolve()))
  })
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    heard,
    sockets,
    behaviour,
    tokens,
    upgrades: () => upgrades,
    of: (way, what) => heard.filter((each) => each.way === way && each.what === what),
  }
}
