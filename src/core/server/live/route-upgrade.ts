import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { AGENT_SOCKET_PATHS, UI_SOCKET_PATHS } from '../../protocol/live.ts'

const PATHS: ReadonlySet<string> = new Set([...AGENT_SOCKET_PATHS, ...UI_SOCKET_PATHS])

/** A request for a WebSocket while it passes the gate. */
export interface Upgrade {
  readonly socket: Socket
  /** What came behind the headers. */
  readonly head: Buffer
  /** Takes the socket out of the hands of HTTP. */
  release(): void
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>()

/** Any other request to change the protocol is answered as if it had not been there (RFC 9110, section 7.8). */
export function isSocketUpgrade({ url = '', headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && PATHS.has(url.split('?', 1)[0] as string)
}

/**
 * Lets an upgrade pass all that a request passes: what refuses it is an answer of HTTP, after which the connection ends.
 * @param route takes a request and its answer
 */
export function routeUpgrade(
  route: (request: IncomingMessage, response: ServerResponse) => void,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.on('finish', () => {
    response.detachSocket(socket)
    socket.end(() => socket.destroy())
  })
  socket.on('error', destroy)
  upgrades.set(request, {
    socket,
    head,
    release() {
      response.detachSocket(socket)
      socket.off('error', destroy)
    },
  })
  route(request, response)
}

/** Null for a request that is no upgrade. */
export function takeUpgrade(request: IncomingMessage): Upgrade | null {
  const upgrade = upgrades.get(request) ?? null
  upgrades.delete(request)
  return upgrade
}

function destroy(this: Socket): void {
  this.destroy()
}
