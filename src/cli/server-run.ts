import { once } from 'node:events'
import type { Logger } from 'pino'
import { createHealthProbe } from '../core/client/probe-health.ts'
import type { Config } from '../core/config/config.ts'
import { listenForReload } from '../core/lifecycle/reload-signal.ts'
import { runPeriodically } from '../core/lifecycle/run-periodically.ts'
import { listenForStop } from '../core/lifecycle/stop-signal.ts'
import { findServiceManager, type ServiceManager } from '../core/lifecycle/systemd.ts'
import { createLogger } from '../core/log/logger.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { isLoopback } from '../core/model/is-loopback.ts'
import { type RunningServer, startServer } from '../core/server/start-server.ts'
import { loadServerConfig } from './server-config.ts'
import type { ServerFlags } from './server-flags.ts'
import { toServerOptions } from './server-options.ts'
import { lookOf } from './terminal.ts'

/** How often the status line is refreshed where no watchdog asks for more. */
const STATUS_INTERVAL = 30_000

export interface Started {
  readonly url: string
  readonly database: string
  readonly pid: number
}

/**
 * Runs the server until SIGTERM or SIGINT, then finishes what is in flight. SIGHUP reads certificate and log level again.
 * @param onStart is told once when it listens
 * @throws PrintMasterError or StoreError when it cannot start
 */
export async function runServer(flags: ServerFlags, onStart: (started: Started) => void): Promise<void> {
  const stop = listenForStop()
  const { config, database } = await loadServerConfig(flags)
  const log = createLogger({ ...config.log, color: lookOf(process.stderr).color })
  for (const warning of config.warnings) log.warn(warning)
  const manager = findServiceManager(process.env, (sentence) => log.warn(sentence))
  const server = await startServer(toServerOptions(config, database), { log, now: Date.now })
  outliveLogReaders()
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'a fault of the program; it ends')
    process.exit(1)
  })

  const { url } = server
  const { level, sentence } = describeListening(config, url)
  log[level]({ url, database, pid: process.pid }, sentence)
  const reload = listenForReload(() => reloadServer({ flags, server, manager, log, url, signal: stop.signal }))
  onStart({ url, database, pid: process.pid })
  void manager.ready(`listening on ${url}`)
  const watching = manager.isThere ? keepManagerContent(manager, url, stop.signal, log) : Promise.resolve()

  const isLost = await Promise.race([waitForAbort(stop.signal), server.ended.then(() => true)])
  if (isLost) {
    log.fatal('the database ended by itself; so does the server')
    process.exit(1)
  }
  log.info({ signal: stop.signal.reason }, 'stopping: finishing what is in flight')
  const told = manager.stopping('finishing what is in flight')
  await server.close()
  await Promise.all([watching, told])
  reload.dispose()
  stop.dispose()
  log.info('stopped')
}

async function waitForAbort(signal: AbortSignal): Promise<false> {
  if (!signal.aborted) await once(signal, 'abort')
  return false
}

/** A log whose reader is gone (a closed terminal, a restarted collector) is no reason to stop taking readings in. */
function outliveLogReaders(): void {
  process.stderr.removeAllListeners('error')
  process.stderr.on('error', () => undefined)
}

/** Where it listens and, beyond loopback, what protects it. */
function describeListening({ listen, tls }: Config, url: string): { level: 'info' | 'warn'; sentence: string } {
  const where = `listening on ${url}`
  if (isLoopback(listen.address)) return { level: 'info', sentence: `${where}, for this machine only` }
  const others = 'others reach it; every request wants a token, and agents register with an enrolment token'
  if (tls) return { level: 'info', sentence: `${where}, encrypted: ${others}` }
  const plain = 'without TLS (allow_plaintext), so tokens and readings can be read on the way'
  return { level: 'warn', sentence: `${where} ${plain}: ${others}` }
}

/** Keeps the status line true and, where systemd has a watchdog, tells it while the server answers for its database. */
async function keepManagerContent(
  manager: ServiceManager,
  url: string,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  const probe = createHealthProbe(url)
  let shown = ''
  await runPeriodically(manager.watchdogInterval ?? STATUS_INTERVAL, signal, async () => {
    const { isAlive, agents } = await probe.ask()
    if (signal.aborted) return
    if (isAlive && manager.watchdogInterval !== null) await manager.alive()
    if (!isAlive) log.error('the server does not answer for its database')
    const news = agents === null ? '' : `, ${agents} ${agents === 1 ? 'agent' : 'agents'} active`
    const status = isAlive ? `listening on ${url}${news}` : 'the database does not answer'
    if (status !== shown) await manager.status(status)
    shown = status
  })
  await probe.close()
}

/** Log level and certificate once more. What is wrong is said, and what was there stays in use. */
async function reloadServer(running: {
  flags: ServerFlags
  server: RunningServer
  manager: ServiceManager
  log: Logger
  url: string
  signal: AbortSignal
}): Promise<void> {
  const { flags, server, manager, log, url, signal } = running
  if (signal.aborted) return
  await manager.reloading()
  try {
    const { config } = await loadServerConfig(flags)
    log.level = config.log.level
    log.info({ log_level: log.level }, 'config read again; other keys than the log level want a restart')
  } catch (error) {
    log.error(`config stays as it was: ${describeMistake(error)}`)
  }
  try {
    await server.reloadTls()
    if (url.startsWith('https:')) log.info('certificate read again')
  } catch (error) {
    log.error(`certificate stays as it was: ${describeMistake(error)}`)
  }
  await manager.ready(`listening on ${url}`)
}

/** @throws what is a fault of the program and none of the files */
function describeMistake(error: unknown): string {
  if (!(error instanceof PrintMasterError)) throw error
  return error.message.replaceAll('\n', '; ')
}
