import type { Missing } from '../model/printer.ts'
import type { SnmpValue } from './value.ts'

/** Everything one printer answered, raw. Recordable as it is (`recording.ts`); normalise turns it into printers. */
export interface Reading {
  readonly address: string
  readonly port: number
  readonly snmp_version: '1' | '2c' | '3'
  /** RFC 3339, UTC: when the first object was asked. */
  readonly sampled_at: string
  /** By OID (dotted, no leading dot). */
  readonly values: ReadonlyMap<string, SnmpValue>
  /** What was asked and did not come. */
  readonly missing: readonly Missing[]
}
