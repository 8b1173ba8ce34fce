import { prepareCloseDeviceAlerts } from './close-device-alerts.ts'
import { clearOffline, type DeviceRow, type DeviceRows } from './device-rows.ts'
import type { Database } from './open-database.ts'

/** Two rows turn out to be one device: identities and agents go over, readings stay where they are and are found there. */
export function prepareMerge(db: Database, rows: DeviceRows) {
  const mark = db.prepare('UPDATE devices SET merged_into = ? WHERE id = ? OR merged_into = ?')
  const moveIdentities = db.prepare('UPDATE device_identities SET device = ? WHERE device = ?')
  const moveAgents = db.prepare(
    `INSERT INTO device_agents (device, agent, first_seen, last_seen)
     SELECT ?, agent, first_seen, last_seen FROM device_agents WHERE device = ?
     ON CONFLICT DO UPDATE SET first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)`,
  )
  const dropAgents = db.prepare('DELETE FROM device_agents WHERE device = ?')
  const closeAlerts = prepareCloseDeviceAlerts(db)

  return (from: DeviceRow, into: DeviceRow, at: number): void => {
    inherit(from, into)
    rows.touch(into)
    rows.writeOut(from)
    mark.run(into.id, from.id, from.id)
    moveIdentities.run(into.id, from.id)
    moveAgents.run(into.id, from.id)
    dropAgents.run(from.id)
    // what is still true of it is found again at the other one
    closeAlerts(from.id, at)
  }
}

/** The newer of both rows tells the state; what only one of them knows is kept. One that was never read has no state. */
function inherit(from: DeviceRow, into: DeviceRow): void {
  const isRead = from.agent !== null
  if (isRead) into.first_seen = Math.min(into.first_seen, from.first_seen)
  const isNewer = from.last_seen > into.last_seen
  if (isNewer && into.offline_at !== null) clearOffline(into)
  for (const [name, value] of Object.entries(from)) {
    if (value === null || !(name in INHERITED) || (name === 'status' && !isRead)) continue
    const column = name as keyof typeof INHERITED
    if (isNewer ? INHERITED[column] === 'newest' || into[column] === null : into[column] === null) {
      Object.assign(into, { [column]: value })
    }
  }
  if (isNewer) {
    into.offline_reason = from.offline_reason
    into.offline_at = from.offline_at
  }
}

const INHERITED = {
  manufacturer: 'known',
  model: 'known',
  mac_address: 'known',
  hostname: 'known',
  ip: 'newest',
  port: 'newest',
  printer_index: 'newest',
  firmware: 'newest',
  location: 'newest',
  contact: 'newest',
  asset_number: 'known',
  status: 'newest',
  page_count: 'newest',
  lowest_supply: 'newest',
  last_seen: 'newest',
  received_at: 'newest',
} as const
