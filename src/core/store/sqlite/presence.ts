import type { PresenceDecision, PresenceRow } from '../store.ts'
import type { Changes } from './changes.ts'
import type { Database } from './open-database.ts'

/** What the presence monitor knows and decides of agents. */
export function preparePresence(db: Database, changes: Changes) {
  const find = db.prepare<[string], number>('SELECT id FROM agents WHERE agent_id = ?').pluck()
  const update = db.prepare(
    `UPDATE agents SET status_since = CASE WHEN status IS @status THEN status_since ELSE @at END,
       status = @status, status_reason = @reason, connection = @connection WHERE id = @id`,
  )
  const list = db.prepare<[number], PresenceRow>(
    `SELECT id, agent_id, registered_at, status, status_since, status_reason, connection, last_seen, last_scan, last_upload,
       heartbeat_interval_seconds, upload_interval_seconds, discovery_interval_seconds
     FROM agents WHERE id > ? ORDER BY id`,
  )
  return {
    /** `status_since` moves with the status alone: another reason or connection leaves it. */
    record(decisions: readonly PresenceDecision[]): void {
      for (const { agent_id, status, reason, at, connection } of decisions) {
        const id = find.get(agent_id)
        if (id === undefined) continue
        update.run({ id, status, reason, at, connection })
        changes.note('agent', id, at)
      }
      changes.trim()
    },

    list: (after: number): readonly PresenceRow[] => list.all(after),
  }
}
