import type { Credential } from '../model/credential.ts'
import { coversAddress, type TargetRange } from '../targets/target-range.ts'

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
