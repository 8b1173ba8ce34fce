import type { Socket } from 'node:net'
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import type { TSchema } from 'typebox'
import { v7 as makeUuid } from 'uuid'
import { ApiError } from '../protocol/api-error.ts'
import { answerError } from './answers.ts'
import { compileAnswer, compileCheck, parseQuery } from './compile-schema.ts'
import { type FindMethods, passAgain, passGate, passUnreadable, refuseRate } from './gate.ts'
import { MAX_BATCH_BYTES, MAX_PIPELINED_REQUESTS, MAX_SMALL_BYTES, MAX_URL_LENGTH } from './limits/http-limits.ts'
import { refuseList } from './limits/list-places.ts'
import { addSocketRoutes } from './live/socket-routes.ts'
import { answerParserError } from './parser-errors.ts'
import { parseBody, readBytes } from './read-body.ts'
import { readRemoteAddress } from './remote-address.ts'
import { addAgentRoutes } from './routes/agents.ts'
import { addAlertRoutes } from './routes/alerts.ts'
import { addAuditChainRoutes, addAuditRoutes } from './routes/audit.ts'
import { addBatchRoutes } from './routes/batches.ts'
import { addCommandRoutes } from './routes/commands.ts'
import { addDeviceRoutes } from './routes/devices.ts'
import { addFleetMetricRoutes } from './routes/fleet-metrics.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addHeartbeatRoute } from './routes/heartbeat.ts'
import { addOpenApiRoute, registerOpenApi } from './routes/openapi.ts'
import { addPrometheusRoute } from './routes/prometheus.ts'
import { addRegisterRoutes } from './routes/register.ts'
import { addReportRoutes } from './routes/reports.ts'
import { addRetentionRoutes } from './routes/retention.ts'
import { addTokenRoutes } from './routes/tokens.ts'
import type { Services } from './services.ts'

type MakeServer = NonNullable<FastifyServerOptions['serverFactory']>

/**
 * The routes and what every request passes: the gate, the checks, the one shape of errors.
 * @param makeServer the HTTP or HTTPS server to put them on
 */
export async function buildApp(services: Services, makeServer: MakeServer): Promise<FastifyInstance> {
  const answering = new WeakMap<Socket, FastifyRequest['raw']>()
  const started = new WeakSet<FastifyRequest['raw']>()
  const unanswered = new WeakMap<Socket, number>()
  const { trusted_proxies } = services.options.listen
  const app = fastify({
    serverFactory: makeServer,
    logger: false,
    trustProxy: trusted_proxies.length === 0 ? false : [...trusted_proxies],
    requestIdHeader: false,
    genReqId: () => makeUuid(),
    return503OnClosing: false,
    bodyLimit: MAX_BATCH_BYTES,
    routerOptions: { querystringParser: parseQuery as never, maxParamLength: MAX_URL_LENGTH },
    clientErrorHandler: (error, socket) => {
      const request = answering.get(socket as Socket)
      answerParserError(error, socket as Socket, request !== undefined && started.has(request))
    },
    frameworkErrors: (error, request, reply) => {
      prepare(request as FastifyRequest, reply)
      passUnreadable(request as FastifyRequest, services)
        .then(() => error)
        .catch((refusal: unknown) => refusal)
        .then((found) => answerError(found, request as FastifyRequest, reply, services))
    },
  })
  const patterns: { pattern: RegExp; method: string }[] = []
  const findMethods: FindMethods = (path) => [
    ...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)),
  ]

  app.setValidatorCompiler(({ schema, httpPart }) => compileCheck(schema as TSchema, httpPart) as never)
  app.setSerializerCompiler(({ schema, method, url }) => compileAnswer(schema as TSchema, `${method} ${url}`))
  app.decorateRequest('principal', null)
  app.decorateRequest('received_at', 0)
  app.decorateRequest('arrived_at', 0)
  app.decorateRequest('remote_address', '')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: FastifyRequest['raw']) => {
    const { batch, body_limit = MAX_SMALL_BYTES } = request.routeOptions.config
    if (batch !== undefined) return payload
    const bytes = await readBytes(payload, body_limit)
    if (request.method === 'DELETE' && bytes.byteLength === 0) return undefined
    return parseBody(bytes, request.headers['content-encoding'] ?? null, body_limit)
  })

  const prepare = (request: FastifyRequest, reply: FastifyReply) => {
    request.received_at = services.now()
    request.arrived_at = services.monotonic()
    request.remote_address = readRemoteAddress(request)
    const { socket } = request.raw
    answering.set(socket, request.raw)
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + 1)
    reply.raw.once('close', () => unanswered.set(socket, (unanswered.get(socket) as number) - 1))
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  }
  app.addHook('onRoute', (route) => {
    const { url, method, handler, config } = route
    if (config?.reads) {
      route.handler = function (request, reply) {
        return services.lists.hold(async () => handler.call(this, request, reply))
      }
    }
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
    patterns.push(...[method].flat().map((each) => ({ pattern, method: each })))
  })
  app.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw
    const before = unanswered.get(socket) ?? 0
    // nobody gets to see the answer: the connection is over, or ends with an answer that comes first
    if (socket.destroyed || before > MAX_PIPELINED_REQUESTS) return void reply.hijack()
    prepare(request, reply)
    if (before === MAX_PIPELINED_REQUESTS) {
      reply.raw.shouldKeepAlive = false
      throw refuseRate('too many requests on this connection', 1)
    }
    await passGate(request, services, findMethods)
  })
  app.addHook('preValidation', async (request) => {
    const { body } = (request.routeOptions.schema ?? {}) as { body?: unknown }
    const wanted = body !== undefined || request.routeOptions.config.batch !== undefined
    if (wanted && request.body === undefined) throw new ApiError('invalid_json', 'the body is empty')
  })
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.batch === undefined) await passAgain(request, services)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const bytes = typeof payload === 'string' || payload instanceof Uint8Array ? Buffer.byteLength(payload) : 0
    const { unsent } = services
    if (!unsent.hasRoom(bytes) && reply.statusCode < 400) throw refuseList()
    started.add(request.raw)
    unsent.add(reply.raw, request.raw.socket, bytes)
    if (services.closing) reply.header('connection', 'close')
    return payload
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const method = app.supportedMethods.includes(request.method) ? request.method : 'OTHER'
    // what is left of its body still belongs to it
    if (request.raw.complete && answering.get(request.raw.socket) === request.raw) answering.delete(request.raw.socket)
    services.instruments.duration.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    services.log.debug(
      { request_id: request.id, method, route, status: reply.statusCode, address: request.remote_address },
      'answered',
    )
  })
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, services))
  app.setNotFoundHandler(() => {
    throw new ApiError('not_found', 'no such route')
  })

  await registerOpenApi(app)
  addRegisterRoutes(app, services)
  addHeartbeatRoute(app, services)
  addAgentRoutes(app, services)
  addCommandRoutes(app, services)
  addBatchRoutes(app, services)
  addDeviceRoutes(app, services)
  addFleetMetricRoutes(app, services)
  addAlertRoutes(app, services)
  addAuditRoutes(app, services)
  addAuditChainRoutes(app, services)
  addRetentionRoutes(app, services)
  addReportRoutes(app, services)
  addTokenRoutes(app, services)
  addHealthRoutes(app, services)
  addPrometheusRoute(app, services)
  addOpenApiRoute(app)
  addSocketRoutes(app, services, (socket) => {
    answering.delete(socket)
    unanswered.delete(socket)
  })
  await app.ready()
  return app
}
