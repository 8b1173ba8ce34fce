import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
export type Message = { type: string; id?: string; data: any; timestamp: string }

/** A client on a real socket. What comes is kept until it is asked for. */
export interface TestSocket {
  readonly ws: WebSocket
  readonly messages: readonly Message[]
  send(type: string, data?: unknown, id?: string): void
  /** The first message of a type that was not given yet, once it is there. */
  next(type: string): Promise<Message>
  /** What was answered to the message of this id. */
  answer(id: string): Promise<Message>
  /** The close code and its reason, once the connection is over. */
  readonly closed: Promise<{ code: number; reason: string }>
}

export interface SocketRequest {
  readonly token?: string
  readonly protocols?: string[]
  readonly headers?: Record<string, string>
  readonly options?: ClientOptions
}

export const socketUrl = (url: string, path: string) => url.replace('http', 'ws') + path

function dial(url: string, { token, protocols = ['printmaster'], headers, options }: SocketRequest): WebSocket {
  const ws = new WebSocket(url, protocols, {
    rejectUnauthorized: false,
    ...options,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
  })
  ws.on('error', () => undefined)
  onTestFinished(() => ws.terminate())
  return ws
}

/** @throws Error when the upgrade is refused */
export async function openSocket(url: string, path: string, request: SocketRequest = {}): Promise<TestSocket> {
  const ws = dial(socketUrl(url, path), request)
  const messages: Message[] = []
  const waiting = new Set<() => void>()
  let over = false
  const wake = () => {
    for (const look of waiting) look()
  }
  ws.on('message', (data) => {
    messages.push(JSON.parse(String(data)))
    wake()
  })
  const take = (isWanted: (message: Message) => boolean, what: string) =>
    new Promise<Message>((resolve, reject) => {
      const look = () => {
        const at = messages.findIndex(isWanted)
        if (at < 0 && !over) return
        waiting.delete(look)
        if (at < 0) reject(new Error(`closed without ${what}`))
        else resolve(messages.splice(at, 1)[0] as Message)
      }
      waiting.add(look)
      look()
    })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => {
      over = true
      wake()
      resolve({ code, reason: String(reason) })
    })
  })
  await Promise.race([
    once(ws, 'open'),
    once(ws, 'unexpected-response').then(([, answer]) => {
      throw new Error(`refused with ${(answer as IncomingMessage).statusCode}`)
    }),
  ])
  return {
    ws,
    messages,
    closed,
    send: (type, data = {}, id) => ws.send(JSON.stringify({ type, data, ...(id !== undefined && { id }) })),
    next: (type) => take((message) => message.type === type, type),
    answer: (id) => take((message) => message.id === id, `an answer to ${id}`),
  }
}

/** The answer of HTTP that an upgrade got in place of a socket. */
export async function refusedSocket(url: string, path: string, request: SocketRequest = {}) {
  const ws = dial(socketUrl(url, path), request)
  const [, answer] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const body = JSON.parse(Buffer.concat(chunks).toString())
  return { status: answer.statusCode, headers: answer.headers, code: body.error.code as string, body }
}
