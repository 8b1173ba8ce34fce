import type { Credential } from '../model/credential.ts'
import type { Secret } from '../model/secret.ts'
import type { Profile } from '../profiles/profile.ts'
import type { TargetSet } from '../targets/expand-targets.ts'
import type { TargetRange } from '../targets/target-range.ts'
import type { QuietHours } from './watch/quiet-hours.ts'

/** All that config says to an agent, in its own terms; a reload brings new ones. */
export interface AgentOptions {
  readonly journal: JournalOptions
  readonly watch: WatchOptions
  /** Null: the agent works alone. */
  readonly uplink: UplinkOptions | null
  /** Where it answers about itself, on loopback; null for nowhere. */
  readonly health: { readonly address: string; readonly port: number } | null
}

export interface JournalOptions {
  /** Absolute path. */
  readonly path: string
  /** Megabytes (10^6 bytes) on disk. */
  readonly size_mb: number
  /** Days that unsent readings are kept. */
  readonly days: number
}

export interface WatchOptions {
  /** Drawn anew by each discovery. */
  readonly targets: TargetSet
  readonly port: number
  readonly timeout_ms: number
  readonly retries: number
  /** Datagrams a second; 0 for no limit. */
  readonly rate: number
  readonly concurrency: number
  readonly deadline_seconds: number
  readonly profiles: readonly Profile[]
  credentialsFor(address: string): readonly Credential[]
  readonly discovery: { readonly interval_seconds: number; readonly quiet_hours: readonly QuietHours[] }
  /** The first that fits a printer counts; the last fits all. */
  readonly reading: readonly ReadingRule[]
}

export interface ReadingRule {
  /** `reading` or `reading.NAME`. */
  readonly name: string
  /** Null for all addresses. */
  readonly ranges: readonly TargetRange[] | null
  /** Beginnings of the model, case aside; null for all. */
  readonly models: readonly string[] | null
  readonly interval_seconds: number
  /** Everything is read at least this often, changed or not. */
  readonly full_interval_seconds: number
  readonly quiet_hours: readonly QuietHours[]
}

export interface UplinkOptions {
  /** With a path where the server is below one. */
  readonly url: string
  readonly allow_plaintext: boolean
  /** Null: the journal's, made at the first start. */
  readonly agent_id: string | null
  /** What people call the agent; null for its host name. */
  readonly name: string | null
  readonly enrolment_token: Secret | null
  readonly upload_interval_seconds: number
  readonly heartbeat_interval_seconds: number
  readonly tls: {
    /** PEM text of a private authority; null for those that the system knows. */
    readonly ca: string | null
    readonly client: { readonly certificate: string; readonly key: Secret } | null
    /** The certificate in `ca` is that of the server itself, whatever its name: for an agent inside of it. */
    readonly pinned?: boolean
  }
  /** `http://proxy.example:3128`; null for none. The environment's proxy variables count where it is not set. */
  readonly proxy: Secret | null
}
