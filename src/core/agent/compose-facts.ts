import { hostname } from 'node:os'
import type { AgentFacts, UplinkFacts } from './agent-facts.ts'
import type { Journal } from './journal/journal.ts'
import type { Vitals } from './vitals.ts'

export interface FactSources {
  readonly agent_id: string
  readonly name: string
  readonly version: string
  readonly started_at: number
  readonly now: number
  readonly vitals: Vitals
  /** Null: the agent works alone. */
  readonly uplink: UplinkFacts | null
  readonly watch: Pick<AgentFacts, 'printers' | 'discovery'>
  readonly journal: Journal
  /** False while what is read cannot be recorded, for want of room or otherwise. */
  readonly isTaking: boolean
  readonly last_error: string | null
}

/** What is true of the agent at this moment, for whoever asks. */
export function composeFacts({ journal, ...from }: FactSources): AgentFacts {
  const counts = journal.count(from.now)
  const { oldest_at } = counts
  return {
    agent_id: from.agent_id,
    name: from.name,
    agent_version: from.version,
    hostname: hostname(),
    pid: process.pid,
    started_at: formatTime(from.started_at),
    ...from.vitals,
    uplink: from.uplink ?? {
      state: 'off',
      since: formatTime(from.started_at),
      url: null,
      channel: null,
      reason: null,
      last_heartbeat: null,
      last_upload: null,
    },
    ...from.watch,
    journal: {
      journal_id: journal.journal_id,
      path: journal.path,
      state: !journal.isTaking ? 'full' : from.isTaking ? 'taking' : 'unavailable',
      bytes: counts.bytes,
      limit_bytes: counts.limit_bytes,
      queue_length: counts.queue_length,
      // a clock that was set back must not make an age negative
      queue_age_seconds: oldest_at === null ? 0 : Math.max(0, Math.round((from.now - oldest_at) / 1000)),
      quarantined: counts.quarantined,
      thinned: counts.thinned,
      dropped: counts.dropped,
      events_dropped: counts.events_dropped,
    },
    last_error: from.last_error ?? from.uplink?.reason ?? null,
  }
}

const formatTime = (time: number): string => new Date(time).toISOString()
