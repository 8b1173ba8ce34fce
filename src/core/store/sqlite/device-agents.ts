import type { Database } from './open-database.ts'
import { OF_ANOTHER_DAY } from './whole-days.ts'

export type DeviceAgents = ReturnType<typeof prepareDeviceAgents>

/** Which agents have read a device. */
export function prepareDeviceAgents(db: Database) {
  const find = db
    .prepare<[number, number], number>('SELECT 1 FROM device_agents WHERE device = ? AND agent = ?')
    .pluck()
  const add = db.prepare(
    `INSERT INTO device_agents (device, agent, first_seen, last_seen) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)
     WHERE ${OF_ANOTHER_DAY}`,
  )
  const readAgent = db.prepare<[number], { agent_id: string; revoked_at: number | null }>(
    'SELECT agent_id, revoked_at FROM agents WHERE id = ?',
  )

  return {
    has: (device: number, agent: number): boolean => find.get(device, agent) !== undefined,
    add: (device: number, agent: number, time: number): void => void add.run(device, agent, time, time),
    /** Null for no agent. */
    nameOf: (agent: number | null): string | null => (agent === null ? null : (readAgent.get(agent)?.agent_id ?? null)),
    isRevoked: (agent: number): boolean => (readAgent.get(agent)?.revoked_at ?? null) !== null,
  }
}
