import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { type Agent, AgentSchema } from '../protocol/agents.ts'
import { type Alert, AlertSchema } from '../protocol/alerts.ts'
import { type Device, DeviceSchema } from '../protocol/devices.ts'

/** What a view shows, each row whole. */
export interface LiveRows {
  readonly agents: readonly Agent[]
  readonly devices: readonly Device[]
  readonly alerts: readonly Alert[]
}

const compiled = new Map<TSchema, Validator>()

/** A newer server may say more of a row than this program knows. */
function validatorOf(schema: TSchema): Validator {
  const known = compiled.get(schema) ?? (Compile({ ...schema, additionalProperties: true } as never) as Validator)
  compiled.set(schema, known)
  return known
}

/** The rows of a message or an answer; what is no such row is left out. */
export function readLiveRows(data: Readonly<Record<string, unknown>>): LiveRows {
  const pick = <T>(list: unknown, schema: TSchema): T[] =>
    Array.isArray(list) ? (list.filter((row) => validatorOf(schema).Check(row)) as T[]) : []
  return {
    agents: pick<Agent>(data.agents, AgentSchema),
    devices: pick<Device>(data.devices, DeviceSchema),
    alerts: pick<Alert>(data.alerts, AlertSchema),
  }
}
