import type { StoredPolicy } from '../retention.ts'
import type { Actor } from '../store.ts'
import type { AuditLog } from './audit-log.ts'
import type { Database } from './open-database.ts'

/** What somebody set for a kind of data; whatever is not there follows config. */
export function preparePolicies(db: Database, audit: AuditLog) {
  const list = db.prepare<[], StoredPolicy>(
    `SELECT site_id, metric_type, keep_detailed_days, keep_summary_days, delete_after_days FROM retention_policies
     ORDER BY site_id, metric_type`,
  )
  const put = db.prepare(
    `INSERT INTO retention_policies (site_id, metric_type, keep_detailed_days, keep_summary_days, delete_after_days)
     VALUES (@site_id, @metric_type, @keep_detailed_days, @keep_summary_days, @delete_after_days)
     ON CONFLICT DO UPDATE SET keep_detailed_days = excluded.keep_detailed_days,
       keep_summary_days = excluded.keep_summary_days, delete_after_days = excluded.delete_after_days`,
  )
  const drop = db.prepare('DELETE FROM retention_policies WHERE site_id = ? AND metric_type = ?')
  const knows = ['agents', 'devices', 'tokens'].map((table) =>
    db.prepare<[string], number>(`SELECT EXISTS (SELECT 1 FROM ${table} WHERE site_id = ?)`).pluck(),
  )
  const record = (action: string, site_id: string, metric_type: string, details: object, actor: Actor, now: number) =>
    audit.append({
      actor,
      site_id,
      agent_id: null,
      action,
      resource_type: 'retention_policy',
      resource_id: metric_type,
      outcome: 'success',
      details: details as Record<string, unknown>,
      occurred_at: now,
      recorded_at: now,
    })

  return {
    list: (): StoredPolicy[] => list.all(),
    /** Everything else is of an agent or of a device. */
    knowsSite: (site_id: string): boolean => knows.some((statement) => statement.get(site_id) === 1),
    set(policy: StoredPolicy, actor: Actor, now: number): void {
      put.run(policy)
      const { site_id, metric_type, ...days } = policy
      record('retention_policy_set', site_id, metric_type, days, actor, now)
    },
    /** False where none was set. */
    reset(site_id: string, metric_type: string, actor: Actor, now: number): boolean {
      if (drop.run(site_id, metric_type).changes === 0) return false
      record('retention_policy_reset', site_id, metric_type, {}, actor, now)
      return true
    },
  }
}
