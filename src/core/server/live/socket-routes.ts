import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type WebSocket, WebSocketServer } from 'ws'
import { ApiError } from '../../protocol/api-error.ts'
import {
  AGENT_SOCKET_PATHS,
  MAX_SOCKET_MESSAGE_BYTES,
  SUBPROTOCOL,
  TICKET_SECONDS,
  type Ticket,
  TicketSchema,
  UI_SOCKET_PATHS,
} from '../../protocol/live.ts'
import type { Scope } from '../../protocol/tokens.ts'
import type { Principal } from '../auth/door.ts'
import { answerSocket } from '../parser-errors.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'
import { takeUpgrade } from './route-upgrade.ts'

/** A view says hello and nothing else. */
const MAX_VIEW_MESSAGE_BYTES = 16 * 1024

type Accept = (ws: WebSocket, principal: Principal, remote_address: string) => void

/**
 * The paths of the WebSockets, and the tickets for them.
 * @param forget what is remembered of requests on a socket
 */
export function addSocketRoutes(app: FastifyInstance, services: Services, forget: (socket: Socket) => void): void {
  const { agentHub, viewHub, tickets, live_settings } = services
  app.post(
    '/api/v1/ws/ticket',
    describeRoute({
      id: 'createTicket',
      summary: 'A ticket that opens one WebSocket',
      description:
        `For browsers, which cannot send a token with an upgrade. Good once, for ${TICKET_SECONDS} seconds, for /ws/ui, ` +
        'as the subprotocol printmaster.ticket.TICKET beside printmaster.',
      tag: 'server',
      scope: 'viewer',
      status: 201,
      answer: TicketSchema,
    }),
    async (request, reply): Promise<Ticket> => {
      reply.code(201)
      return tickets.issue(request.principal as Principal)
    },
  )

  const addSocketRoute = (path: string, scope: Scope, server: WebSocketServer, accept: Accept) => {
    const about = describeRoute({
      id: `connect ${path}`,
      summary: 'A WebSocket',
      tag: 'server',
      scope,
      takesTicket: scope === 'viewer',
      answer: Type.Unknown(),
      hide: true,
    })
    app.get(path, { ...about, exposeHeadRoute: false }, async (request, reply) => {
      const upgrade = takeUpgrade(request.raw)
      if (upgrade === null) throw new ApiError('upgrade_required', 'this path takes WebSocket upgrades only')
      checkOrigin(request)
      if (services.closing) throw new ApiError('shutting_down', 'the server is about to stop; try again in a moment')
      const { principal, remote_address } = request
      reply.hijack()
      forget(upgrade.socket)
      upgrade.release()
      server.handleUpgrade(request.raw, upgrade.socket, upgrade.head, (ws) => {
        accept(ws, principal as Principal, remote_address)
        services.tokenWatch.noteAdded()
      })
      return reply
    })
  }
  const ofAgents = makeSocketServer(MAX_SOCKET_MESSAGE_BYTES, live_settings.closing_ms)
  const ofViews = makeSocketServer(MAX_VIEW_MESSAGE_BYTES, live_settings.closing_ms)
  for (const path of AGENT_SOCKET_PATHS) addSocketRoute(path, 'agent', ofAgents, agentHub.accept)
  for (const path of UI_SOCKET_PATHS) addSocketRoute(path, 'viewer', ofViews, viewHub.accept)
}

function makeSocketServer(maxPayload: number, closeTimeout: number): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    closeTimeout,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  } as ConstructorParameters<typeof WebSocketServer>[0])
  return server.on('wsClientError', (error, socket) => {
    answerSocket(socket as Socket, new ApiError('invalid_request', `this is no WebSocket handshake: ${error.message}`))
  })
}

/**
 * A browser sends the token of a person nowhere by itself, but a page that got hold of one must not use it from elsewhere.
 * @throws ApiError origin_refused
 */
function checkOrigin({ headers, host }: FastifyRequest): void {
  const { origin, authorization } = headers
  if (origin === undefined || authorization === undefined) return
  if (URL.canParse(origin) && isSameHost(new URL(origin), host)) return
  throw new ApiError('origin_refused', 'this token came from a page of another origin; take a ticket')
}

/** The scheme tells what the page was loaded by, which a proxy in front may have changed. */
function isSameHost({ protocol, host }: URL, asked: string): boolean {
  const text = `${protocol}//${asked}`
  return host !== '' && URL.canParse(text) && new URL(text).host === host
}
