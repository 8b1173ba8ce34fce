import type { Config } from '../core/config/config.ts'
import type { Entry } from '../core/config/entry.ts'
import { findDatabase } from '../core/config/find-database.ts'
import { loadConfig } from '../core/config/load-config.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { AGENT_SECRETS } from './agent-secrets.ts'
import type { ServerFlags } from './server-flags.ts'

/** Flag, and the key of config.ini that it stands for. */
const CONFIG_KEYS: ReadonlyArray<[flag: keyof ServerFlags, section: string, key: string]> = [
  ['tls-certificate', 'tls', 'certificate'],
  ['tls-key', 'tls', 'key'],
  ['database', 'database', 'path'],
  ['log-level', 'log', 'level'],
]

/** Sections whose secrets the server opens. */
const SECRETS = ['security', 'alerts', 'retention']

export interface ServerConfig {
  readonly config: Config
  /** Absolute path of the database. */
  readonly database: string
}

/**
 * The server's config: flags over environment over config.ini.
 * @throws PrintMasterError bad_config with all problems, bad_flag, file_unreadable
 */
export async function loadServerConfig(flags: ServerFlags): Promise<ServerConfig> {
  const config = await loadConfig({
    ...(flags.config !== undefined && { path: flags.config }),
    flags: listEntries(flags),
    secretsOf: flags['with-agent'] ? [...SECRETS, ...AGENT_SECRETS] : SECRETS,
  })
  return { config, database: await findDatabase(config) }
}

function listEntries(flags: ServerFlags): Entry[] {
  const entries: Entry[] = []
  const add = (section: string, key: string, text: string, flag: string) =>
    entries.push({ section, key, text, where: `--${flag}`, directory: process.cwd() })
  for (const [flag, section, key] of CONFIG_KEYS) {
    const value = flags[flag]
    if (value !== undefined) add(section, key, String(value), flag)
  }
  // its uplink is the server itself, whatever config says
  if (flags['with-agent']) add('server', 'enabled', 'no', 'with-agent')
  if (flags['allow-plaintext']) add('listen', 'allow_plaintext', 'yes', 'allow-plaintext')
  if (flags.listen !== undefined) {
    const { address, port } = splitListen(flags.listen)
    add('listen', 'address', address, 'listen')
    if (port !== null) add('listen', 'port', port, 'listen')
  }
  return entries
}

/** `ADDRESS:PORT`, `[ADDRESS]:PORT`, or an address alone; whether it is one is checked with the rest of the config. */
function splitListen(text: string): { address: string; port: string | null } {
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? /^([^:]+)(?::(\d+))?$/.exec(text)
  if (match) return { address: match[1] as string, port: match[2] ?? null }
  if (/^[0-9a-f:.]+(%\w+)?$/i.test(text) && text.split(':').length > 2) return { address: text, port: null }
  throw new PrintMasterError(
    'bad_flag',
    `--listen ${quoteText(text)}: write ADDRESS:PORT, for example 0.0.0.0:9090 or [::]:9090`,
  )
}
