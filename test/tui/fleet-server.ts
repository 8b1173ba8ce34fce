import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Check } from 'typebox/value'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { LiveRows } from '../../src/core/client/live-rows.ts'
import { CLOSE_CODES, UiHelloSchema } from '../../src/core/protocol/live.ts'

export const TOKEN = 'viewer-token'
export const ADMIN = 'admin-token'

/** A server with what a view asks of one: lists, one printer, commands, and the live channel. */
export interface FleetServer {
  readonly url: string
  readonly rows: { agents: LiveRows['agents']; devices: LiveRows['devices']; alerts: LiveRows['alerts'] }
  /** What was asked for: `GET /api/v1/devices`, `hello 5`. */
  readonly asked: string[]
  /** False: upgrades are answered with 404. */
  takesUpgrades: boolean
  /** Answers by path below /api/v1; they go before the lists. */
  readonly answers: Map<string, unknown>
  /** Resolves once something was asked for. */
  waitFor(what: string): Promise<void>
  send(rows: Partial<LiveRows> & { gone_devices?: readonly string[] }): void
  sendText(text: string): void
  drop(code?: number): void
  connections(): number
  /** Nothing listens there any more, or again. */
  stop(): Promise<void>
  start(): Promise<void>
}

const PART = 500

export async function startFleetServer(first: Partial<LiveRows> = {}): Promise<FleetServer> {
  const rows = { agents: [], devices: [], alerts: [], ...first } as FleetServer['rows']
  const asked: string[] = []
  const answers = new Map<string, unknown>()
  const sockets = new Set<WebSocket>()
  const waiting = new Set<() => void>()
  let seq = 10
  let port = 0
  let http: Server
  const note = (what: string) => {
    asked.push(what)
    for (const wake of waiting) wake()
  }
  const scopeOf = ({ headers }: IncomingMessage) =>
    ({ [`Bearer ${TOKEN}`]: 'viewer', [`Bearer ${ADMIN}`]: 'admin' })[headers.authorization ?? '']
  const refuse = (code: string) => JSON.stringify({ error: { code, message: `refused: ${code}` } })
  const greet = (socket: WebSocket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.once('message', (bytes) => {
      const hello = JSON.parse(String(bytes))
      if (!Check(UiHelloSchema, hello)) return socket.close(CLOSE_CODES.invalid_message.code)
      const after = (hello.data as { after_seq?: number }).after_seq
      note(`hello ${after ?? 'snapshot'}`)
      if (after !== undefined && after <= seq) {
        const gone_devices: string[] = []
        return socket.send(JSON.stringify({ type: 'changes', data: { seq, ...rows, gone_devices } }))
      }
      for (let at = 0; at === 0 || at < rows.devices.length; at += PART) {
        const isFirst = at === 0
        const data = {
          seq,
          agents: isFirst ? rows.agents : [],
          alerts: isFirst ? rows.alerts : [],
          devices: rows.devices.slice(at, at + PART),
          is_last: at + PART >= rows.devices.length,
        }
        socket.send(JSON.stringify({ type: 'snapshot', data }))
      }
    })
  }
  const server: FleetServer = {
    get url() {
      return `http://127.0.0.1:${port}`
    },
    rows,
    asked,
    takesUpgrades: true,
    answers,
    async waitFor(what) {
      while (!asked.includes(what)) {
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        await promise
        waiting.delete(resolve)
      }
    },
    send(changes) {
      seq++
      const data = { seq, agents: [], devices: [], alerts: [], gone_devices: [], ...changes }
      for (const socket of sockets) socket.send(JSON.stringify({ type: 'changes', data }))
    },
    sendText(text) {
      for (const socket of sockets) socket.send(text)
    },
    drop(code) {
      for (const socket of sockets) code === undefined ? socket.terminate() : socket.close(code)
    },
    connections: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.terminate()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
    async start() {
      const upgrades = new WebSocketServer({ noServer: true })
      http = createServer((request, answer) => {
        const path = (request.url ?? '').replace('/api/v1', '')
        note(`${request.method} ${path}`)
        const end = (status: number, text: string) => answer.writeHead(status).end(text)
        const scope = scopeOf(request)
        if (scope === undefined) return end(401, refuse('token_unknown'))
        const [name = ''] = path.split('?')
        if (request.method === 'POST') {
          return scope === 'admin' ? end(202, '{}') : end(403, refuse('scope_insufficient'))
        }
        const lists: Record<string, unknown> = {
          '/agents/list': { agents: rows.agents, next_cursor: null },
          '/devices': listPage(rows.devices, request.url ?? ''),
          '/alerts': { alerts: rows.alerts, next_cursor: null },
        }
        const found = answers.get(path) ?? answers.get(name) ?? lists[name]
        return found === undefined ? end(404, refuse('not_found')) : end(200, JSON.stringify(found))
      })
      http.on('upgrade', (request, socket, head) => {
        const refusal = !server.takesUpgrades ? 404 : scopeOf(request) === undefined ? 401 : null
        if (refusal !== null) {
          note(`upgrade ${refusal}`)
          const text = refuse(refusal === 401 ? 'token_unknown' : 'not_found')
          return socket.end(
            `HTTP/1.1 ${refusal} No\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
          )
        }
        upgrades.handleUpgrade(request, socket, head, greet)
      })
      http.listen(port, '127.0.0.1')
      await once(http, 'listening')
      port = (http.address() as AddressInfo).port
    },
  }
  await server.start()
  onTestFinished(() => server.stop().catch(() => undefined))
  return server
}

function listPage(devices: LiveRows['devices'], url: string) {
  const from = Number(new URL(url, 'http://x').searchParams.get('cursor') ?? 0)
  const next = from + 1000 < devices.length ? String(from + 1000) : null
  return { devices: devices.slice(from, from + 1000), next_cursor: next }
}
