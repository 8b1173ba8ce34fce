import {
  createServer as createHttpServer,
  type ServerOptions as NodeOptions,
  type RequestListener,
  type Server,
} from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { PrintMasterError } from '../model/error.ts'
import { buildApp } from './app.ts'
import { createDoor } from './auth/door.ts'
import { keepEnrolmentToken } from './auth/keep-enrolment.ts'
import { createRefusedAttempts } from './auth/refused-attempts.ts'
import { checkEnrolment, checkTransport } from './check-listen.ts'
import { createDeviceGauges } from './device-gauges.ts'
import { createHeartbeatBuffer } from './heartbeat-buffer.ts'
import { createInstruments } from './instruments.ts'
import { createJournalWatch } from './journal-watch.ts'
import { createBatchPlaces } from './limits/batch-places.ts'
import { HTTP_TIMES, type HttpTimes, MAX_HEADER_BYTES } from './limits/http-limits.ts'
import { createListPlaces } from './limits/list-places.ts'
import { createRefusedRegistrations } from './limits/refused-registrations.ts'
import { createRequestRate } from './limits/request-rate.ts'
import { createUnsentAnswers } from './limits/unsent-answers.ts'
import { loadCertificate } from './load-certificate.ts'
import { answerConnect, answerExpectation } from './parser-errors.ts'
import type { ServerLog, ServerOptions } from './server-options.ts'
import type { Services } from './services.ts'
import { openStoreClient, type StoreClient } from './store-client.ts'
import { createWriteState } from './write-state.ts'

export interface StartDependencies {
  readonly log: ServerLog
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds since some moment, of a clock that nobody sets. */
  readonly monotonic?: () => number
  readonly times?: HttpTimes
}

export interface RunningServer {
  /** With the port that it listens on. */
  readonly url: string
  /** Fulfilled when the database threads ended, asked to or not. */
  readonly ended: Promise<void>
  /** Reads the certificate and its key again. @throws PrintMasterError bad_config; the former ones stay in use then */
  reloadTls(): Promise<void>
  /** Refuses new requests, finishes those in flight, writes what waits, closes the database. */
  close(): Promise<void>
}

/**
 * Opens the database and listens.
 * @throws PrintMasterError insecure_listen, bad_config (TLS files), port_in_use, permission_denied; StoreError
 */
export async function startServer(options: ServerOptions, dependencies: StartDependencies): Promise<RunningServer> {
  checkTransport(options)
  const certificate = options.tls === null ? null : await loadCertificate(options.tls)
  const client = await openStoreClient(options.database)
  try {
    return await serve(options, client, certificate, dependencies)
  } catch (error) {
    await client.close()
    throw error
  }
}

async function serve(
  options: ServerOptions,
  client: StoreClient,
  certificate: Awaited<ReturnType<typeof loadCertificate>> | null,
  { log, now, monotonic = () => performance.now(), times = HTTP_TIMES }: StartDependencies,
): Promise<RunningServer> {
  await keepEnrolmentToken(client.store, options.enrolment_token, now())
  checkEnrolment(options, await client.store.hasEnrolment(now()))
  const services = await makeServices(options, client, { log, now, monotonic, times })
  let server: Server | HttpsServer | undefined
  const app = await buildApp(services, (handler) => {
    server = makeServer(handler as RequestListener, certificate, times, services)
    return server as Server
  })
  const listening = server as Server | HttpsServer | undefined
  if (listening === undefined) throw new Error('no server was made')
  const leaveStore = async () => {
    services.door.close()
    await services.heartbeats.close()
    services.writes.close()
  }
  try {
    await app.listen({ host: options.listen.address, port: options.listen.port })
  } catch (error) {
    await leaveStore()
    throw explainListen(error as NodeJS.ErrnoException, options)
  }
  void client.ended.then(() => {
    if (!services.closing) log.error({}, 'the database threads ended; nothing can be stored any more')
  })
  let closing: Promise<void> | null = null
  const close = async () => {
    services.closing = true
    const cut = setTimeout(() => listening.closeAllConnections(), times.closing_ms)
    await app.close()
    clearTimeout(cut)
    await leaveStore()
    await client.close()
  }
  return {
    url: formatUrl(listening.address() as AddressInfo, certificate !== null),
    ended: client.ended,
    async reloadTls() {
      if (options.tls === null) return
      ;(listening as HttpsServer).setSecureContext(await loadCertificate(options.tls))
    },
    close: () => (closing ??= close()),
  }
}

async function makeServices(
  options: ServerOptions,
  client: StoreClient,
  { log, now, monotonic, times }: Required<StartDependencies>,
): Promise<Services> {
  const { store } = client
  const { limits, offline_after_seconds, device_metrics } = options
  const writes = createWriteState(() => store.tryWrite(now()), log)
  const unsent = createUnsentAnswers(times)
  return {
    options,
    client,
    store_id: (await store.describe()).store_id,
    door: createDoor(store, now),
    attempts: createRefusedAttempts(limits.refused_attempts),
    requestRate: createRequestRate(limits.requests_per_second, limits.burst),
    registrations: createRefusedRegistrations(),
    batchPlaces: createBatchPlaces(),
    lists: createListPlaces(unsent),
    unsent,
    heartbeats: createHeartbeatBuffer(store, writes),
    journals: createJournalWatch(offline_after_seconds * 1000),
    writes,
    instruments: createInstruments({
      count: () => store.count(offline_after_seconds * 1000, now()),
      pending: () => client.pending().batches,
      devices: device_metrics ? createDeviceGauges(store) : null,
    }),
    bodies: { bytes: 0 },
    log,
    now,
    monotonic,
    started_at: now(),
    closing: false,
  }
}

function makeServer(
  handler: RequestListener,
  certificate: Awaited<ReturnType<typeof loadCertificate>> | null,
  times: HttpTimes,
  { options, instruments }: Services,
): Server | HttpsServer {
  const limits: NodeOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: times.headers_ms,
    requestTimeout: times.request_ms,
    keepAliveTimeout: times.keep_alive_ms,
    connectionsCheckingInterval: times.check_ms,
    requireHostHeader: false, // the gate refuses it in the shape of all errors
    noDelay: true,
  }
  const server =
    certificate === null
      ? createHttpServer(limits, handler)
      : createHttpsServer({ ...limits, ...certificate, handshakeTimeout: times.headers_ms }, handler)
  server.maxConnections = options.listen.max_connections
  server.setTimeout(times.idle_ms)
  server.on('drop', () => instruments.droppedConnections.inc())
  server.on('checkExpectation', (_request, response) => answerExpectation(response))
  server.on('connect', (_request, socket) => answerConnect(socket as Socket))
  return server
}

function explainListen(error: NodeJS.ErrnoException, { listen }: ServerOptions): Error {
  const where = `${listen.address} port ${listen.port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return new PrintMasterError('port_in_use', `${where} is taken by another program; set another port in [listen]`)
    case 'EACCES':
      return new PrintMasterError(
        'permission_denied',
        `the system does not let this user listen on ${where}; set a port above 1023 in [listen]`,
      )
    case 'EADDRNOTAVAIL':
      return new PrintMasterError(
        'bad_config',
        `[listen] address: no interface of this machine has ${listen.address}; use one of its own, or 0.0.0.0 for all`,
      )
    default:
      return error
  }
}

function formatUrl({ address, port }: AddressInfo, tls: boolean): string {
  return `${tls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`
}
