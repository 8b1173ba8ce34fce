import type { LiveRows } from '../../core/client/live-rows.ts'
import type { Agent } from '../../core/protocol/agents.ts'
import type { Alert } from '../../core/protocol/alerts.ts'
import type { Device } from '../../core/protocol/devices.ts'

/** Alerts that are over are kept for the list of events, the newest of them. */
const CLOSED_ALERTS = 1000

/** A row before and after; null for one that was not there, or is no more. */
export interface DeviceChange {
  readonly before: Device | null
  readonly after: Device | null
}

/** What is known of the fleet: rows by their ids. Each row is replaced whole, never changed. */
export interface LiveStore {
  readonly agents: ReadonlyMap<string, Agent>
  readonly devices: ReadonlyMap<string, Device>
  readonly alerts: ReadonlyMap<string, Alert>
  /** Grows with every change of the rows of its name. */
  readonly versions: { readonly agents: number; readonly devices: number; readonly alerts: number }
  /** Takes the place of everything. */
  replace(rows: LiveRows): void
  apply(rows: LiveRows, gone_devices: readonly string[]): void
  /** Alerts that a question brought: those that are known already are newer here. */
  addPast(rows: Pick<LiveRows, 'alerts'>): void
  /** What became of devices; null for: everything is another. */
  onDevices(listener: (changes: readonly DeviceChange[] | null) => void): void
}

export function createLiveStore(): LiveStore {
  const agents = new Map<string, Agent>()
  const devices = new Map<string, Device>()
  const alerts = new Map<string, Alert>()
  const versions = { agents: 0, devices: 0, alerts: 0 }
  const listeners: Array<(changes: readonly DeviceChange[] | null) => void> = []
  const tell = (changes: readonly DeviceChange[] | null) => {
    for (const listener of listeners) listener(changes)
  }
  return {
    agents,
    devices,
    alerts,
    versions,
    replace(rows) {
      // what is over is in no snapshot
      const over = [...alerts.values()].filter(({ closed_at }) => closed_at !== null)
      const before = new Map(devices)
      agents.clear()
      devices.clear()
      alerts.clear()
      for (const row of rows.agents) agents.set(row.agent_id, row)
      for (const row of rows.devices) {
        // what was worked out of a row that is the same is good for it still
        const known = before.get(row.device_id)
        devices.set(row.device_id, known !== undefined && isSame(known, row) ? known : row)
      }
      for (const row of [...over, ...rows.alerts]) alerts.set(row.alert_id, row)
      versions.agents++
      versions.devices++
      versions.alerts++
      tell(null)
    },
    apply(rows, gone_devices) {
      const changes: DeviceChange[] = []
      for (const row of rows.agents) agents.set(row.agent_id, row)
      for (const row of rows.devices) {
        changes.push({ before: devices.get(row.device_id) ?? null, after: row })
        devices.set(row.device_id, row)
      }
      for (const id of gone_devices) {
        const before = devices.get(id)
        if (before !== undefined) changes.push({ before, after: null })
        devices.delete(id)
      }
      for (const row of rows.alerts) alerts.set(row.alert_id, row)
      if (rows.alerts.length > 0) dropOldest(alerts)
      if (rows.agents.length > 0) versions.agents++
      if (changes.length > 0) versions.devices++
      if (rows.alerts.length > 0) versions.alerts++
      if (changes.length > 0) tell(changes)
    },
    addPast(rows) {
      for (const row of rows.alerts) if (!alerts.has(row.alert_id)) alerts.set(row.alert_id, row)
      dropOldest(alerts)
      versions.alerts++
    },
    onDevices: (listener) => void listeners.push(listener),
  }
}

function isSame(a: Device, b: Device): boolean {
  return (Object.keys(b) as Array<keyof Device>).every((key) => a[key] === b[key])
}

function dropOldest(alerts: Map<string, Alert>): void {
  const over = [...alerts.values()].filter(({ closed_at }) => closed_at !== null)
  if (over.length <= CLOSED_ALERTS) return
  over.sort((a, b) => (a.closed_at as string).localeCompare(b.closed_at as string))
  for (const { alert_id } of over.slice(0, over.length - CLOSED_ALERTS)) alerts.delete(alert_id)
}
