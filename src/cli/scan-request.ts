import { type Config, credentialsFor } from '../core/config/config.ts'
import type { Entry } from '../core/config/entry.ts'
import { loadConfig } from '../core/config/load-config.ts'
import type { Credential } from '../core/model/credential.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { loadProfiles, withoutDenyList } from '../core/profiles/load-profiles.ts'
import type { ScanOptions } from '../core/scan/scan.ts'
import { expandTargets, type TargetSet } from '../core/targets/expand-targets.ts'
import { listLocalNetworks } from '../core/targets/local-networks.ts'
import { resolveTargets, type TargetText } from '../core/targets/resolve-targets.ts'
import { readTargetFile } from '../core/targets/target-file.ts'
import { announceTerminalInput, checkStdinUse, readKeyFromStdin } from './read-stdin.ts'

/** The flags of `scan` that say whom and how to ask, as oclif gives them. */
export interface AskingFlags {
  config?: string | undefined
  exclude?: string[] | undefined
  file?: string | undefined
  'max-hosts'?: number | undefined
  community?: string[] | undefined
  'snmp-version'?: string[] | undefined
  'v3-user'?: string | undefined
  'security-level'?: string | undefined
  'auth-protocol'?: string | undefined
  'auth-key-file'?: string | undefined
  'priv-protocol'?: string | undefined
  'priv-key-file'?: string | undefined
  port?: number | undefined
  timeout?: number | undefined
  retries?: number | undefined
  rate?: number | undefined
  concurrency?: number | undefined
  deadline?: number | undefined
  explain?: boolean | undefined
  'ignore-deny-list'?: boolean | undefined
}

export interface ScanRequest {
  addresses: TargetSet
  options: Omit<ScanOptions, 'signal'>
  /** Sentences for stderr: what was assumed, what looks unwise. */
  notices: string[]
}

/** Flag, and the key of config.ini that it stands for. */
const CONFIG_KEYS: ReadonlyArray<[flag: keyof AskingFlags, section: string, key: string]> = [
  ['community', 'snmp', 'community'],
  ['v3-user', 'snmp', 'username'],
  ['security-level', 'snmp', 'security_level'],
  ['auth-protocol', 'snmp', 'auth_protocol'],
  ['auth-key-file', 'snmp', 'auth_key_file'],
  ['priv-protocol', 'snmp', 'priv_protocol'],
  ['priv-key-file', 'snmp', 'priv_key_file'],
  ['port', 'snmp', 'port'],
  ['timeout', 'snmp', 'timeout'],
  ['retries', 'snmp', 'retries'],
  ['rate', 'scan', 'rate'],
  ['concurrency', 'scan', 'concurrency'],
  ['deadline', 'scan', 'deadline'],
  ['max-hosts', 'scan', 'max_hosts'],
]

/**
 * What to scan and how, from the command line over the environment over config.ini.
 * @throws PrintMasterError for everything that is wrong with targets, flags and config
 */
export async function composeScanRequest(targets: readonly string[], flags: AskingFlags): Promise<ScanRequest> {
  checkStdinUse({
    '--file': flags.file,
    '--auth-key-file': flags['auth-key-file'],
    '--priv-key-file': flags['priv-key-file'],
  })
  const loaded = await loadConfig({
    ...(flags.config !== undefined && { path: flags.config }),
    flags: await listEntries(flags),
    secretsOf: ['snmp'],
  })
  const config = withFlagCredentialsOnly(loaded, flags)
  const notices = [...config.warnings]
  const addresses = expandTargets({
    targets: await chooseTargets(targets, flags, config, notices),
    exclude: await resolveTargets(flags.exclude ?? config.scan.exclude),
    maxHosts: config.scan.max_hosts,
  })
  const { snmp, scan } = config
  const profiles = await loadProfiles(config.profiles.directory)
  return {
    addresses,
    notices,
    options: {
      addresses,
      total: addresses.size,
      port: snmp.port,
      timeout: snmp.timeout_ms,
      retries: snmp.retries,
      rate: scan.rate,
      concurrency: scan.concurrency,
      deadline: scan.deadline_seconds,
      credentialsFor: (address) => credentialsFor(config, address),
      profiles: flags['ignore-deny-list'] ? withoutDenyList(profiles) : profiles,
      explain: flags.explain ?? false,
      now: () => new Date(),
    },
  }
}

async function listEntries(flags: AskingFlags): Promise<Entry[]> {
  const entries: Entry[] = []
  const add = (section: string, key: string, text: string, where: string) =>
    entries.push({ section, key, text, where, directory: process.cwd() })
  for (const [flag, section, key] of CONFIG_KEYS) {
    const value = flags[flag]
    if (value === undefined) continue
    if (value === '-' && key.endsWith('_file')) {
      add(section, key.replace(/_file$/, ''), await readKeyFromStdin(`--${flag}`), `--${flag} -`)
    } else add(section, key, String(value), `--${flag}`)
  }
  const versions = flags['snmp-version'] ?? [
    ...(flags.community ? ['2c', '1'] : []),
    ...(flags['v3-user'] ? ['3'] : []),
  ]
  if (versions.length > 0) add('snmp', 'version', versions.join(','), '--snmp-version')
  return entries
}

/** Credentials on the command line are meant in place of all others. */
function withFlagCredentialsOnly(config: Config, flags: AskingFlags): Config {
  if (!flags.community && !flags['v3-user']) return config
  const sets = config.snmp.sets
    .filter(({ name }) => name === 'snmp')
    .map((set) => ({ ...set, credentials: set.credentials.map(nameByFlag) }))
  return { ...config, snmp: { ...config.snmp, sets } }
}

/** Messages then speak of the flag that was given, not of a section of config.ini. */
function nameByFlag(credential: Credential): Credential {
  const name = credential.version === '3' ? `--v3-user ${credential.username}` : '--community'
  return { ...credential, name }
}

async function chooseTargets(targets: readonly string[], flags: AskingFlags, config: Config, notices: string[]) {
  const texts: Array<string | TargetText> = [...targets]
  if (flags.file === '-') announceTerminalInput('targets')
  if (flags.file !== undefined) texts.push(...(await readTargetFile(flags.file)))
  if (texts.length > 0) return resolveTargets(texts)
  if (config.scan.targets.length > 0) return resolveTargets(config.scan.targets)
  const local = listLocalNetworks()
  notices.push('no target given: scanning the local networks', ...local.notices)
  return local.targets
}

/** The one address of a scan that is about one device. @throws PrintMasterError bad_flag */
export function onlyAddress(addresses: TargetSet, flag: string): string {
  const [address] = addresses
  if (addresses.size !== 1 || address === undefined) {
    throw new PrintMasterError(
      'bad_flag',
      `${flag} is for one device; these targets are ${addresses.size} addresses. Name one address.`,
    )
  }
  return address
}
