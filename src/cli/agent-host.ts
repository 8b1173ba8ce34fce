import type { UplinkOptions } from '../core/agent/agent-options.ts'
import { JournalError } from '../core/agent/journal/journal-error.ts'
import { type RunningAgent, startAgent } from '../core/agent/start-agent.ts'
import type { Config } from '../core/config/config.ts'
import { systemClock } from '../core/lifecycle/clock.ts'
import { runPeriodically } from '../core/lifecycle/run-periodically.ts'
import { redactLine } from '../core/log/redact.ts'
import { countThings } from '../core/output/count-things.ts'
import { type AgentConfig, toAgentOptions } from './agent-config.ts'
import { describeAgent } from './agent-words.ts'
import { openLiveTargets } from './live-targets.ts'
import { loadNativeBinding } from './native-binding.ts'
import type { ServiceLog } from './service-log.ts'

/** How often names and local networks are looked up again. */
const REFRESH_INTERVAL = 600_000

export interface AgentHost {
  readonly agent: RunningAgent
  /** How it is, in a line for the service manager; not alive is one that wants a new start. */
  look(): { readonly isAlive: boolean; readonly status: string }
  /** Takes a new config over, all of it or nothing. @throws PrintMasterError */
  reload(config: Config, actor?: 'signal' | 'command'): Promise<void>
  close(): Promise<void>
}

export interface HostServices {
  readonly log: ServiceLog
  readonly version: string
  /** Does what SIGHUP does, for the server that asks for it; a sentence where config cannot be used. */
  readonly reloadConfig?: () => Promise<string | null>
}

/**
 * Runs the agent of a config in this process: targets that stay true, and SIGUSR2 for a discovery now.
 * @param readUplink the uplink that a config means; null for an agent that works alone
 * @throws PrintMasterError, JournalError, StoreError when it cannot start
 */
export async function hostAgent(
  { config, journal }: AgentConfig,
  readUplink: (config: Config) => Promise<UplinkOptions | null>,
  { log, version, reloadConfig }: HostServices,
): Promise<AgentHost> {
  const warn = (sentence: string) => log.warn(sentence)
  const compose = async (config: Config) => {
    const targets = await openLiveTargets(config, warn)
    return { targets, options: await toAgentOptions({ config, journal }, targets.set, await readUplink(config)) }
  }
  let asked = config
  let current = await compose(config)
  const services = {
    clock: systemClock,
    log,
    version,
    redact: redactLine,
    ...(reloadConfig && { reloadConfig }),
    ...(await loadNativeBinding()),
  }
  const agent = await startAgent(current.options, services)
  const { path } = current.options.journal
  log.info(
    { journal: path, health_url: agent.healthUrl },
    describeStart(current.targets.set.size, current.options.uplink),
  )

  const stop = new AbortController()
  const refreshing = runPeriodically(REFRESH_INTERVAL, stop.signal, async () => {
    if (current.targets.canChange) await current.targets.refresh()
  })
  const scanNow = () => agent.scanNow('signal')
  // Windows has no such signal
  if (process.platform !== 'win32') process.on('SIGUSR2', scanNow)

  return {
    agent,
    look() {
      try {
        return { isAlive: agent.isHealthy(), status: describeAgent(agent.facts()) }
      } catch (error) {
        if (!(error instanceof JournalError)) throw error
        return { isAlive: false, status: 'the journal does not answer' }
      }
    },
    async reload(config, actor = 'signal') {
      const next = await compose(config)
      const { health } = current.options
      if (JSON.stringify(next.options.health) !== JSON.stringify(health)) {
        log.warn('another [agent] health_address or health_port wants a restart; the page stays where it is')
      }
      const isElsewhere = listTargets(config) !== listTargets(asked)
      await agent.reload({ ...next.options, health }, actor)
      asked = config
      if (isElsewhere) agent.scanNow('signal')
      current = { ...next, options: { ...next.options, health } }
    },
    async close() {
      process.off('SIGUSR2', scanNow)
      stop.abort()
      await Promise.all([refreshing, agent.close()])
    },
  }
}

const listTargets = ({ scan, snmp }: Config) => JSON.stringify([scan.targets, scan.exclude, snmp.port])

function describeStart(addresses: number, uplink: UplinkOptions | null): string {
  const where = uplink === null ? 'without a server' : `for ${uplink.url}`
  return `watching ${countThings(addresses, 'address', 'addresses')} ${where}`
}
