import type { AlertOptions } from '../../src/core/alerts/alert-options.ts'
import type { Agent } from '../../src/core/protocol/agents.ts'
import { ALERT_KINDS } from '../../src/core/protocol/alerts.ts'
import type { Device, WireSupply } from '../../src/core/protocol/devices.ts'
import type { DeviceReport } from '../../src/core/store/store.ts'

export const NOW = Date.UTC(2026, 0, 15, 12)
export const MINUTE = 60_000
export const at = (time: number) => new Date(time).toISOString()

export const RULES: AlertOptions = {
  enabled: true,
  kinds: ALERT_KINDS,
  low_percent: 10,
  agent_offline_after_seconds: 60,
  device_offline_after_seconds: 300,
  error_after_seconds: 120,
  quiet_minutes: 15,
  channels: [],
}

export function sampleAgent(more: Partial<Agent> = {}): Agent {
  const nothing = {
    reported_status: null,
    hostname: null,
    ip: null,
    remote_address: null,
    platform: null,
    os_version: null,
    architecture: null,
    agent_version: null,
    protocol_version: null,
    last_scan: null,
    last_upload: null,
    uptime_seconds: null,
    memory_mb: null,
    cpu_percent: null,
    queue_length: null,
    queue_age_seconds: null,
    last_error: null,
    clock_offset_ms: null,
    reported_devices_count: null,
    status_reason: null,
    connection: null,
  }
  return {
    ...nothing,
    agent_id: 'site-a',
    site_id: 'default',
    name: 'cellar',
    status: 'active',
    revoked: false,
    registered_at: at(NOW),
    status_since: at(NOW),
    last_seen: at(NOW),
    devices_count: 1,
    metrics_count: 1,
    ...more,
  }
}

export function sampleDevice(more: Partial<Device> = {}): Device {
  return {
    device_id: 'd1',
    site_id: 'default',
    agent_id: 'site-a',
    manufacturer: 'HP',
    model: 'LaserJet M404dn',
    serial: 'S1',
    mac_address: null,
    hostname: 'prn-1',
    ip: '10.0.0.9',
    port: 161,
    printer_index: 1,
    firmware: null,
    location: 'front desk',
    contact: null,
    asset_number: null,
    status: 'idle',
    offline_reason: null,
    page_count: 1,
    lowest_supply: null,
    first_seen: at(NOW),
    last_seen: at(NOW),
    received_at: at(NOW),
    ...more,
  }
}

export const toner = (level: WireSupply['level'], color = 'black'): WireSupply => ({
  index: 1,
  kind: 'toner',
  color,
  name: 'toner',
  ...(level !== undefined && { level }),
})
export const percent = (value: number): WireSupply['level'] => ({ state: 'percent', percent: value })

export const reportOf = (...supplies: WireSupply[]): DeviceReport => ({ device_id: 'd1', supplies, alerts: [] })
