import { isAhead } from '../kept-times.ts'
import type { DeviceAgents } from './device-agents.ts'
import {
  type Candidates,
  decideDevice,
  formatAddress,
  type IdentityKeys,
  type KnownDevice,
  SNMP_PORT,
  type Verdict,
} from './device-identity.ts'
import type { DeviceRow, DeviceRows } from './device-rows.ts'
import { type Identities, type IdentityRow, readMaker } from './identities.ts'

/** A source that has told nothing of its device for so long, not even its silence, loses it to the next agent that reads it. */
export const CLAIM_AFTER_MS = 86_400_000

/** The agent whose batch is being stored. */
export interface Source {
  readonly id: number
  readonly agent_id: string
  readonly site_id: string
  readonly received_at: number
  readonly ip_address: string | null
}

/** The devices that the keys of an item lead to, and which of them it is. */
export interface Finding {
  readonly held: Readonly<Record<keyof Candidates, IdentityRow | undefined>>
  readonly candidates: Candidates
  readonly verdict: Verdict
}

/** Looks, and writes nothing. */
export function prepareLookUp(rows: DeviceRows, identities: Identities, agents: DeviceAgents) {
  const isForeign = (row: DeviceRow, source: Source): boolean =>
    row.agent !== null && row.agent !== source.id && !isAbandoned(row, source)
  const isAbandoned = (row: DeviceRow, source: Source): boolean => {
    const told = [row.received_at, row.offline_at ?? row.received_at].filter((at) => !isAhead(at, source.received_at))
    return told.every((at) => source.received_at - at > CLAIM_AFTER_MS) || agents.isRevoked(row.agent as number)
  }

  const describe = (id: number, source: Source): KnownDevice => {
    const row = rows.load(id)
    return {
      id,
      maker: readMaker(row),
      model: row.model?.trim().toLowerCase() || null,
      serial: row.serial,
      has_mac: identities.hasMac(id),
      address: addressOf(row),
      foreign: isForeign(row, source),
    }
  }

  return {
    /** True where another agent is the source of a device, and stays it. */
    isForeign,

    lookUp(keys: IdentityKeys, source: Source): Finding {
      const held = {
        serial: identities.findSerial(keys, source),
        mac: identities.find('mac', keys, source),
        device_id: identities.find('device_id', keys, source),
        address: identities.find('address', keys, source),
        words: identities.findWords(keys, source),
      }
      const describeHeld = (kind: keyof typeof held) => {
        const holder = held[kind]
        return holder === undefined ? null : describe(holder.device, source)
      }
      const candidates: Candidates = {
        serial: describeHeld('serial'),
        mac: describeHeld('mac'),
        device_id: describeHeld('device_id'),
        address: describeHeld('address'),
        words: describeHeld('words'),
      }
      return { held, candidates, verdict: decideDevice(keys, candidates) }
    },
  }
}

/** The value of the address identity that a device was found at last. */
export const addressOf = (row: DeviceRow): string | null =>
  row.ip === null ? null : formatAddress(row.ip, row.port ?? SNMP_PORT, row.printer_index ?? 1)
