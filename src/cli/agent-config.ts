import type { AgentOptions, UplinkOptions } from '../core/agent/agent-options.ts'
import { type Config, credentialsFor } from '../core/config/config.ts'
import type { Entry } from '../core/config/entry.ts'
import { findJournal } from '../core/config/find-database.ts'
import { loadConfig } from '../core/config/load-config.ts'
import { describeOpenFile, isOpenToOthers } from '../core/config/read-section.ts'
import { Secret } from '../core/model/secret.ts'
import { loadProfiles } from '../core/profiles/load-profiles.ts'
import type { TargetSet } from '../core/targets/expand-targets.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import type { AgentFlags } from './agent-flags.ts'
import { AGENT_SECRETS } from './agent-secrets.ts'

const LARGEST_PEM = 4 * 1024 * 1024

/** Flag, and the key of config.ini that it stands for. */
const CONFIG_KEYS: ReadonlyArray<[flag: keyof AgentFlags, section: string, key: string]> = [
  ['journal', 'journal', 'path'],
  ['log-level', 'log', 'level'],
]

export interface AgentConfig {
  readonly config: Config
  /** Absolute path of the journal. */
  readonly journal: string
}

/**
 * The agent's config: flags over environment over config.ini.
 * @throws PrintMasterError bad_config with all problems, file_unreadable
 */
export async function loadAgentConfig(
  flags: AgentFlags,
  secretsOf: readonly string[] = AGENT_SECRETS,
): Promise<AgentConfig> {
  const entries: Entry[] = []
  for (const [flag, section, key] of CONFIG_KEYS) {
    const value = flags[flag]
    if (value !== undefined) {
      entries.push({ section, key, text: value, where: `--${flag}`, directory: process.cwd() })
    }
  }
  const config = await loadConfig({
    ...(flags.config !== undefined && { path: flags.config }),
    flags: entries,
    secretsOf,
  })
  return { config, journal: await findJournal(config) }
}

/**
 * What config says, in the agent's own terms.
 * @param targets the addresses of `[scan]`
 * @throws PrintMasterError bad_profile, file_unreadable
 */
export async function toAgentOptions(
  { config, journal }: AgentConfig,
  targets: TargetSet,
  uplink: UplinkOptions | null,
): Promise<AgentOptions> {
  const { snmp, scan, discovery, reading, agent } = config
  return {
    journal: { path: journal, size_mb: config.journal.size_mb, days: config.journal.days },
    watch: {
      targets,
      port: snmp.port,
      timeout_ms: snmp.timeout_ms,
      retries: snmp.retries,
      rate: scan.rate,
      concurrency: scan.concurrency,
      deadline_seconds: scan.deadline_seconds,
      profiles: await loadProfiles(config.profiles.directory),
      credentialsFor: (address) => credentialsFor(config, address),
      discovery,
      reading,
    },
    uplink,
    health: agent.health,
  }
}

/**
 * The uplink of `[server]`, with the texts of its PEM files; null where it is not enabled.
 * @param warn is told of a key that others can read
 * @throws PrintMasterError file_unreadable
 */
export async function readUplinkOptions(
  { server }: Config,
  warn: (sentence: string) => void,
): Promise<UplinkOptions | null> {
  const { enabled, url, ca, client, ...rest } = server
  if (!enabled || url === null) return null
  return {
    url,
    allow_plaintext: rest.allow_plaintext,
    agent_id: rest.agent_id,
    name: rest.name,
    enrolment_token: rest.enrolment_token,
    upload_interval_seconds: rest.upload_interval_seconds,
    heartbeat_interval_seconds: rest.heartbeat_interval_seconds,
    tls: {
      ca: ca === null ? null : (await readPem('ca', ca)).text,
      client: client === null ? null : await readClient(client, warn),
    },
    proxy: rest.proxy,
  }
}

async function readClient(
  { certificate, key }: { certificate: string; key: string },
  warn: (sentence: string) => void,
): Promise<{ certificate: string; key: Secret }> {
  const { text, mode } = await readPem('client_key', key)
  if (mode !== null && isOpenToOthers(mode)) warn(describeOpenFile(key))
  return { certificate: (await readPem('client_certificate', certificate)).text, key: new Secret(text) }
}

function readPem(key: string, path: string) {
  return readTextFile(path, `${quoteText(path)} ([server] ${key})`, LARGEST_PEM)
}
