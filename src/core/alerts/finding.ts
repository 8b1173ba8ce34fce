import type { AlertKind, AlertLevel } from '../protocol/alerts.ts'

/** What a rule says of one thing: the alert that it deserves now, `none`, or `unclear` where what is known tells neither. */
export type Verdict = AlertKind | 'none' | 'unclear'

export interface Finding {
  readonly verdict: Verdict
  /** The supply, or the error; null where there is one alert of its kind at most. */
  readonly subject: string | null
  /** One sentence for a person. */
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  /** It is so since then, where that is known: milliseconds since 1970. */
  readonly since?: number
}

export const NOTHING: Finding = { verdict: 'none', subject: null, message: '', details: {} }
export const UNCLEAR: Finding = { ...NOTHING, verdict: 'unclear' }

export const SEVERITIES: Readonly<Record<AlertKind, AlertLevel>> = {
  agent_offline: 'critical',
  device_offline: 'warning',
  supply_low: 'warning',
  supply_empty: 'critical',
  device_error: 'critical',
}
