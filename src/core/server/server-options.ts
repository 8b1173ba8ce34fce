import type { AlertOptions } from '../alerts/alert-options.ts'
import type { Secret } from '../model/secret.ts'
import type { RetentionOptions } from '../retention/retention-options.ts'

/** What a server is started with, checked by config. */
export interface ServerOptions {
  readonly listen: {
    /** An IP address. */
    readonly address: string
    /** 0 for any free one. */
    readonly port: number
    /** Addresses and networks (CIDR) whose X-Forwarded-For is believed. */
    readonly trusted_proxies: readonly string[]
    readonly max_connections: number
    /** Beyond loopback without TLS. */
    readonly allow_plaintext: boolean
  }
  /** PEM files; null for plain HTTP. */
  readonly tls: TlsFiles | null
  /** Path of the database file. */
  readonly database: string
  readonly limits: {
    /** Of one agent, or with one token of people. */
    readonly requests_per_second: number
    readonly burst: number
    /** Refused tokens of one address in a minute. */
    readonly refused_attempts: number
  }
  /** An agent that was not heard from for so long is offline. */
  readonly offline_after_seconds: number
  /** An agent that told its heartbeat interval is offline after so many of them without a sign of life. */
  readonly missed_heartbeats: number
  readonly alerts: AlertOptions
  readonly retention: RetentionOptions
  /** File of the key that signs heads of the audit log; null for one beside the database. */
  readonly audit_key: string | null
  /** Page counts and supplies of each device in /metrics. */
  readonly device_metrics: boolean
  /** From config; kept in the database by its hash under the name `config`. */
  readonly enrolment_token: Secret | null
}

export interface TlsFiles {
  readonly certificate: string
  readonly key: string
}

/** One line an event; pino fits. */
export interface ServerLog {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
}
