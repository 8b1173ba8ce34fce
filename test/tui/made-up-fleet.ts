import type { Agent } from '../../src/core/protocol/agents.ts'
import type { Alert } from '../../src/core/protocol/alerts.ts'
import type { Device } from '../../src/core/protocol/devices.ts'

export const NOW = Date.parse('2025-11-03T18:00:00Z')

export function makeAgent(changes: Partial<Agent> = {}): Agent {
  return {
    agent_id: 'agent-1',
    site_id: 'default',
    name: 'Branch office',
    status: 'active',
    reported_status: 'active',
    revoked: false,
    hostname: 'box',
    ip: '10.0.0.2',
    remote_address: '10.0.0.2',
    platform: 'linux',
    os_version: null,
    architecture: 'x64',
    agent_version: '0.1.0',
    protocol_version: '1',
    registered_at: '2025-10-01T00:00:00.000Z',
    status_since: '2025-11-03T17:00:00.000Z',
    status_reason: null,
    connection: 'websocket',
    last_seen: '2025-11-03T17:59:48.000Z',
    last_scan: '2025-11-03T14:40:00.000Z',
    last_upload: '2025-11-03T17:57:00.000Z',
    uptime_seconds: 3600,
    memory_mb: 85.2,
    cpu_percent: 0.4,
    queue_length: 0,
    queue_age_seconds: null,
    last_error: null,
    clock_offset_ms: 3,
    devices_count: 2,
    reported_devices_count: 2,
    metrics_count: 100,
    ...changes,
  }
}

export function makeDevice(changes: Partial<Device> = {}): Device {
  return {
    device_id: 'device-1',
    site_id: 'default',
    agent_id: 'agent-1',
    manufacturer: 'HP',
    model: 'LaserJet M607',
    serial: 'S1',
    mac_address: null,
    hostname: 'hp-1',
    ip: '10.0.0.7',
    port: 161,
    printer_index: 1,
    firmware: '2.1',
    location: 'Hall',
    contact: null,
    asset_number: null,
    status: 'idle',
    offline_reason: null,
    page_count: 48_213,
    lowest_supply: 78,
    first_seen: '2025-10-01T00:00:00.000Z',
    last_seen: '2025-11-03T17:57:00.000Z',
    received_at: '2025-11-03T17:57:01.000Z',
    ...changes,
  }
}

export function makeAlert(changes: Partial<Alert> = {}): Alert {
  return {
    alert_id: 'alert-1',
    site_id: 'default',
    kind: 'device_error',
    severity: 'critical',
    agent_id: 'agent-1',
    device_id: 'device-1',
    subject: 'paper jam',
    message: 'HP LaserJet M607: paper jam',
    opened_at: '2025-11-03T17:30:00.000Z',
    closed_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    details: {},
    ...changes,
  }
}

/** So many printers, each another; every tenth is low. */
export function makeDevices(count: number): Device[] {
  return Array.from({ length: count }, (_, i) =>
    makeDevice({
      device_id: `device-${i}`,
      serial: `SN${String(i).padStart(5, '0')}`,
      ip: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
      location: `Floor ${i % 40}`,
      status: i % 97 === 0 ? 'error' : i % 3 === 0 ? 'asleep' : 'idle',
      page_count: i * 7,
      lowest_supply: i % 10 === 0 ? i % 20 : 21 + (i % 79),
    }),
  )
}
