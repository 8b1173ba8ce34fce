import type { Secret } from '../model/secret.ts'
import type { AlertKind, AlertLevel } from '../protocol/alerts.ts'
import type { SyslogFacility } from './syslog-facilities.ts'

/** `[alerts]` and `[alerts.NAME]`, checked by config. */
export interface AlertOptions {
  readonly enabled: boolean
  readonly kinds: readonly AlertKind[]
  /** A supply with so many percent or less is low. */
  readonly low_percent: number
  readonly agent_offline_after_seconds: number
  readonly device_offline_after_seconds: number
  readonly error_after_seconds: number
  /** After an alert was closed the same one is not opened again for so long. */
  readonly quiet_minutes: number
  readonly channels: readonly ChannelOptions[]
}

export type ChannelOptions = WebhookOptions | CommandOptions | SyslogOptions | EmailOptions

interface CommonOptions {
  readonly name: string
  /** What it is told of. */
  readonly kinds: readonly AlertKind[]
  /** This one and what is worse. */
  readonly severity: AlertLevel
}

export interface WebhookOptions extends CommonOptions {
  readonly type: 'webhook'
  /** May hold a secret in its path, as those of chat services do. */
  readonly url: Secret
  /** Key of the signature; null: unsigned. */
  readonly secret: Secret | null
  /** Absolute path of a PEM file; null for the authorities that the system knows. */
  readonly ca: string | null
}

export interface CommandOptions extends CommonOptions {
  readonly type: 'command'
  /** Absolute path of the program. */
  readonly command: string
  readonly arguments: readonly string[]
}

export interface SyslogOptions extends CommonOptions {
  readonly type: 'syslog'
  readonly host: string
  readonly port: number
  readonly protocol: 'udp' | 'tcp' | 'tls'
  readonly facility: SyslogFacility
  readonly ca: string | null
}

export interface EmailOptions extends CommonOptions {
  readonly type: 'email'
  readonly host: string
  readonly port: number
  readonly from: string
  readonly to: readonly string[]
  readonly login: { readonly user: string; readonly password: Secret } | null
  /** `starttls` is insisted on; `implicit` encrypts from the first byte. */
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly ca: string | null
}
