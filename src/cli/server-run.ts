import { createHealthProbe } from '../core/client/probe-health.ts'
import type { Config } from '../core/config/config.ts'
import { listenForReload } from '../core/lifecycle/reload-signal.ts'
import { listenForStop } from '../core/lifecycle/stop-signal.ts'
import { findServiceManager, type ServiceManager } from '../core/lifecycle/systemd.ts'
import { isLoopback } from '../core/model/is-loopback.ts'
import { countThings } from '../core/output/count-things.ts'
import { type RunningServer, startServer } from '../core/server/start-server.ts'
import type { AgentHost } from './agent-host.ts'
import { ignoreUntilStarted } from './ignore-until-started.ts'
import { keepManagerInformed } from './keep-manager-informed.ts'
import { loadServerConfig } from './server-config.ts'
import type { ServerFlags } from './server-flags.ts'
import { toServerOptions } from './server-options.ts'
import { describeMistake, openServiceLog, type ServiceLog, surviveOnLog } from './service-log.ts'
import { waitForAbort } from './wait-for-abort.ts'

export interface Started {
  readonly url: string
  readonly database: string
  readonly pid: number
}

/**
 * Runs the server until SIGTERM or SIGINT, then finishes what is in flight. SIGHUP reads certificate and log level again,
 * and all that an agent inside of it goes by.
 * @param version of the program
 * @param onStart is told once when it listens
 * @throws PrintMasterError, StoreError or JournalError when it cannot start
 */
export async function runServer(
  flags: ServerFlags,
  version: string,
  onStart: (started: Started) => void,
): Promise<void> {
  const stop = listenForStop()
  ignoreUntilStarted()
  const { config, database } = await loadServerConfig(flags)
  const log = openServiceLog(config)
  const manager = findServiceManager(process.env, (sentence) => log.warn(sentence))
  const server = await startServer(toServerOptions(config, database), { log, now: Date.now })
  const { url } = server
  const inner = flags['with-agent'] ? await startAgentInside(server, { config, database, url }, { log, version }) : null
  surviveOnLog(log)

  const { level, sentence } = describeListening(config, url)
  log[level]({ url, database, pid: process.pid }, sentence)
  const describe = (news = '') => {
    const own = `listening on ${url}${news}`
    return inner === null ? own : `${own}; its agent: ${inner.look().status}`
  }
  const reload = listenForReload(() =>
    reloadServer({ flags, server, inner, manager, log, signal: stop.signal, describe }),
  )
  onStart({ url, database, pid: process.pid })
  void manager.ready(describe())
  const informing = keepInformed(manager, { url, inner, log, signal: stop.signal, describe })

  const isLost = await Promise.race([waitForAbort(stop.signal).then(() => false), server.ended.then(() => true)])
  if (isLost) {
    log.fatal('the database ended by itself; so does the server')
    process.exit(1)
  }
  log.info({ signal: stop.signal.reason }, 'stopping: finishing what is in flight')
  const told = manager.stopping('finishing what is in flight')
  await inner?.close()
  await server.close()
  await Promise.all([informing, told])
  reload.dispose()
  stop.dispose()
  log.info('stopped')
}

/** A server whose agent cannot start does not stay behind alone. */
async function startAgentInside(
  server: RunningServer,
  of: { config: Config; database: string; url: string },
  services: { log: ServiceLog; version: string },
): Promise<AgentHost> {
  try {
    const { startInnerAgent } = await import('./inner-agent.ts')
    return await startInnerAgent(of, services)
  } catch (error) {
    await server.close()
    throw error
  }
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

/** Alive is a server that answers for its database, and whose agent, where it has one, works. */
async function keepInformed(
  manager: ServiceManager,
  of: {
    url: string
    inner: AgentHost | null
    log: ServiceLog
    signal: AbortSignal
    describe: (news?: string) => string
  },
): Promise<void> {
  const { url, inner, log, signal, describe } = of
  const probe = createHealthProbe(url)
  await keepManagerInformed(manager, signal, async () => {
    const { isAlive, agents } = await probe.ask()
    const works = inner?.look().isAlive ?? true
    if (signal.aborted) return { isAlive: true, status: '' }
    if (!isAlive) log.error('the server does not answer for its database')
    if (!works) log.error('the agent does not do its work')
    const news = agents === null ? '' : `, ${countThings(agents, 'agent')} active`
    return { isAlive: isAlive && works, status: isAlive ? describe(news) : 'the database does not answer' }
  })
  await probe.close()
}

/** Log level and certificate once more. What is wrong is said, and what was there stays in use. */
async function reloadServer(running: {
  flags: ServerFlags
  server: RunningServer
  inner: AgentHost | null
  manager: ServiceManager
  log: ServiceLog
  signal: AbortSignal
  describe: () => string
}): Promise<void> {
  const { flags, server, inner, manager, log, signal, describe } = running
  if (signal.aborted) return
  await manager.reloading()
  const attempt = async (what: string, job: () => Promise<string | null>) => {
    try {
      const done = await job()
      if (done !== null) log.info({ log_level: log.level }, done)
    } catch (error) {
      log.error(`${what} as it was: ${describeMistake(error)}`)
    }
  }
  let config: Config | null = null
  await attempt('config stays', async () => {
    config = (await loadServerConfig(flags)).config
    log.level = config.log.level
    return 'config read again; other keys than the log level want a restart'
  })
  await attempt('certificate stays', async () => {
    await server.reloadTls()
    return server.url.startsWith('https:') ? 'certificate read again' : null
  })
  const next = config
  if (inner !== null && next !== null) {
    await attempt('the agent stays', async () => {
      await inner.reload(next)
      return 'config of the agent read again'
    })
  }
  await manager.ready(describe())
}
