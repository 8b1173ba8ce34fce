import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentOptions } from '../core/agent/agent-options.ts'
import { type RunningAgent, startAgent } from '../core/agent/start-agent.ts'
import { systemClock } from '../core/lifecycle/clock.ts'
import { redactLine } from '../core/log/redact.ts'
import type { Credential } from '../core/model/credential.ts'
import { Secret } from '../core/model/secret.ts'
import { loadProfiles } from '../core/profiles/load-profiles.ts'
import { ALERT_KINDS } from '../core/protocol/alerts.ts'
import { DEFAULT_DAYS } from '../core/retention/retention-options.ts'
import { hashToken } from '../core/server/auth/hash-token.ts'
import { makeToken } from '../core/server/auth/make-token.ts'
import type { ServerOptions } from '../core/server/server-options.ts'
import { startServer } from '../core/server/start-server.ts'
import type { Habits } from '../core/snmp/player/life.ts'
import { startPlayer } from '../core/snmp/player/player.ts'
import { expandTargets } from '../core/targets/expand-targets.ts'
import { parseTarget } from '../core/targets/parse-target.ts'
import { type DemoSite, makeUpFleet } from './demo-fleet.ts'
import { loadNativeBinding } from './native-binding.ts'
import { openOrMakeDatabase } from './open-database.ts'
import type { ServiceLog } from './service-log.ts'

/** Server, printers and agents of the demo, all in this process, on loopback. */
export interface Stage {
  readonly url: string
  /** Of an admin. */
  readonly token: Secret
  /** Where the token stands too, for a look from another terminal. */
  readonly tokenFile: string
  readonly sites: readonly DemoSite[]
  /** UDP, of all printers. */
  readonly port: number
  /** When the agents began, by `performance.now`. */
  readonly started_at: number
  /** Ends the agent of a site, as one that is switched off. */
  dropAgent(site: DemoSite): Promise<void>
  /** Starts it again, with the journal that it had. @throws JournalError */
  returnAgent(site: DemoSite): Promise<void>
  close(): Promise<void>
}

/** A minute of the printers is a second of those who watch, and their days are busy ones. */
const SPEED = 60
const HABITS: Habits = {
  jobs_per_minute: 0.25,
  jam_minutes: { least: 12, most: 30 },
  refill_minutes: { least: 15, most: 40 },
}
const READ_EVERY_SECONDS = 3
/** The same objects each time: a scan knows by them which one was answered. */
const CREDENTIALS: readonly Credential[] = [{ name: 'demo', version: '2c', community: new Secret('public') }]
const ENROLMENT_MS = 3_600_000

/**
 * Brings everything up below `directory`. What was opened is closed again where something fails.
 * @throws PrintMasterError, StoreError, JournalError
 */
export async function openStage(
  directory: string,
  { log, version }: { readonly log: ServiceLog; readonly version: string },
): Promise<Stage> {
  const closers: Array<() => Promise<void>> = []
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each()
  }
  try {
    const database = join(directory, 'printmaster.db')
    const { admin, enrolment } = await makeTokens(database)
    const tokenFile = join(directory, 'admin.token')
    await writeFile(tokenFile, `${admin}\n`, { mode: 0o600 })
    const server = await startServer(serverOptions(database), { log, now: Date.now })
    closers.push(server.close)

    const sites = makeUpFleet()
    const devices = sites.flatMap((site) => site.devices)
    const player = await startPlayer({ devices, port: 0, live: { speed: SPEED, habits: HABITS } })
    closers.push(player.close)

    const profiles = await loadProfiles(null)
    const binding = await loadNativeBinding()
    const agents = new Map<DemoSite, RunningAgent>()
    closers.push(async () => void (await Promise.all([...agents.values()].map((agent) => agent.close()))))
    const returnAgent = async (site: DemoSite) => {
      const journal = join(directory, `${site.name.toLowerCase().replaceAll(' ', '-')}.db`)
      const options = agentOptions(site, { journal, port: player.port, profiles, url: server.url, enrolment })
      const services = { clock: systemClock, log, version, redact: redactLine, ...binding }
      agents.set(site, await startAgent(options, services))
    }
    const started_at = performance.now()
    for (const site of sites) await returnAgent(site)
    return {
      url: server.url,
      token: new Secret(admin),
      tokenFile,
      sites,
      port: player.port,
      started_at,
      async dropAgent(site) {
        await agents.get(site)?.close()
        agents.delete(site)
      },
      returnAgent,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** For a person with this machine, and for agents to register with. */
async function makeTokens(database: string): Promise<{ admin: string; enrolment: string }> {
  const { store } = await openOrMakeDatabase(database)
  const now = Date.now()
  const make = async (scope: 'admin' | 'enrolment', expires_at: number | null) => {
    const token = makeToken(scope)
    const actor = { type: 'local', id: 'demo', ip_address: null } as const
    const facts = { scope, hash: hashToken(token), name: 'demo', agent_id: null, expires_at, max_uses: null }
    await store.createToken(facts, actor, now)
    return token
  }
  try {
    return { admin: await make('admin', null), enrolment: await make('enrolment', now + ENROLMENT_MS) }
  } finally {
    await store.close()
  }
}

function serverOptions(database: string): ServerOptions {
  return {
    listen: { address: '127.0.0.1', port: 0, trusted_proxies: [], max_connections: 1000, allow_plaintext: false },
    tls: null,
    database,
    limits: { requests_per_second: 100, burst: 200, refused_attempts: 10 },
    offline_after_seconds: 90,
    missed_heartbeats: 3,
    // nobody who watches waits for minutes
    alerts: {
      enabled: true,
      kinds: ALERT_KINDS,
      low_percent: 10,
      agent_offline_after_seconds: 0,
      device_offline_after_seconds: 5,
      error_after_seconds: 0,
      quiet_minutes: 0,
      channels: [],
    },
    retention: {
      ...DEFAULT_DAYS,
      hour: null,
      archive: null,
    },
    audit_key: null,
    device_metrics: true,
    enrolment_token: null,
  }
}

function agentOptions(
  { name, range }: DemoSite,
  at: {
    readonly journal: string
    readonly port: number
    readonly profiles: AgentOptions['watch']['profiles']
    readonly url: string
    readonly enrolment: string
  },
): AgentOptions {
  return {
    journal: { path: at.journal, size_mb: 100, days: 1 },
    watch: {
      targets: expandTargets({ targets: [parseTarget(range)] }),
      port: at.port,
      timeout_ms: 1000,
      retries: 1,
      rate: 1000,
      concurrency: 8,
      deadline_seconds: 30,
      profiles: at.profiles,
      credentialsFor: () => CREDENTIALS,
      discovery: { interval_seconds: 60, quiet_hours: [] },
      reading: [
        {
          name: 'reading',
          ranges: null,
          models: null,
          interval_seconds: READ_EVERY_SECONDS,
          full_interval_seconds: 30,
          quiet_hours: [],
        },
      ],
    },
    uplink: {
      url: at.url,
      allow_plaintext: false,
      agent_id: null,
      name,
      enrolment_token: new Secret(at.enrolment),
      upload_interval_seconds: 4,
      heartbeat_interval_seconds: 10,
      tls: { ca: null, client: null },
      proxy: null,
    },
    health: null,
  }
}
