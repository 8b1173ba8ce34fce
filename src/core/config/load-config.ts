import { PrintMasterError } from '../model/error.ts'
import { quoteText } from '../targets/quote-text.ts'
import { readTextFile, type TextFile } from '../targets/text-file.ts'
import {
  AGENT_KEYS,
  DISCOVERY_KEYS,
  JOURNAL_KEYS,
  NAMED_READING_KEYS,
  READING_KEYS,
  SERVER_KEYS,
} from './agent-keys.ts'
import { ALERTS_KEYS, NAMED_ALERTS_KEYS } from './alert-keys.ts'
import { buildCredentials } from './build-credentials.ts'
import type { Config, CredentialSet } from './config.ts'
import type { Entry } from './entry.ts'
import type { LogLevel } from './log-words.ts'
import { readDiscovery, readHealth, readJournal, readReadingRules, readUplink } from './read-agent-sections.ts'
import { readAlerts } from './read-alert-sections.ts'
import { type Environment, formatVariable, readEnvironment } from './read-environment.ts'
import { readIni } from './read-ini.ts'
import { readRetention } from './read-retention-section.ts'
import { describeOpenFile, type Findings, isOpenToOthers, readSection, type SectionValues } from './read-section.ts'
import {
  DATABASE_KEYS,
  findSettings,
  LISTEN_KEYS,
  LOG_KEYS,
  METRICS_KEYS,
  NAMED_SNMP_KEYS,
  PRESENCE_KEYS,
  PROFILES_KEYS,
  RETENTION_KEYS,
  SCAN_KEYS,
  SECURITY_KEYS,
  SNMP_KEYS,
  TLS_KEYS,
} from './schema.ts'
import type { Settings } from './setting.ts'

const LARGEST_FILE = 1024 * 1024

/** Where config.ini is looked for when neither flag nor environment names it; the first that is there is read. */
const SEARCH_PATHS = ['config.ini', '/etc/printmaster/config.ini']

/**
 * The one config of every command: the file `path` (from `--config`), else the one that `PRINTMASTER_CONFIG` names, else
 * the first of `searchPaths` that exists, else the defaults; `PRINTMASTER_SECTION_KEY` beats the file, and what a
 * command's flags set (`flags`) beats both. Everything is checked whatever the command; only the files of secrets are
 * opened for the sections in `secretsOf` alone (all, unless told otherwise), because who scans may not be allowed to
 * read those of the server, and the other way round.
 *
 * @throws PrintMasterError `bad_config` with all problems, one in a line; `file_unreadable`
 */
export async function loadConfig(
  options: {
    path?: string
    env?: Environment
    searchPaths?: readonly string[]
    flags?: readonly Entry[]
    secretsOf?: readonly string[]
  } = {},
): Promise<Config> {
  const { env = process.env, searchPaths = SEARCH_PATHS, flags = [] } = options
  const found = await findFile(options.path ?? (env.PRINTMASTER_CONFIG || undefined), searchPaths)
  const findings: Findings = { problems: [], warnings: [] }
  const complain = (problem: string) => void findings.problems.push(problem)
  const file = found === null ? [] : readIni(found.text, found.path, complain)
  if (found?.mode && isOpenToOthers(found.mode) && file.some(isSecret)) {
    findings.warnings.push(describeOpenFile(found.path))
  }
  const inFile = listNamedSections(file)
  checkSectionNames(inFile, file, complain)
  const environment = readEnvironment(env, inFile, complain, (warning) => findings.warnings.push(warning))
  const listNamed = (base: string) =>
    new Set([...inFile, ...listNamedSections(environment)].filter((section) => section.startsWith(`${base}.`)))
  const sources = [flags, dropUnused(environment, flags), dropUnused(file, flags)]

  const read = <S extends Settings>(section: string, keys: S) => {
    const opensFiles = options.secretsOf?.includes(section.split('.', 1)[0] as string) ?? true
    return readSection(section, keys, sources, findings, opensFiles)
  }

  const snmp = await read('snmp', SNMP_KEYS)
  const sets: CredentialSet[] = []
  for (const name of listNamed('snmp')) {
    const named = await read(name, NAMED_SNMP_KEYS)
    const credentials = buildCredentials(name, named, findings)
    sets.push({ name, ranges: named.values.ranges ?? null, credentials })
  }
  sets.push({ name: 'snmp', ranges: null, credentials: buildCredentials('snmp', snmp, findings) })
  const scan = (await read('scan', SCAN_KEYS)).values
  const profiles = (await read('profiles', PROFILES_KEYS)).values
  const server = readUplink(await read('server', SERVER_KEYS), complain)
  const discovery = readDiscovery(await read('discovery', DISCOVERY_KEYS))
  const commonReading = await read('reading', READING_KEYS)
  const namedReading: Array<[string, SectionValues<typeof NAMED_READING_KEYS>]> = []
  for (const name of listNamed('reading')) namedReading.push([name, await read(name, NAMED_READING_KEYS)])
  const reading = readReadingRules(commonReading, namedReading, complain)
  const journal = readJournal(await read('journal', JOURNAL_KEYS))
  const agent = readHealth(await read('agent', AGENT_KEYS))
  const listen = (await read('listen', LISTEN_KEYS)).values
  const database = (await read('database', DATABASE_KEYS)).values
  const security = (await read('security', SECURITY_KEYS)).values
  const tls = pairTlsFiles(await read('tls', TLS_KEYS), complain)
  const presence = (await read('presence', PRESENCE_KEYS)).values
  const commonAlerts = await read('alerts', ALERTS_KEYS)
  const channels: Array<[string, SectionValues<typeof NAMED_ALERTS_KEYS>]> = []
  for (const name of listNamed('alerts')) channels.push([name, await read(name, NAMED_ALERTS_KEYS)])
  const alerts = readAlerts(commonAlerts, channels, complain)
  const retention = readRetention(await read('retention', RETENTION_KEYS), complain)
  const metrics = (await read('metrics', METRICS_KEYS)).values
  const log = (await read('log', LOG_KEYS)).values

  if (findings.problems.length > 0) {
    const problems = findings.problems.toSorted((a, b) => findLine(a, found?.path) - findLine(b, found?.path))
    throw new PrintMasterError('bad_config', problems.join('\n'))
  }
  // Without problems every key with a default has its value.
  return freezeAll({
    path: found?.path ?? null,
    snmp: {
      port: snmp.values.port as number,
      timeout_ms: snmp.values.timeout as number,
      retries: snmp.values.retries as number,
      sets,
    },
    scan: {
      targets: scan.targets ?? [],
      exclude: scan.exclude ?? [],
      rate: scan.rate as number,
      concurrency: scan.concurrency as number,
      max_hosts: scan.max_hosts as number,
      deadline_seconds: scan.deadline as number,
    },
    profiles: { directory: profiles.directory ?? null },
    server,
    discovery,
    reading,
    journal,
    agent,
    listen: {
      address: listen.address as string,
      port: listen.port as number,
      trusted_proxies: listen.trusted_proxies ?? [],
      allow_plaintext: listen.allow_plaintext as boolean,
      max_connections: listen.max_connections as number,
    },
    database: { path: database.path ?? null },
    security: {
      enrolment_token: security.enrolment_token ?? null,
      requests_per_second: security.requests_per_second as number,
      burst: security.burst as number,
      refused_attempts: security.refused_attempts as number,
      audit_key: security.audit_key ?? null,
    },
    tls,
    presence: {
      offline_after_seconds: presence.offline_after as number,
      missed_heartbeats: presence.missed_heartbeats as number,
    },
    alerts,
    retention,
    metrics: { per_device: metrics.per_device as boolean },
    log: { level: log.level as LogLevel, format: log.format ?? null },
    warnings: findings.warnings,
  })
}

/** A file that was named must be readable; one that is only looked for may be absent, but not refused. */
async function findFile(
  named: string | undefined,
  searchPaths: readonly string[],
): Promise<(TextFile & { path: string }) | null> {
  if (named !== undefined) return { path: named, ...(await readTextFile(named, quoteText(named), LARGEST_FILE)) }
  for (const path of searchPaths) {
    try {
      return { path, ...(await readTextFile(path, quoteText(path), LARGEST_FILE)) }
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    }
  }
  return null
}

const COMMUNITY_KEYS = ['community', 'community_file']
const USER_KEYS = ['username', 'auth_key', 'auth_key_file', 'priv_key', 'priv_key_file', 'security_level']

/** A command line that names versions takes none of the other versions' credentials from file or environment. */
function dropUnused(entries: readonly Entry[], flags: readonly Entry[]): readonly Entry[] {
  const versions = flags.find(({ section, key }) => section === 'snmp' && key === 'version')?.text.split(',')
  if (!versions) return entries
  const unused = [
    ...(versions.includes('3') ? [] : USER_KEYS),
    ...(versions.some((v) => v !== '3') ? [] : COMMUNITY_KEYS),
  ]
  return entries.filter(({ section, key }) => section !== 'snmp' || !unused.includes(key))
}

/** Both files or neither: half of the pair is most often a slip, and plain HTTP would be a surprise. */
function pairTlsFiles(
  { values, stated }: SectionValues<typeof TLS_KEYS>,
  complain: (problem: string) => void,
): Config['tls'] {
  const { certificate, key } = values
  if (certificate !== undefined && key !== undefined) return { certificate, key }
  if (certificate !== undefined) complain(`${stated.get('certificate')}: wants [tls] key beside it`)
  if (key !== undefined) complain(`${stated.get('key')}: wants [tls] certificate beside it`)
  return null
}

/** The line that a problem of the file begins with; what has none comes behind. */
function findLine(problem: string, path: string | undefined): number {
  if (path === undefined || !problem.startsWith(`${path}:`)) return Number.MAX_SAFE_INTEGER
  return Number.parseInt(problem.slice(path.length + 1), 10)
}

/** Sections with a name of the user's own, in order of first mention. */
function listNamedSections(entries: readonly Entry[]): string[] {
  return [...new Set(entries.map(({ section }) => section).filter((section) => section.includes('.')))]
}

/** Two names that the environment could not tell apart: `lab-2` and `lab_2`. */
function checkSectionNames(
  sections: readonly string[],
  entries: readonly Entry[],
  complain: (problem: string) => void,
) {
  const variables = new Map<string, string>()
  for (const section of sections) {
    const variable = formatVariable(section, '')
    const other = variables.get(variable)
    const where = entries.find((entry) => entry.section === section)?.where
    if (other !== undefined) complain(`${where}: the section [${other}] has the same name but for - and _; rename one`)
    variables.set(variable, section)
  }
}

function isSecret({ section, key, text }: Entry): boolean {
  return findSettings(section)?.[key]?.kind.secret === true && text !== '' && text !== SNMP_KEYS.community.initial
}

function freezeAll<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freezeAll(part)
  return Object.freeze(value)
}
