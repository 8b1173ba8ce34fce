import { WebSocket } from 'ws'
import { PrintMasterError } from '../model/error.ts'
import type { Secret } from '../model/secret.ts'
import { cleanText } from '../output/clean-text.ts'
import { CLOSE_CODES, UI_SOCKET_PATHS } from '../protocol/live.ts'
import { describeFailure } from './describe-failure.ts'
import { type LiveRows, readLiveRows } from './live-rows.ts'
import { parseAnswer, readRefusal } from './read-refusal.ts'
import { apiBase, judgeServerUrl } from './server-url.ts'

/** Far more than a part of a snapshot has; a server that sends more is no PrintMaster server. */
const LARGEST_MESSAGE = 16 * 1024 * 1024
const LARGEST_REFUSAL = 64 * 1024

export interface ViewTimes {
  /** Until the upgrade is answered. */
  readonly handshake_ms: number
  /** Without a message for so long the connection counts as lost; the server speaks every 15 seconds. */
  readonly silence_ms: number
}

export const VIEW_TIMES: ViewTimes = { handshake_ms: 10_000, silence_ms: 40_000 }

/** What the server says to a view. */
export type ViewMessage =
  | ({ readonly type: 'snapshot'; readonly seq: number; readonly is_last: boolean } & LiveRows)
  | ({ readonly type: 'changes'; readonly seq: number; readonly gone_devices: readonly string[] } & LiveRows)
  | { readonly type: 'alive' }

/** How a connection came to its end. */
export type ViewEnd =
  /** The upgrade was answered with something else; `code` is that of the error, null where it is not the server's. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string | null; readonly reason: string }
  /** There was no connection at all. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }

export interface ViewSocketOptions {
  /** As `createApiClient` takes it, and found good by it. */
  readonly url: string
  readonly token: Secret
  readonly ca: string | null
  readonly allow_plaintext: boolean
  /** The last change that is known; null for a snapshot. */
  readonly after_seq: number | null
  readonly times?: ViewTimes
}

/**
 * One connection to `/ws/ui`, until it ends or the signal aborts. Never rejects.
 * @param onMessage is called for every message, in order
 */
export function followServer(
  { url, token, ca, allow_plaintext, after_seq, times = VIEW_TIMES }: ViewSocketOptions,
  onMessage: (message: ViewMessage) => void,
  signal: AbortSignal,
): Promise<ViewEnd> {
  const socket = new WebSocket(socketUrl(url, allow_plaintext), {
    headers: { authorization: `Bearer ${token.reveal()}` },
    handshakeTimeout: times.handshake_ms,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    ...(ca !== null && { ca }),
  })
  const { promise, resolve } = Promise.withResolvers<ViewEnd>()
  let silence: NodeJS.Timeout | undefined
  let isOpen = false
  const listen = () => {
    clearTimeout(silence)
    silence = setTimeout(() => {
      resolve({ kind: 'closed', code: CLOSE_CODES.silent.code, reason: `silent for ${times.silence_ms / 1000} s` })
      socket.terminate()
    }, times.silence_ms)
  }
  const leave = () => socket.terminate()
  signal.addEventListener('abort', leave)
  socket.on('open', () => {
    isOpen = true
    listen()
    socket.send(JSON.stringify({ type: 'hello', data: after_seq === null ? {} : { after_seq } }))
  })
  socket.on('message', (bytes) => {
    if (signal.aborted) return
    listen()
    const message = readMessage(String(bytes))
    if (message !== null) onMessage(message)
  })
  socket.on('ping', listen)
  socket.on('unexpected-response', (request, answer) => {
    const chunks: Buffer[] = []
    let size = 0
    const status = answer.statusCode ?? 0
    const end = () => {
      const refusal = readRefusal(status, parseAnswer(Buffer.concat(chunks).toString()))
      resolve({ kind: 'refused', status, code: refusal.code, reason: refusal.message })
      request.destroy()
    }
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= LARGEST_REFUSAL) chunks.push(chunk)
      else end()
    })
    answer.on('end', end)
    answer.on('error', end)
    answer.on('aborted', end)
  })
  socket.on('error', (error) => {
    const context = { connect_ms: times.handshake_ms, answer_ms: times.handshake_ms, ca: '--ca FILE' }
    const reason = describeFailure(error, context)
    if (!isOpen) resolve({ kind: 'unreachable', reason })
    else resolve({ kind: 'closed', code: 1006, reason })
  })
  socket.on('close', (code, reason) => {
    clearTimeout(silence)
    signal.removeEventListener('abort', leave)
    resolve(isOpen ? { kind: 'closed', code, reason: wordClose(code, String(reason)) } : NO_CONNECTION)
  })
  if (signal.aborted) leave()
  return promise.finally(() => clearTimeout(silence))
}

const NO_CONNECTION: ViewEnd = { kind: 'unreachable', reason: 'the connection was cut' }

function socketUrl(url: string, allow_plaintext: boolean): URL {
  const base = judgeServerUrl(url, allow_plaintext)
  if (typeof base === 'string') throw new PrintMasterError('bad_flag', '--server is no URL of a server')
  const socket = new URL(apiBase(base).replace(/\/api\/v1$/, UI_SOCKET_PATHS[0]))
  socket.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
  return socket
}

function wordClose(code: number, reason: string): string {
  const names: Record<number, string> = {
    [CLOSE_CODES.going_away.code]: 'the server left',
    [CLOSE_CODES.shutting_down.code]: 'the server is shutting down',
    [CLOSE_CODES.token_refused.code]: 'the token was revoked or has expired',
    [CLOSE_CODES.rate_limited.code]: 'too many messages',
    [CLOSE_CODES.too_slow.code]: 'this side was too slow',
  }
  return names[code] ?? (cleanText(reason) || 'the connection was cut')
}

function readMessage(text: string): ViewMessage | null {
  const { type, data } = asObject(parseAnswer(text))
  const body = asObject(data)
  if (type === 'alive') return { type }
  if ((type !== 'snapshot' && type !== 'changes') || typeof body.seq !== 'number') return null
  const rows = readLiveRows(body)
  if (type === 'snapshot') return { type, seq: body.seq, is_last: body.is_last === true, ...rows }
  const gone = Array.isArray(body.gone_devices) ? body.gone_devices : []
  return { type, seq: body.seq, gone_devices: gone.filter((id) => typeof id === 'string'), ...rows }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
