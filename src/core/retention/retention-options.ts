import type { Secret } from '../model/secret.ts'

/** What config says of what is kept. */
export interface RetentionOptions {
  readonly metrics_detailed_days: number
  readonly metrics_summary_days: number
  readonly metrics_delete_days: number
  readonly audit_log_days: number
  readonly alerts_days: number
  readonly commands_days: number
  readonly agent_health_days: number
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
