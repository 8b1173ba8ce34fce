import type { LeavingOthers } from '../retention.ts'
import type { Database } from './open-database.ts'

/** How many audit entries, answers to batches and readings that were brought back the next run lets go of. */
export function prepareCountOthers(db: Database) {
  const firstKept = db.prepare<[number], number | null>('SELECT min(seq) FROM audit_log WHERE recorded_at >= ?').pluck()
  const countAudit = db.prepare<[object], LeavingOthers['audit']>(
    `SELECT count(*) AS rows, (SELECT recorded_at FROM audit_log ORDER BY seq LIMIT 1) AS first_at,
       (SELECT recorded_at FROM audit_log WHERE seq < @end ORDER BY seq DESC LIMIT 1) AS last_at
     FROM audit_log WHERE seq < @end`,
  )
  // the newest of each journal stays, and what follows one that is young
  const countBatches = db
    .prepare<[object], number>(
      `SELECT coalesce(sum((SELECT count(*) FROM batches b WHERE b.agent = j.agent AND b.journal_id = j.journal_id
         AND b.seq < coalesce((SELECT seq FROM batches y WHERE y.agent = j.agent AND y.journal_id = j.journal_id
           AND y.seq < j.last_seq AND y.stored_at >= @before ORDER BY y.seq LIMIT 1), j.last_seq))), 0)
       FROM journals j`,
    )
    .pluck()
  const countRestored = db
    .prepare<[number], number>(
      `SELECT count(*) FROM metrics_history WHERE restored_until < ?
         AND id < (SELECT max(id) FROM metrics_history)`,
    )
    .pluck()
  return (before: { readonly audit: number; readonly batches: number; readonly restored: number }): LeavingOthers => {
    const end = firstKept.get(before.audit) ?? Number.MAX_SAFE_INTEGER
    const { rows, first_at, last_at } = countAudit.get({ end }) as LeavingOthers['audit']
    return {
      audit: { rows, first_at: rows === 0 ? null : first_at, last_at },
      batches: countBatches.get({ before: before.batches }) as number,
      restored: countRestored.get(before.restored) as number,
    }
  }
}
