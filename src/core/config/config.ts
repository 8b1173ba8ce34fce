import type { ReadingRule } from '../agent/agent-options.ts'
import type { QuietHours } from '../agent/watch/quiet-hours.ts'
import type { AlertOptions } from '../alerts/alert-options.ts'
import type { Credential } from '../model/credential.ts'
import type { Secret } from '../model/secret.ts'
import type { RetentionOptions } from '../retention/retention-options.ts'
import { coversAddress, type TargetRange } from '../targets/target-range.ts'
import type { LogFormat, LogLevel } from './log-words.ts'

export interface CredentialSet {
  /** `snmp` or `snmp.NAME`. */
  readonly name: string
  /** The addresses it is bound to; null for all. */
  readonly ranges: readonly TargetRange[] | null
  /** In the order to try. */
  readonly credentials: readonly Credential[]
}

/** All of `config.ini` and the environment, checked. Frozen, with all that it holds. */
export interface Config {
  /** The file that was read; null when there is none. */
  readonly path: string | null
  readonly snmp: {
    readonly port: number
    readonly timeout_ms: number
    readonly retries: number
    /** Named sets in the order of the file, `[snmp]` last. */
    readonly sets: readonly CredentialSet[]
  }
  readonly scan: {
    /** Checked, host names not yet looked up. */
    readonly targets: readonly string[]
    readonly exclude: readonly string[]
    /** Packets per second. */
    readonly rate: number
    /** Printers read at the same time. */
    readonly concurrency: number
    readonly max_hosts: number
    readonly deadline_seconds: number
  }
  readonly profiles: {
    /** Absolute path. */
    readonly directory: string | null
  }
  /** The agent's uplink. */
  readonly server: {
    readonly enabled: boolean
    /** Without a slash at its end; there whenever the uplink is enabled. */
    readonly url: string | null
    readonly agent_id: string | null
    readonly name: string | null
    readonly enrolment_token: Secret | null
    readonly upload_interval_seconds: number
    readonly heartbeat_interval_seconds: number
    /** Absolute path of a PEM file. */
    readonly ca: string | null
    /** Absolute paths of PEM files. */
    readonly client: { readonly certificate: string; readonly key: string } | null
    readonly proxy: Secret | null
    readonly allow_plaintext: boolean
  }
  readonly discovery: { readonly interval_seconds: number; readonly quiet_hours: readonly QuietHours[] }
  /** The first that fits a printer counts; the last, `[reading]`, fits all. */
  readonly reading: readonly ReadingRule[]
  readonly journal: {
    /** Absolute path; null for the usual place (`findJournal`). */
    readonly path: string | null
    /** Megabytes (10^6 bytes). */
    readonly size_mb: number
    readonly days: number
  }
  readonly agent: {
    /** A loopback address, and 0 for any free port; null for nowhere. */
    readonly health: { readonly address: string; readonly port: number } | null
  }
  readonly listen: {
    /** An IP address, never a name. */
    readonly address: string
    /** 0 for any free one. */
    readonly port: number
    /** Addresses and networks (`10.0.0.0/8`). */
    readonly trusted_proxies: readonly string[]
    readonly allow_plaintext: boolean
    readonly max_connections: number
  }
  readonly database: {
    /** Absolute path; null for the usual place (`findDatabase`). */
    readonly path: string | null
  }
  readonly security: {
    readonly enrolment_token: Secret | null
    readonly requests_per_second: number
    readonly burst: number
    /** A minute, from one address. */
    readonly refused_attempts: number
    /** Absolute path; null for beside the database. */
    readonly audit_key: string | null
  }
  /** Absolute paths of PEM files; null for plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: string } | null
  readonly presence: { readonly offline_after_seconds: number; readonly missed_heartbeats: number }
  readonly alerts: AlertOptions
  readonly retention: RetentionOptions
  readonly metrics: { readonly per_device: boolean }
  readonly log: {
    readonly level: LogLevel
    /** Null: text on a terminal, else JSON. */
    readonly format: LogFormat | null
  }
  /** One sentence each, for stderr; nothing in them is secret. */
  readonly warnings: readonly string[]
}

const combinations = new WeakMap<Config, Map<string, Credential[]>>()

/**
 * What to try on `address`, in order: the sets bound to it, then those bound to nothing, `[snmp]` last. Addresses to
 * which the same sets apply get the same array.
 */
export function credentialsFor(config: Config, address: string): readonly Credential[] {
  const { sets } = config.snmp
  const bound = sets.filter(({ ranges }) => ranges?.some((range) => coversAddress(range, address)))
  const unbound = sets.filter(({ ranges }) => ranges === null)
  const known = combinations.get(config) ?? new Map<string, Credential[]>()
  combinations.set(config, known)
  const key = bound.map(({ name }) => name).join(' ')
  const credentials = known.get(key) ?? [...bound, ...unbound].flatMap(({ credentials }) => credentials)
  known.set(key, credentials)
  return credentials
}
