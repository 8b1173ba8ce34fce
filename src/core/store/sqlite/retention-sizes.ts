import type { RetentionSizes, SourceSize } from '../retention.ts'
import type { Database } from './open-database.ts'

const TIMES: Readonly<Record<string, string>> = {
  metrics_history: 'sampled_at',
  metrics_daily: 'period',
  metrics_monthly: 'period',
  audit_log: 'recorded_at',
  alerts: 'opened_at',
  commands: 'created_at',
  agent_health: 'received_at',
  batches: 'stored_at',
  archives: 'verified_at',
}

/** Rows, oldest and newest of each table that grows. Walks whole tables: for somebody who asks, not for every scrape. */
export function prepareRetentionSizes(db: Database, rolledUpTo: () => number) {
  const reads = Object.entries(TIMES).map(([source, time]) => ({
    source,
    read: db.prepare<[], Omit<SourceSize, 'source'>>(
      `SELECT count(*) AS rows, min(${time}) AS oldest, max(${time}) AS newest FROM ${source}`,
    ),
  }))
  // those of an agent that is not the source of its device come to no day
  const waiting = db
    .prepare<[number], number>(
      'SELECT count(*) FROM metrics_history WHERE id > ? AND restored_until IS NULL AND of_other_agent = 0',
    )
    .pluck()
  return (): RetentionSizes => ({
    sources: reads.map(({ source, read }) => ({ source, ...(read.get() as Omit<SourceSize, 'source'>) })),
    waiting: waiting.get(rolledUpTo()) as number,
  })
}
