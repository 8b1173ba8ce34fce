import type { AgentHealth } from '../../protocol/agents.ts'
import type { AgentHealthFilter, Page } from '../store.ts'
import { utcText } from '../utc-text.ts'
import { openCursor, sealCursor } from './cursor.ts'
import { HEALTH_PERIOD_MS } from './heartbeats.ts'
import type { Database } from './open-database.ts'
import { takePage } from './take-page.ts'

type HealthRow = Omit<
  AgentHealth,
  'period_start' | 'received_at' | 'reported_status' | 'reported_devices_count' | 'other'
> & {
  readonly period: number
  readonly received_at: number
  readonly status: string | null
  readonly devices_count: number | null
  readonly other: string | null
}

/** How agents were over time. */
export function prepareAgentHealth(db: Database) {
  const findAgent = db.prepare<[string], number>('SELECT id FROM agents WHERE agent_id = ?').pluck()
  const walk = db.prepare<[Record<string, unknown>], HealthRow>(
    `SELECT * FROM agent_health WHERE agent = @agent AND period > @after AND received_at >= @from
       AND period < @to AND received_at < @to ORDER BY period LIMIT @limit`,
  )

  return {
    /** Oldest first; null when there is no such agent. */
    list(query: AgentHealthFilter): Page<AgentHealth> | null {
      const { agent_id, from, to, limit, cursor } = query
      const agent = findAgent.get(agent_id)
      if (agent === undefined) return null
      const scope = ['agent_health', { agent_id, from, to }]
      const seen = cursor === undefined ? 0 : (openCursor(cursor, scope, ['number'])[0] as number)
      // the period that `from` lies in may have a heartbeat after it
      const after = Math.max(seen, (from ?? 0) - HEALTH_PERIOD_MS)
      const bound = { agent, after, from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER, limit: limit + 1 }
      const { page, hasMore } = takePage(walk.iterate(bound), limit, ({ other }) => Buffer.byteLength(other ?? ''))
      const last = page.at(-1)
      return {
        items: page.map(renderHealth),
        next_cursor: hasMore && last !== undefined ? sealCursor(scope, [last.period]) : null,
      }
    },
  }
}

const renderHealth = (row: HealthRow): AgentHealth => ({
  period_start: utcText(row.period),
  received_at: utcText(row.received_at),
  reported_status: row.status,
  reported_devices_count: row.devices_count,
  uptime_seconds: row.uptime_seconds,
  memory_mb: row.memory_mb,
  cpu_percent: row.cpu_percent,
  queue_length: row.queue_length,
  queue_age_seconds: row.queue_age_seconds,
  last_error: row.last_error,
  clock_offset_ms: row.clock_offset_ms,
  other: JSON.parse(row.other ?? '{}'),
})
