import type { Secret } from '../model/secret.ts'

/** Days that are kept where config says nothing. */
export const DEFAULT_DAYS = {
  metrics_detailed_days: 30,
  metrics_summary_days: 365,
  metrics_delete_days: 730,
  audit_log_days: 730,
  alerts_days: 365,
  commands_days: 365,
  agent_health_days: 90,
} as const

/** What config says of what is kept. */
export interface RetentionOptions extends Readonly<Record<keyof typeof DEFAULT_DAYS, number>> {
  /** The hour of the day (local time) at which the server does it; null for never. */
  readonly hour: number | null
  /** Null: rows leave without an archive. */
  readonly archive: ArchiveOptions | null
}

export type ArchiveOptions =
  /** Null: `archive` beside the database. */
  | { readonly kind: 'directory'; readonly directory: string | null }
  | {
      readonly kind: 's3'
      readonly bucket: string
      /** Without a slash at either end; empty for none. */
      readonly prefix: string
      /** URL of another store than Amazon's; null for that. */
      readonly endpoint: string | null
      readonly region: string
      /** Null: as the environment of the program has them. */
      readonly access_key: { readonly id: string; readonly secret: Secret } | null
    }
