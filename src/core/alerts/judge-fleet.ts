import type { Agent } from '../protocol/agents.ts'
import type { Alert, AlertKind } from '../protocol/alerts.ts'
import type { Device } from '../protocol/devices.ts'
import type { AlertChange, DeviceReport } from '../store/store.ts'
import type { AlertOptions } from './alert-options.ts'
import { type Finding, NOTHING, SEVERITIES, type Verdict } from './finding.ts'
import { judgeAgentOffline } from './rules/agent-offline.ts'
import { judgeDeviceError } from './rules/device-error.ts'
import { judgeDeviceOffline } from './rules/device-offline.ts'
import { describeSupply, judgeSupplyLevel, nameSupplies } from './rules/supply-level.ts'
import { BLANK, findDue, isBlank, moveTrack, type Patience, type Track } from './track.ts'

type Area = 'agent' | 'offline' | 'error' | 'supply'

const AREAS: Readonly<Record<AlertKind, Area>> = {
  agent_offline: 'agent',
  device_offline: 'offline',
  device_error: 'error',
  supply_low: 'supply',
  supply_empty: 'supply',
}

interface About {
  readonly agent_id: string | null
  readonly device_id: string | null
}

interface Slot {
  readonly area: Area
  about: About
  track: Track
  /** As it was opened: what closes it has to say the same. */
  opened: { readonly subject: string | null; readonly message: string } | null
  /** What waits to be opened was found like this last. */
  finding: Finding | null
}

type Rules = Omit<AlertOptions, 'channels' | 'enabled'>

export interface FleetJudge {
  /** What the store holds when the judge begins: open alerts, and those that were closed within the quiet time. */
  load(open: readonly Alert[], closed: readonly Alert[], now: number): AlertChange[]
  noteAgent(agent: Agent, now: number): AlertChange[]
  /** @param report null where nothing is known of its supplies and alerts */
  noteDevice(device: Device, report: DeviceReport | null, now: number): AlertChange[]
  /** Devices that were merged into others; the store closed what was open of them. */
  forgetDevices(device_ids: readonly string[]): void
  /** Closes what is open of those that are not there any more. */
  keepOnly(agent_ids: ReadonlySet<string>, device_ids: ReadonlySet<string>, now: number): AlertChange[]
  /** Opens what has lasted long enough by now. */
  tick(now: number): AlertChange[]
  countOpen(): Record<AlertKind, number>
}

/**
 * Decides which alerts are open, from what is told of agents and devices, in any order and as often as one likes. Pure but
 * for its memory: it asks nobody, and time is told to it. Every change that it gives has to reach the store.
 */
export function createFleetJudge(rules: Rules): FleetJudge {
  const slots = new Map<string, Slot>()
  const waiting = new Set<string>()
  const suppliesOf = new Map<string, Set<string>>()
  const goneAgents = new Set<string>()
  /** Devices whose finding depends on their agent, by that agent. */
  const troubled = new Map<string, Map<string, { device: Device; report: DeviceReport | null }>>()
  const agentOf = new Map<string, string>()
  const patience = readPatience(rules)
  const isWatched = (kind: AlertKind) => rules.kinds.includes(kind)

  const forget = (key: string, slot: Slot) => {
    slots.delete(key)
    waiting.delete(key)
    const { device_id } = slot.about
    if (slot.area !== 'supply' || device_id === null) return
    const keys = suppliesOf.get(device_id)
    keys?.delete(key)
    if (keys?.size === 0) suppliesOf.delete(device_id)
  }

  const slotAt = (key: string, area: Area, about: About): Slot => {
    let slot = slots.get(key)
    if (slot === undefined) {
      slot = { area, about, track: BLANK, opened: null, finding: null }
      slots.set(key, slot)
      if (area === 'supply' && about.device_id !== null) {
        suppliesOf.set(about.device_id, (suppliesOf.get(about.device_id) ?? new Set()).add(key))
      }
    }
    slot.about = about
    return slot
  }

  const settle = (key: string, slot: Slot, finding: Finding, now: number): AlertChange[] => {
    const verdict = mapVerdict(finding.verdict, isWatched)
    const { track, closes, opens } = moveTrack(slot.track, verdict, now, patience, finding.since)
    slot.track = track
    slot.finding = track.pending === null ? null : finding
    if (slot.finding === null) waiting.delete(key)
    else waiting.add(key)
    const changes: AlertChange[] = []
    if (closes !== null) {
      const why = describeClosing(closes, opens)
      changes.push(composeChange('close', closes, slot.about, slot.opened ?? finding, why, now))
    }
    if (opens !== null) {
      const { subject, message, details } = finding
      // an error keeps the subject that it was opened with
      slot.opened = { subject, message }
      changes.push(composeChange('open', opens, slot.about, slot.opened, details, now))
    }
    if (isBlank(track, now, patience)) forget(key, slot)
    return changes
  }

  const look = (area: Area, about: About, finding: Finding, now: number): AlertChange[] => {
    const key = keyOf(area, about, area === 'supply' ? finding.subject : null)
    const isIdle = finding.verdict === 'none' || finding.verdict === 'unclear'
    if (isIdle && !slots.has(key)) return []
    return settle(key, slotAt(key, area, about), finding, now)
  }

  const judgeDevice = (device: Device, report: DeviceReport | null, now: number): AlertChange[] => {
    const { device_id, agent_id } = device
    const about = { device_id, agent_id }
    const isAgentGone = agent_id !== null && goneAgents.has(agent_id)
    return [
      ...look('offline', about, judgeDeviceOffline(device, isAgentGone), now),
      ...look('error', about, judgeDeviceError(device, report?.alerts ?? null, isAgentGone), now),
    ]
  }

  const judgeSupplies = (device: Device, supplies: DeviceReport['supplies'], now: number): AlertChange[] => {
    if (supplies === null) return []
    const { device_id, agent_id } = device
    const about = { device_id, agent_id }
    const there = new Set<string>()
    const changes: AlertChange[] = []
    for (const named of nameSupplies(supplies)) {
      const key = keyOf('supply', about, named.subject)
      there.add(key)
      const open = slots.get(key)?.track.open ?? null
      const verdict = judgeSupplyLevel(named.supply.level, open, rules.low_percent)
      changes.push(...look('supply', about, describeSupply(device, named, verdict), now))
    }
    for (const key of [...(suppliesOf.get(device_id) ?? [])]) {
      const slot = slots.get(key)
      // it was taken out, or goes by another name
      if (slot !== undefined && !there.has(key)) changes.push(...settle(key, slot, NOTHING, now))
    }
    return changes
  }

  const remember = (device: Device, report: DeviceReport | null) => {
    const { device_id, agent_id, status } = device
    forgetTrouble(device_id)
    const isTroubled = status === 'offline' || status === 'error'
    const hasSlot = slots.has(keyOf('offline', device, null)) || slots.has(keyOf('error', device, null))
    if (agent_id === null || !(isTroubled || hasSlot)) return
    const known = troubled.get(agent_id) ?? new Map()
    troubled.set(agent_id, known.set(device_id, { device, report }))
    agentOf.set(device_id, agent_id)
  }

  const forgetTrouble = (device_id: string) => {
    const agent_id = agentOf.get(device_id)
    if (agent_id === undefined) return
    agentOf.delete(device_id)
    const known = troubled.get(agent_id)
    known?.delete(device_id)
    if (known?.size === 0) troubled.delete(agent_id)
  }

  return {
    load(open, closed, now) {
      const changes: AlertChange[] = []
      // a lesser one beside a worse one was about to be closed
      for (const alert of open.toSorted((one, other) => worth(one.kind) - worth(other.kind))) {
        const { kind, subject, message } = alert
        const area = AREAS[kind]
        const key = keyOf(area, alert, area === 'supply' ? subject : null)
        const slot = slotAt(key, area, { agent_id: alert.agent_id, device_id: alert.device_id })
        const { open: other } = slot.track
        if (other !== null) {
          const why = describeClosing(other, kind)
          changes.push(composeChange('close', other, slot.about, slot.opened ?? alert, why, now))
        }
        slot.opened = { subject, message }
        slot.track = { ...slot.track, open: kind }
        if (!isWatched(kind)) changes.push(...settle(key, slot, NOTHING, now))
      }
      for (const alert of closed) {
        const { kind, closed_at, subject } = alert
        const area = AREAS[kind]
        const slot = slotAt(keyOf(area, alert, area === 'supply' ? subject : null), area, {
          agent_id: alert.agent_id,
          device_id: alert.device_id,
        })
        const at = Math.max(Date.parse(closed_at as string), slot.track.closed_at[kind] ?? 0)
        slot.track = { ...slot.track, closed_at: { ...slot.track.closed_at, [kind]: at } }
      }
      return changes
    },

    noteAgent(agent, now) {
      const { agent_id } = agent
      const changes = look('agent', { agent_id, device_id: null }, judgeAgentOffline(agent), now)
      const isGone = agent.status === 'offline'
      if (isGone === goneAgents.has(agent_id)) return changes
      if (isGone) goneAgents.add(agent_id)
      else goneAgents.delete(agent_id)
      for (const { device, report } of [...(troubled.get(agent_id)?.values() ?? [])]) {
        changes.push(...judgeDevice(device, report, now))
      }
      return changes
    },

    noteDevice(device, report, now) {
      const changes = [...judgeDevice(device, report, now), ...judgeSupplies(device, report?.supplies ?? null, now)]
      remember(device, report)
      return changes
    },

    forgetDevices(device_ids) {
      for (const device_id of device_ids) {
        forgetTrouble(device_id)
        const about = { device_id, agent_id: null }
        const keys = [keyOf('offline', about, null), keyOf('error', about, null), ...(suppliesOf.get(device_id) ?? [])]
        for (const key of keys) {
          const slot = slots.get(key)
          if (slot !== undefined) forget(key, slot)
        }
      }
    },

    keepOnly(agent_ids, device_ids, now) {
      const changes: AlertChange[] = []
      for (const [key, slot] of [...slots]) {
        const { agent_id, device_id } = slot.about
        const isThere = device_id === null ? agent_ids.has(agent_id as string) : device_ids.has(device_id)
        if (!isThere) changes.push(...settle(key, slot, NOTHING, now))
      }
      return changes
    },

    tick(now) {
      const changes: AlertChange[] = []
      for (const key of [...waiting]) {
        const slot = slots.get(key)
        if (slot?.finding && now >= findDue(slot.track, patience)) {
          changes.push(...settle(key, slot, slot.finding, now))
        }
      }
      return changes
    },

    countOpen() {
      const counts = { agent_offline: 0, device_offline: 0, supply_low: 0, supply_empty: 0, device_error: 0 }
      for (const { track } of slots.values()) if (track.open !== null) counts[track.open] += 1
      return counts
    },
  }
}

const keyOf = (area: Area, { agent_id, device_id }: About, subject: string | null) =>
  `${area}\n${area === 'agent' ? agent_id : device_id}\n${subject ?? ''}`

const worth = (kind: AlertKind) => (kind === 'supply_empty' ? 1 : 0)

/** What makes way for a worse one is not over: what took its place is said with its end. */
const describeClosing = (closes: AlertKind, opens: AlertKind | null): AlertChange['details'] =>
  opens !== null && worth(opens) > worth(closes) ? { replaced_by: opens } : {}

/** Kinds that nobody wants are never opened; an empty supply is a low one where only that is wanted. */
function mapVerdict(verdict: Verdict, isWatched: (kind: AlertKind) => boolean): Verdict {
  if (verdict === 'none' || verdict === 'unclear' || isWatched(verdict)) return verdict
  return verdict === 'supply_empty' && isWatched('supply_low') ? 'supply_low' : 'none'
}

function readPatience(rules: Rules): Patience {
  const seconds: Readonly<Record<AlertKind, number>> = {
    agent_offline: rules.agent_offline_after_seconds,
    device_offline: rules.device_offline_after_seconds,
    device_error: rules.error_after_seconds,
    supply_low: 0,
    supply_empty: 0,
  }
  return { afterMs: (kind) => seconds[kind] * 1000, quietMs: rules.quiet_minutes * 60_000 }
}

function composeChange(
  change: 'open' | 'close',
  kind: AlertKind,
  { agent_id, device_id }: About,
  { subject, message }: { readonly subject: string | null; readonly message: string },
  details: AlertChange['details'],
  at: number,
): AlertChange {
  return { change, kind, severity: SEVERITIES[kind], agent_id, device_id, subject, message, details, at }
}
