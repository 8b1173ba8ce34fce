import { AGENT_STATUSES, type Agent, type AgentDetail, type AgentStatus } from '../../protocol/agents.ts'
import type { AgentsFilter, Page } from '../store.ts'
import { utcText, utcTextOrNull } from '../utc-text.ts'
import { AGENT_STATUS, statusTimes } from './agent-status.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { Database } from './open-database.ts'
import { cacheStatements } from './statement-cache.ts'

export type Agents = ReturnType<typeof prepareAgents>

type AgentRow = Omit<
  Agent,
  'revoked' | 'registered_at' | 'status_since' | 'last_seen' | 'last_scan' | 'last_upload'
> & {
  readonly id: number
  readonly revoked_at: number | null
  readonly registration_other: string | null
  readonly heartbeat_other: string | null
  readonly registered_at: number
  readonly status_since: number | null
  readonly last_seen: number | null
  readonly last_scan: number | null
  readonly last_upload: number | null
}

const SELECT = `SELECT agents.*, ${AGENT_STATUS} AS status,
  (SELECT count(*) FROM devices WHERE devices.agent = agents.id AND devices.merged_into IS NULL) AS devices_count
  FROM agents`

export function prepareAgents(db: Database) {
  const byId = db.prepare<[Record<string, unknown>], AgentRow>(`${SELECT} WHERE agent_id = @agent_id`)
  const countByStatus = db.prepare<[Record<string, unknown>], { status: AgentStatus; agents: number }>(
    `SELECT ${AGENT_STATUS} AS status, count(*) AS agents FROM agents GROUP BY 1`,
  )
  const prepare = cacheStatements(db)
  const behind = db.prepare<[Record<string, unknown>], AgentRow>(`${SELECT} WHERE id > @after ORDER BY id LIMIT @limit`)
  const byRowids = db.prepare<[Record<string, unknown>], AgentRow>(
    `${SELECT} WHERE id IN (SELECT value FROM json_each(@ids))`,
  )

  return {
    /** For live views: those of these rowids, as they are now. */
    findByRowids(ids: readonly number[], offlineAfterMs: number, now: number): Agent[] {
      if (ids.length === 0) return []
      return byRowids.all({ ids: JSON.stringify(ids), ...statusTimes(offlineAfterMs, now) }).map(renderAgent)
    },

    /** In the order of registration, behind a rowid; `next` is the last one, null at the end. */
    walk(after: number, limit: number, offlineAfterMs: number, now: number): { items: Agent[]; next: number | null } {
      const rows = behind.all({ after, limit, ...statusTimes(offlineAfterMs, now) })
      return { items: rows.map(renderAgent), next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }
    },

    find(agent_id: string, offlineAfterMs: number, now: number): AgentDetail | null {
      const row = byId.get({ agent_id, ...statusTimes(offlineAfterMs, now) })
      return row === undefined ? null : { ...renderAgent(row), other: renderOther(row) }
    },

    /** In the order of registration. */
    list(query: AgentsFilter, now: number): Page<Agent> {
      const { limit, cursor, offlineAfterMs, site_id, status } = query
      const scope = ['agents', { site_id, status }]
      const after = cursor === undefined ? 0 : (openCursor(cursor, scope, ['number'])[0] as number)
      const parts = ['id > @after']
      if (site_id !== undefined) parts.push('site_id = @site_id')
      if (status !== undefined) parts.push(`${AGENT_STATUS} = @status`)
      const times = statusTimes(offlineAfterMs, now)
      const rows = prepare(`${SELECT} WHERE ${parts.join(' AND ')} ORDER BY id LIMIT @limit`).all({
        ...times,
        after,
        site_id,
        status,
        limit: limit + 1,
      }) as AgentRow[]
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map(renderAgent),
        next_cursor: rows.length > limit && last !== undefined ? sealCursor(scope, [last.id]) : null,
      }
    },

    countByStatus(offlineAfterMs: number, now: number): Record<AgentStatus, number> {
      const counts = Object.fromEntries(AGENT_STATUSES.map((status) => [status, 0])) as Record<AgentStatus, number>
      for (const { status, agents } of countByStatus.all(statusTimes(offlineAfterMs, now))) counts[status] = agents
      return counts
    },
  }
}

const renderOther = ({ registration_other, heartbeat_other }: AgentRow): AgentDetail['other'] => ({
  ...JSON.parse(registration_other ?? '{}'),
  ...JSON.parse(heartbeat_other ?? '{}'),
})

function renderAgent(row: AgentRow): Agent {
  return {
    agent_id: row.agent_id,
    site_id: row.site_id,
    name: row.name,
    status: row.status,
    reported_status: row.reported_status,
    revoked: row.revoked_at !== null,
    hostname: row.hostname,
    ip: row.ip,
    remote_address: row.remote_address,
    platform: row.platform,
    os_version: row.os_version,
    architecture: row.architecture,
    agent_version: row.agent_version,
    protocol_version: row.protocol_version,
    registered_at: utcText(row.registered_at),
    status_since: utcTextOrNull(row.status_since),
    status_reason: row.status_reason,
    connection: row.connection,
    last_seen: utcTextOrNull(row.last_seen),
    last_scan: utcTextOrNull(row.last_scan),
    last_upload: utcTextOrNull(row.last_upload),
    uptime_seconds: row.uptime_seconds,
    memory_mb: row.memory_mb,
    cpu_percent: row.cpu_percent,
    queue_length: row.queue_length,
    queue_age_seconds: row.queue_age_seconds,
    last_error: row.last_error,
    clock_offset_ms: row.clock_offset_ms,
    devices_count: row.devices_count,
    reported_devices_count: row.reported_devices_count,
    metrics_count: row.metrics_count,
  }
}
