import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerOptions as NodeOptions,
  type RequestListener,
  type Server,
} from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createAlertKeeper } from '../alerts/keeper.ts'
import { systemClock } from '../lifecycle/clock.ts'
import { PrintMasterError } from '../model/error.ts'
import { openArchivePlace } from '../retention/archive/open-place.ts'
import { createArchiveJobs } from '../retention/archive-jobs.ts'
import { createRetentionKeeper } from '../retention/keeper.ts'
import type { ArchiveOptions } from '../retention/retention-options.ts'
import { buildApp } from './app.ts'
import { createDoor } from './auth/door.ts'
import { keepEnrolmentToken } from './auth/keep-enrolment.ts'
import { createRefusedAttempts } from './auth/refused-attempts.ts'
import { createChangeBell } from './change-bell.ts'
import { checkEnrolment, checkTransport } from './check-listen.ts'
import { createCommandOffice } from './commands/command-office.ts'
import { createDeviceGauges } from './device-gauges.ts'
import { createHeartbeatBuffer } from './heartbeat-buffer.ts'
import { createInstruments } from './instruments.ts'
import { createJournalWatch } from './journal-watch.ts'
import { createBatchPlaces } from './limits/batch-places.ts'
import { HTTP_TIMES, type HttpTimes, MAX_HEADER_BYTES } from './limits/http-limits.ts'
import { createListPlaces } from './limits/list-places.ts'
import { createRecordedRefusals } from './limits/recorded-refusals.ts'
import { createRefusedRegistrations } from './limits/refused-registrations.ts'
import { createRequestRate } from './limits/request-rate.ts'
import { createUnsentAnswers } from './limits/unsent-answers.ts'
import { createAgentHub } from './live/agent-hub.ts'
import { LIVE_SETTINGS, type LiveSettings } from './live/live-settings.ts'
import { isSocketUpgrade, routeUpgrade } from './live/route-upgrade.ts'
import { createTickets } from './live/tickets.ts'
import { watchTokens } from './live/token-watch.ts'
import { createViewHub } from './live/view-hub.ts'
import { loadCertificate } from './load-certificate.ts'
import { answerConnect, answerExpectation } from './parser-errors.ts'
import { createPresenceMonitor, PRESENCE_TIMES, type PresenceTimes } from './presence/presence-monitor.ts'
import { runAlerts } from './run-alerts.ts'
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
  readonly live_settings?: LiveSettings
  readonly presence_times?: PresenceTimes
}

const DEFAULTS = {
  monotonic: () => performance.now(),
  times: HTTP_TIMES,
  live_settings: LIVE_SETTINGS,
  presence_times: PRESENCE_TIMES,
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
  dependencies: StartDependencies,
): Promise<RunningServer> {
  const parts = { ...DEFAULTS, ...dependencies }
  const { log, now, times } = parts
  await keepEnrolmentToken(client.store, options.enrolment_token, now())
  checkEnrolment(options, await client.store.hasEnrolment(now()))
  const services = await makeServices(options, client, parts)
  const { presence, agentHub, viewHub, tokenWatch } = services
  let server: Server | HttpsServer | undefined
  const app = await buildApp(services, (handler) => {
    server = makeServer(handler as RequestListener, certificate, times, services)
    return server as Server
  })
  const listening = server as Server | HttpsServer | undefined
  if (listening === undefined) throw new Error('no server was made')
  listening.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
    routeUpgrade((asked, answer) => app.routing(asked, answer), request, socket, head),
  )
  let keeping: ReturnType<typeof runAlerts> | null = null
  const leaveStore = async () => {
    await Promise.all([keeping?.close(), services.retention.close(), services.archives.close()])
    tokenWatch.close()
    await presence.close()
    await Promise.all([agentHub.close(), viewHub.close()])
    services.door.close()
    await services.commands.close()
    await services.heartbeats.close()
    services.writes.close()
  }
  try {
    await presence.start()
    await app.listen({ host: options.listen.address, port: options.listen.port })
  } catch (error) {
    await leaveStore()
    throw explainListen(error as NodeJS.ErrnoException, options)
  }
  services.retention.schedule()
  if (options.alerts.enabled) keeping = runAlerts(services.alerts)
  void client.ended.then(() => {
    if (!services.closing) log.error({}, 'the database threads ended; nothing can be stored any more')
  })
  let closing: Promise<void> | null = null
  const close = async () => {
    services.closing = true
    const cut = setTimeout(() => listening.closeAllConnections(), times.closing_ms)
    // a socket that the server ends is no agent that left
    await presence.close()
    await Promise.all([agentHub.close(), viewHub.close(), app.close()])
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
  { log, now, monotonic, times, live_settings, presence_times }: Required<StartDependencies>,
): Promise<Services> {
  const { store } = client
  const { limits, offline_after_seconds, device_metrics } = options
  const alerts = createAlertKeeper({
    client,
    options: { ...options.alerts, offline_after_seconds },
    log,
    clock: { ...systemClock, now },
    onDelivery: (channel, outcome) => instruments.alertDeliveries.inc({ channel, outcome }),
    onWritten: () => bell.ring(),
  })
  const writes = createWriteState(() => store.tryWrite(now()), log)
  const unsent = createUnsentAnswers(times)
  const instruments = createInstruments({
    count: () => store.count(offline_after_seconds * 1000, now()),
    pending: () => client.pending().batches,
    connections: () => ({ agents: agentHub.sockets.size, views: viewHub.sockets.size }),
    openAlerts: () => alerts.countOpen(),
    devices: device_metrics ? createDeviceGauges(store) : null,
  })
  const bell = createChangeBell()
  bell.listen(alerts.poke)
  const presence = createPresenceMonitor({
    store,
    log,
    now,
    rules: { offline_after_ms: offline_after_seconds * 1000, missed_heartbeats: options.missed_heartbeats },
    times: presence_times,
    onDecided: bell.ring,
  })
  const shared = {
    options,
    client,
    store_id: (await store.describe()).store_id,
    requestRate: createRequestRate(limits.requests_per_second, limits.burst),
    heartbeats: createHeartbeatBuffer(store, writes, bell.ring),
    journals: createJournalWatch(offline_after_seconds * 1000),
    instruments,
    presence,
    live_settings,
    bell,
    log,
    now,
    monotonic,
  }
  const agentHub = createAgentHub(shared, {
    onConnected: (agent_id) => commands.onConnected(agent_id),
    onCommandUpdate: (agent_id, update) => commands.onUpdate(agent_id, update),
  })
  const commands = createCommandOffice({ client, hub: agentHub, log, now })
  const viewHub = createViewHub(shared)
  const door = createDoor(store, now)
  const { recheck_ms, ticket_ms } = live_settings
  return {
    ...shared,
    door,
    agentHub,
    commands,
    viewHub,
    tickets: createTickets(store, now, ticket_ms),
    tokenWatch: watchTokens(door, store, [agentHub.sockets, viewHub.sockets], { log, now, recheck_ms }),
    attempts: createRefusedAttempts(limits.refused_attempts),
    registrations: createRefusedRegistrations(),
    refusals: createRecordedRefusals(),
    batchPlaces: createBatchPlaces(),
    lists: createListPlaces(unsent),
    unsent,
    writes,
    alerts,
    archives: createArchiveJobs({
      store,
      openPlace: () => openArchivePlace(options.retention.archive as ArchiveOptions, options.database),
      now,
    }),
    retention: createRetentionKeeper({
      store,
      database: options.database,
      options: options.retention,
      audit_key: options.audit_key,
      log,
      now,
      monotonic,
      onEvent(event) {
        if (event.kind === 'rolled_up') instruments.retentionRows.inc({ step: event.kind }, event.readings)
        if (event.kind === 'archived' || event.kind === 'deleted')
          instruments.retentionRows.inc({ step: event.kind }, event.rows)
      },
      onEnd: (outcome) => instruments.retentionEnded.set({ outcome }, now() / 1000),
    }),
    bodies: { bytes: 0 },
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
    shouldUpgradeCallback: isSocketUpgrade,
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
