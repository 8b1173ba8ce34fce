import { Agent as HttpAgent, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { WebSocket } from 'ws'
import { isLoopback } from '../model/is-loopback.ts'
import type { Secret } from '../model/secret.ts'
import {
  AGENT_SOCKET_PATHS,
  CLOSE_CODES,
  type CloseReason,
  MAX_SOCKET_MESSAGE_BYTES,
  SUBPROTOCOL,
} from '../protocol/live.ts'
import { describeFailure } from './describe-failure.ts'
import { parseAnswer, type Refusal, readRefusal } from './read-refusal.ts'
import { readRetryAfter } from './retry-after.ts'
import { composeServerTls, type ServerTls } from './server-tls.ts'
import { socketUrl } from './server-url.ts'

/** Of the answer to a refused upgrade. */
const LARGEST_REFUSAL = 64 * 1024
/** What may wait to be sent; more of it means that nobody reads. */
const MOST_WAITING_BYTES = 4 * MAX_SOCKET_MESSAGE_BYTES
/** How long a goodbye may take. */
const CLOSING_MS = 2000

export interface LiveClientOptions {
  readonly url: URL
  readonly tls: ServerTls
  /** Null: the proxy variables of the environment count. */
  readonly proxy: Secret | null
  /** From the first packet to the end of the upgrade. */
  readonly handshake_ms: number
}

/** What comes over a socket; called from the moment that it is open. */
export interface LiveHandlers {
  /** The JSON of a message; undefined for what is none. */
  onMessage(message: unknown): void
  /** Anything came: a message, a ping, a pong. */
  onHeard(): void
  /** Once, at the end. 1006 where nobody said why. */
  onClose(code: number): void
}

export interface LiveSocket {
  /** False where it cannot go out any more. */
  send(message: object): boolean
  ping(): void
  /** Says why, and waits a moment for the other side to agree. */
  close(reason: CloseReason): void
  /** Cuts it. */
  terminate(): void
}

export type LiveOpening =
  | { readonly kind: 'open'; readonly socket: LiveSocket }
  /** The upgrade was answered otherwise. */
  | (Refusal & { readonly kind: 'refused'; readonly retry_after_ms: number | null })
  | { readonly kind: 'unreachable'; readonly reason: string }

export interface LiveClient {
  /** Never rejects. Redirects are not followed: they would take the token elsewhere. */
  connect(token: Secret, handlers: LiveHandlers, signal: AbortSignal): Promise<LiveOpening>
  destroy(): void
}

/**
 * WebSockets of one agent to its server, on the same ways as its HTTP requests: what is on loopback, or named in NO_PROXY,
 * is never asked through a proxy.
 */
export function createLiveClient({ url, tls, proxy, handshake_ms }: LiveClientOptions): LiveClient {
  const secure = composeServerTls(tls)
  const proxyEnv = isLoopback(url.hostname) ? undefined : readProxies(proxy)
  const ways = { ...(proxyEnv && { proxyEnv }), keepAlive: false }
  const agent = url.protocol === 'https:' ? new HttpsAgent({ ...ways, ...secure }) : new HttpAgent(ways)

  return {
    connect(token, handlers, signal) {
      return new Promise((resolve) => {
        let isLate = false
        const socket = new WebSocket(socketUrl(url, AGENT_SOCKET_PATHS[0]), SUBPROTOCOL, {
          agent,
          ...secure,
          headers: { authorization: `Bearer ${token.reveal()}` },
          maxPayload: MAX_SOCKET_MESSAGE_BYTES,
          perMessageDeflate: false,
          followRedirects: false,
        })
        const abort = () => socket.terminate()
        const timer = setTimeout(() => {
          isLate = true
          abort()
        }, handshake_ms)
        const settle = (opening: LiveOpening) => {
          clearTimeout(timer)
          signal.removeEventListener('abort', abort)
          resolve(opening)
        }
        signal.addEventListener('abort', abort)
        if (signal.aborted) abort()

        let isOpen = false
        socket.on('error', (error) => {
          if (isOpen) return // its close follows
          const words = { connect_ms: handshake_ms, answer_ms: handshake_ms, ca: '[server] ca' }
          const reason = isLate ? `no upgrade within ${handshake_ms / 1000} s` : describeFailure(error, words)
          settle({ kind: 'unreachable', reason })
        })
        socket.on('unexpected-response', (_request, answer: IncomingMessage) => {
          void readText(answer).then((text) => {
            const refusal = readRefusal(answer.statusCode ?? 0, parseAnswer(text))
            settle({ kind: 'refused', ...refusal, retry_after_ms: readRetryAfter(answer.headers) })
            socket.terminate()
          })
        })
        socket.on('open', () => {
          isOpen = true
          settle({ kind: 'open', socket: wrap(socket) })
        })
        socket.on('message', (data, isBinary) => {
          handlers.onHeard()
          handlers.onMessage(isBinary ? undefined : parseAnswer(String(data)))
        })
        for (const event of ['ping', 'pong'] as const) socket.on(event, () => handlers.onHeard())
        socket.on('close', (code) => {
          if (isOpen) handlers.onClose(code)
        })
      })
    },
    destroy: () => agent.destroy(),
  }
}

function wrap(socket: WebSocket): LiveSocket {
  return {
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return false
      if (socket.bufferedAmount > MOST_WAITING_BYTES) {
        socket.terminate()
        return false
      }
      socket.send(JSON.stringify(message))
      return true
    },
    ping() {
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    },
    close(reason) {
      socket.close(CLOSE_CODES[reason].code)
      const timer = setTimeout(() => socket.terminate(), CLOSING_MS)
      socket.once('close', () => clearTimeout(timer))
    },
    terminate: () => socket.terminate(),
  }
}

/** What a refusal says, as much of it as counts; what came where it breaks off. */
async function readText(answer: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const chunk of answer.setEncoding('utf8')) {
      text += chunk
      if (text.length > LARGEST_REFUSAL) break
    }
  } catch {
    // the status was there
  }
  return text
}

function readProxies(proxy: Secret | null): NodeJS.ProcessEnv {
  const { NO_PROXY, no_proxy } = process.env
  if (proxy === null) return process.env
  const way = proxy.reveal()
  return { HTTP_PROXY: way, HTTPS_PROXY: way, ...(NO_PROXY && { NO_PROXY }), ...(no_proxy && { no_proxy }) }
}
