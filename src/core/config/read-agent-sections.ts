import type { ReadingRule } from '../agent/agent-options.ts'
import type {
  AGENT_KEYS,
  DISCOVERY_KEYS,
  JOURNAL_KEYS,
  NAMED_READING_KEYS,
  READING_KEYS,
  SERVER_KEYS,
} from './agent-keys.ts'
import { judgePlaintext } from './agent-kinds.ts'
import type { Config } from './config.ts'
import type { SectionValues } from './read-section.ts'

type Complain = (problem: string) => void

/** `[server]`: where the agent's readings go. Checks what spans several keys. */
export function readUplink(
  { values, stated }: SectionValues<typeof SERVER_KEYS>,
  complain: Complain,
): Config['server'] {
  const { enabled, url, client_certificate, client_key, allow_plaintext } = values
  // a value that was refused has its own problem already
  if (enabled === true && !stated.has('url')) {
    complain(`${stated.get('enabled')}: wants [server] url beside it, for example https://printers.example:9090`)
  }
  const plaintext = url === undefined ? null : judgePlaintext(url, allow_plaintext ?? true)
  if (plaintext !== null) complain(`${stated.get('url')}: ${plaintext}`)
  if (stated.has('client_certificate') !== stated.has('client_key')) {
    const [there, missing] = stated.has('client_key')
      ? (['client_key', 'client_certificate'] as const)
      : (['client_certificate', 'client_key'] as const)
    complain(`${stated.get(there)}: wants [server] ${missing} beside it`)
  }
  return {
    enabled: enabled as boolean,
    url: url ?? null,
    agent_id: values.agent_id ?? null,
    name: values.name ?? null,
    enrolment_token: values.enrolment_token ?? null,
    upload_interval_seconds: values.upload_interval as number,
    heartbeat_interval_seconds: values.heartbeat_interval as number,
    ca: values.ca ?? null,
    client: client_certificate && client_key ? { certificate: client_certificate, key: client_key } : null,
    proxy: values.proxy ?? null,
    allow_plaintext: allow_plaintext as boolean,
  }
}

/** `[discovery]`: when the targets are searched. */
export function readDiscovery({ values }: SectionValues<typeof DISCOVERY_KEYS>): Config['discovery'] {
  return { interval_seconds: values.interval as number, quiet_hours: values.quiet_hours ?? [] }
}

/** `[reading.NAME]` in the order of the file and `[reading]` behind them: the first that fits a printer counts. */
export function readReadingRules(
  common: SectionValues<typeof READING_KEYS>,
  named: ReadonlyArray<readonly [name: string, read: SectionValues<typeof NAMED_READING_KEYS>]>,
  complain: Complain,
): ReadingRule[] {
  const rules = named.map(([name, { values, stated }]): ReadingRule => {
    if (!stated.has('ranges') && !stated.has('models')) {
      complain(`[${name}]: wants ranges or models; without them it would take the place of [reading]`)
    }
    checkIntervals(values, stated, complain)
    const interval_seconds = values.interval ?? (common.values.interval as number)
    const full = values.full_interval ?? (common.values.full_interval as number)
    return {
      name,
      ranges: values.ranges ?? null,
      models: values.models ?? null,
      interval_seconds,
      // one of the two may come from [reading], which knows nothing of the other
      full_interval_seconds: Math.max(full, interval_seconds),
      quiet_hours: values.quiet_hours ?? common.values.quiet_hours ?? [],
    }
  })
  const { values, stated } = common
  checkIntervals(values, stated, complain)
  const interval_seconds = values.interval as number
  rules.push({
    name: 'reading',
    ranges: null,
    models: null,
    interval_seconds,
    full_interval_seconds: Math.max(values.full_interval as number, interval_seconds),
    quiet_hours: values.quiet_hours ?? [],
  })
  return rules
}

function checkIntervals(
  { interval, full_interval }: { interval: number | undefined; full_interval: number | undefined },
  stated: ReadonlyMap<string, string>,
  complain: Complain,
): void {
  if (!stated.has('interval') || !stated.has('full_interval')) return
  if (interval === undefined || full_interval === undefined || full_interval >= interval) return
  complain(`${stated.get('full_interval')}: is shorter than interval; write the same time or a longer one`)
}

/** `[journal]`: where readings wait. */
export function readJournal({ values }: SectionValues<typeof JOURNAL_KEYS>): Config['journal'] {
  return { path: values.path ?? null, size_mb: values.size as number, days: values.days as number }
}

/** `[agent]`: where it answers about itself. */
export function readHealth({ values }: SectionValues<typeof AGENT_KEYS>): Config['agent'] {
  const { health_address, health_port } = values
  return { health: health_port == null ? null : { address: health_address as string, port: health_port } }
}
