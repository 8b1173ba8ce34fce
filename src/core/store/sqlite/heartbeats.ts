import {
  AGENT_FACT_NAMES,
  AGENT_INTERVAL_NAMES,
  type HeartbeatRequest,
  HeartbeatRequestSchema,
} from '../../protocol/agents.ts'
import { readTimestamp } from '../../protocol/read-timestamp.ts'
import { isAhead, laterOf } from '../kept-times.ts'
import type { Heartbeat } from '../store.ts'
import type { Changes } from './changes.ts'
import type { Database } from './open-database.ts'
import { readFacts, renderOther } from './registration.ts'

export type Heartbeats = ReturnType<typeof prepareHeartbeats>

/** One row of agent_health covers so much time. */
export const HEALTH_PERIOD_MS = 300_000

const VITALS = [
  'uptime_seconds',
  'memory_mb',
  'cpu_percent',
  'queue_length',
  'queue_age_seconds',
  'last_error',
] as const
const FACTS = [...AGENT_FACT_NAMES, 'remote_address'] as const
/** Columns of agents for what is the agent's word on something that the server judges itself, and for the rest. */
const REPORTED = ['reported_status', 'reported_devices_count', 'heartbeat_other'] as const

/** What changes of an agent between two periods, beside its facts, that people wait for. */
const SHOWN = ['last_error', 'reported_status', 'reported_devices_count'] as const

type AgentRow = { readonly id: number } & Record<'last_seen' | 'last_heartbeat' | 'last_scan', number | null> &
  Record<
    | 'clock_offset_ms'
    | (typeof VITALS)[number]
    | (typeof FACTS)[number]
    | (typeof REPORTED)[number]
    | (typeof AGENT_INTERVAL_NAMES)[number],
    string | number | null
  >

export function prepareHeartbeats(db: Database, changes: Changes) {
  const find = db.prepare<[string], AgentRow>('SELECT * FROM agents WHERE agent_id = ?')
  const columns = [
    ...['last_seen', 'last_heartbeat', 'last_scan', 'clock_offset_ms'],
    ...VITALS,
    ...FACTS,
    ...REPORTED,
    ...AGENT_INTERVAL_NAMES,
  ]
  const update = db.prepare(
    `UPDATE agents SET ${columns.map((each) => `${each} = @${each}`).join(', ')} WHERE id = @id`,
  )
  const health = db.prepare(
    `INSERT INTO agent_health (agent, period, received_at, status, devices_count, clock_offset_ms, other, ${VITALS.join(', ')})
     VALUES (@agent, @period, @received_at, @status, @devices_count, @clock_offset_ms, @other, ${VITALS.map((each) => `@${each}`).join(', ')})
     ON CONFLICT (agent, period) DO UPDATE SET received_at = excluded.received_at, status = excluded.status,
       devices_count = excluded.devices_count, clock_offset_ms = excluded.clock_offset_ms, other = excluded.other,
       ${VITALS.map((each) => `${each} = excluded.${each}`).join(', ')}
     WHERE excluded.received_at >= agent_health.received_at`,
  )

  return (heartbeat: Heartbeat): void => {
    const { agent_id, received_at, remote_address, clock_offset_ms, request } = heartbeat
    const row = find.get(agent_id)
    if (row === undefined) return
    const period = Math.floor(received_at / HEALTH_PERIOD_MS) * HEALTH_PERIOD_MS
    const { status = null, devices_count = null } = request
    const vitals = Object.fromEntries(VITALS.map((name) => [name, request[name] ?? null]))
    const other = renderOther(request, HeartbeatRequestSchema.properties)
    health.run({ agent: row.id, period, received_at, status, devices_count, clock_offset_ms, other, ...vitals })

    // of two heartbeats that came out of order the newer one stands
    const former = row.last_heartbeat === null || isAhead(row.last_heartbeat, received_at) ? null : row.last_heartbeat
    if (former !== null && received_at < former) return
    const next = {
      ...row,
      ...readNews(row, request),
      reported_status: status ?? row.reported_status,
      reported_devices_count: devices_count ?? row.reported_devices_count,
      heartbeat_other: other ?? row.heartbeat_other,
      last_heartbeat: received_at,
      last_scan: laterScan(row, heartbeat),
    }
    next.last_seen = laterOf(row.last_seen, received_at, received_at)
    next.remote_address = remote_address ?? row.remote_address
    next.clock_offset_ms = clock_offset_ms ?? row.clock_offset_ms
    update.run(Object.fromEntries(['id', ...columns].map((name) => [name, next[name as keyof AgentRow]])))
    const isNewPeriod = former === null || former < period
    const isTold = [...FACTS, ...SHOWN].some((name) => next[name] !== row[name])
    if (isNewPeriod || isTold) changes.note('agent', row.id, received_at)
  }
}

/** Vitals that it tells, null too; facts and intervals that it tells with a value. A name that people gave stays. */
function readNews(row: AgentRow, request: HeartbeatRequest) {
  const { name, ...facts } = readFacts(request)
  const told = Object.entries(facts).filter(([, value]) => value !== null)
  const intervals = AGENT_INTERVAL_NAMES.map((each) => [each, request[each] ?? row[each]])
  const vitals = VITALS.filter((each) => request[each] !== undefined).map((each) => [each, request[each] ?? null])
  return { ...Object.fromEntries([...told, ...intervals, ...vitals]), name: row.name ?? name }
}

/** A clock that runs ahead must not pass for scans to come. */
function laterScan(row: AgentRow, { received_at, request: { last_scan } }: Heartbeat): number | null {
  const said = last_scan ? readTimestamp(last_scan) : null
  return said === null ? row.last_scan : laterOf(row.last_scan, Math.min(said, received_at), received_at)
}
