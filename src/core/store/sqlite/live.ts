import type { ChangesFilter, ChangesPage, SnapshotFilter, SnapshotPage } from '../store.ts'
import type { Agents } from './agents.ts'
import type { Alerts } from './alerts.ts'
import type { Devices } from './devices.ts'
import type { Database } from './open-database.ts'

export function prepareLive(_db: Database, _agents: Agents, _devices: Devices, _alerts: Alerts) {
  return {
    readChanges(_query: ChangesFilter, _now: number): ChangesPage {
      throw new Error('not there yet')
    },
    readSnapshot(_query: SnapshotFilter, _now: number): SnapshotPage {
      throw new Error('not there yet')
    },
  }
}
