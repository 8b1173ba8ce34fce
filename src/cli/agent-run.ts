import { listenForReload } from '../core/lifecycle/reload-signal.ts'
import { listenForStop } from '../core/lifecycle/stop-signal.ts'
import { findServiceManager, type ServiceManager } from '../core/lifecycle/systemd.ts'
import { loadAgentConfig, readUplinkOptions } from './agent-config.ts'
import type { AgentFlags } from './agent-flags.ts'
import { type AgentHost, hostAgent } from './agent-host.ts'
import { ignoreUntilStarted } from './ignore-until-started.ts'
import { keepManagerInformed } from './keep-manager-informed.ts'
import { describeMistake, openServiceLog, type ServiceLog, surviveOnLog } from './service-log.ts'
import { waitForAbort } from './wait-for-abort.ts'

export interface AgentStarted {
  readonly agent_id: string
  readonly journal: string
  /** Where it answers about itself; null for nowhere. */
  readonly health_url: string | null
  readonly pid: number
}

/**
 * Runs the agent until SIGTERM or SIGINT, then writes what is in hand. SIGHUP reads the config again, SIGUSR2 looks for
 * printers now.
 * @param version of the program
 * @param onStart is told once when it watches
 * @throws PrintMasterError or JournalError when it cannot start
 */
export async function runAgent(
  flags: AgentFlags,
  version: string,
  onStart: (started: AgentStarted) => void,
): Promise<void> {
  const stop = listenForStop()
  ignoreUntilStarted()
  const loaded = await loadAgentConfig(flags)
  const log = openServiceLog(loaded.config)
  const manager = findServiceManager(process.env, (sentence) => log.warn(sentence))
  const warn = (sentence: string) => log.warn(sentence)
  // SIGHUP and a command of the server: one after the other
  let last: Promise<unknown> = Promise.resolve()
  const reloadAs = (actor: 'signal' | 'command'): Promise<string | null> => {
    const next = last.then(() =>
      reloadAgent({ flags, host, journal: loaded.journal, manager, log, signal: stop.signal, actor }),
    )
    last = next
    return next
  }
  const host = await hostAgent(loaded, (config) => readUplinkOptions(config, warn), {
    log,
    version,
    reloadConfig: () => reloadAs('command'),
  })
  surviveOnLog(log)
  const { agent } = host

  const reload = listenForReload(async () => void (await reloadAs('signal')))
  onStart({ agent_id: agent.facts().agent_id, journal: loaded.journal, health_url: agent.healthUrl, pid: process.pid })
  void manager.ready(host.look().status)
  const informing = keepManagerInformed(manager, stop.signal, async () => {
    const { isAlive, status } = host.look()
    if (!isAlive) log.error('the agent does not do its work')
    return { isAlive, status }
  })

  await waitForAbort(stop.signal)
  log.info({ signal: stop.signal.reason }, 'stopping: writing what is in hand')
  const told = manager.stopping('writing what is in hand')
  await host.close()
  await Promise.all([informing, told])
  reload.dispose()
  stop.dispose()
  log.info('stopped')
}

/** The config once more. What is wrong is said and given back, and what was there stays in use. */
async function reloadAgent(running: {
  flags: AgentFlags
  host: AgentHost
  journal: string
  manager: ServiceManager
  log: ServiceLog
  signal: AbortSignal
  actor: 'signal' | 'command'
}): Promise<string | null> {
  const { flags, host, journal, manager, log, signal, actor } = running
  if (signal.aborted) return 'the agent is about to end'
  let mistake: string | null = null
  await manager.reloading()
  try {
    const next = await loadAgentConfig(flags)
    for (const warning of next.config.warnings) log.warn(warning)
    if (next.journal !== journal) log.warn({ journal }, 'another [journal] path wants a restart; this one stays in use')
    await host.reload(next.config, actor)
    log.level = next.config.log.level
    log.info({ log_level: log.level }, 'config read again')
  } catch (error) {
    mistake = describeMistake(error)
    log.error(`config stays as it was: ${mistake}`)
  }
  await manager.ready(host.look().status)
  return mistake
}
