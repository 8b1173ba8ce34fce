import type { RawData, WebSocket } from 'ws'
import { CLOSE_CODES, type CloseReason } from '../../protocol/live.ts'
import type { Principal } from '../auth/door.ts'
import { type LiveSettings, MAX_PINGS } from './live-settings.ts'

/** Of the ping that shows how far a slow reader is. */
const SLOW_MARK = Buffer.from('too slow')

/** A connection. There may be many thousands: what each of them holds is what it costs. */
export interface OpenSocket {
  readonly ws: WebSocket
  readonly principal: Principal
  readonly remote_address: string
  /** When anything came last; milliseconds of `performance.now`. */
  heard_at: number
  pinged_at: number
  /** Pings of the other side since the last sweep. */
  pings: number
  /** Messages in a row that did not fit. */
  invalid: number
  /** Messages in a row beyond the rate. */
  hasty: number
  /** We closed it, or it closed: nothing of it counts any more. */
  isOver: boolean
}

export interface SocketEvents<S extends OpenSocket> {
  message(socket: S, data: RawData, isBinary: boolean): void
  /**
   * Once for each socket, as soon as it is over.
   * @param why null when the other side ended it
   * @param code what the other side said then; 1006 where it said nothing, null where it did not end it
   */
  end(socket: S, why: CloseReason | null, code: number | null): void
  /** Of each socket that is open, at each sweep. */
  sweep?(socket: S, at: number): void
}

/** The sockets of one kind: their pings, their silence, their end. */
export interface SocketKeeper<S extends OpenSocket> {
  readonly size: number
  add(socket: S): void
  close(socket: S, reason: CloseReason): void
  all(): IteratorObject<S>
  /** Closes all, and resolves when they are gone; those that do not answer are cut. */
  closeAll(reason: CloseReason): Promise<void>
}

/** What every new socket begins with. */
export function newSocket(ws: WebSocket, principal: Principal, remote_address: string): OpenSocket {
  const at = performance.now()
  return {
    ws,
    principal,
    remote_address,
    heard_at: at,
    pinged_at: at,
    pings: 0,
    invalid: 0,
    hasty: 0,
    isOver: false,
  }
}

/** @param now milliseconds since 1970, for the life time of tokens */
export function keepSockets<S extends OpenSocket>(
  settings: LiveSettings,
  now: () => number,
  events: SocketEvents<S>,
): SocketKeeper<S> {
  const { sweep_ms, ping_ms, silence_ms, closing_ms, slow_closing_ms } = settings
  const sockets = new Map<WebSocket, S>()
  /** Those that read what waits for them before they are told that they are too slow. */
  const slow = new Map<WebSocket, NodeJS.Timeout>()
  let swept_at = performance.now()
  let whenEmpty: (() => void) | null = null

  const end = (socket: S, why: CloseReason | null, code: number | null = null) => {
    if (socket.isOver) return
    socket.isOver = true
    events.end(socket, why, code)
  }
  const close = (socket: S, reason: CloseReason) => {
    if (socket.isOver) return
    end(socket, reason)
    if (reason === 'too_slow') return awaitReader(socket.ws)
    socket.ws.close(CLOSE_CODES[reason].code, reason)
  }
  /**
   * The library cuts a connection soon after its close frame was queued, behind all that waits. So a ping goes in its place:
   * its answer shows that the reader has come so far. Nothing else is queued meanwhile.
   */
  const awaitReader = (ws: WebSocket) => {
    slow.set(ws, setTimeout(tellSlow, slow_closing_ms, ws))
    ws.ping(SLOW_MARK)
  }
  const tellSlow = (ws: WebSocket) => {
    clearTimeout(slow.get(ws))
    slow.delete(ws)
    ws.close(CLOSE_CODES.too_slow.code, 'too_slow' satisfies CloseReason)
  }

  // the same four for all: a closure for each socket would cost more than the socket's own data
  function onMessage(this: WebSocket, data: RawData, isBinary: boolean) {
    const socket = sockets.get(this)
    if (socket === undefined || socket.isOver) return
    socket.heard_at = performance.now()
    events.message(socket, data, isBinary)
  }
  function onPing(this: WebSocket) {
    const socket = sockets.get(this)
    if (socket === undefined) return
    socket.heard_at = performance.now()
    socket.pings += 1
    if (socket.pings > MAX_PINGS) close(socket, 'rate_limited')
  }
  function onPong(this: WebSocket, data: Buffer) {
    const socket = sockets.get(this)
    if (socket !== undefined) socket.heard_at = performance.now()
    if (slow.has(this) && data.equals(SLOW_MARK)) tellSlow(this)
  }
  function onClose(this: WebSocket, code: number) {
    const socket = sockets.get(this)
    sockets.delete(this)
    clearTimeout(slow.get(this))
    slow.delete(this)
    if (socket !== undefined) end(socket, null, code)
    if (sockets.size === 0) whenEmpty?.()
  }

  const sweep = () => {
    const at = performance.now()
    const wall = now()
    // a program that stood still heard nobody
    const wasAway = at - swept_at > ping_ms
    swept_at = at
    for (const socket of sockets.values()) {
      if (socket.isOver) continue
      socket.pings = 0
      if (wasAway) socket.heard_at = at
      const { expires_at } = socket.principal
      if (expires_at !== null && expires_at <= wall) close(socket, 'token_refused')
      // the next sweep would be too late
      else if (at - socket.heard_at > silence_ms - sweep_ms) close(socket, 'silent')
      else {
        if (at - socket.pinged_at >= ping_ms) {
          socket.pinged_at = at
          socket.ws.ping()
        }
        events.sweep?.(socket, at)
      }
    }
  }
  const timer = setInterval(sweep, sweep_ms).unref()

  return {
    get size() {
      return sockets.size
    },
    add(socket) {
      const { ws } = socket
      sockets.set(ws, socket)
      ws.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('close', onClose).on('error', ignoreError)
    },
    close,
    all: () => sockets.values(),
    async closeAll(reason) {
      clearInterval(timer)
      if (sockets.size === 0) return
      const empty = new Promise<void>((resolve) => {
        whenEmpty = resolve
      })
      for (const socket of sockets.values()) close(socket, reason)
      for (const ws of slow.keys()) tellSlow(ws)
      const cut = setTimeout(() => {
        for (const ws of sockets.keys()) ws.terminate()
      }, closing_ms)
      await empty
      clearTimeout(cut)
    },
  }
}

/** What broke is told by the close that follows. */
function ignoreError(): void {}
