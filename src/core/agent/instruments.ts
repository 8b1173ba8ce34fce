import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { AgentFacts } from './agent-facts.ts'

/** The facts of an agent as text for Prometheus. */
export function createAgentInstruments(readFacts: () => AgentFacts): () => Promise<{
  contentType: string
  text: string
}> {
  const registry = new Registry()
  const registers = [registry]
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge({ name: `printmaster_agent_${name}`, help, labelNames, registers })
  const online = gauge('printers_online', 'Printers that answered their last reading')
  const offline = gauge('printers_offline', 'Printers that do not answer, by reason', ['reason'])
  const connected = gauge('uplink_connected', '1 while the server answers')
  const queue = gauge('queue_length', 'Readings that the server does not hold yet')
  const age = gauge('queue_age_seconds', 'Age of the oldest of them')
  const quarantined = gauge('quarantined', 'Entries that the server refused and that were put aside')
  const counter = (name: string, help: string) => new Counter({ name: `printmaster_agent_${name}`, help, registers })
  const thinned = counter('journal_thinned_total', 'Unsent readings that were thinned out for want of room')
  const dropped = counter('journal_dropped_total', 'Unsent readings that were lost for their age or want of room')
  const eventsDropped = counter(
    'journal_events_dropped_total',
    'Audit events that were lost for their age or want of room',
  )
  const bytes = gauge('journal_bytes', 'Size of the journal')
  const limit = gauge('journal_limit_bytes', 'Size that the journal may have')
  const full = gauge('journal_full', '1 while the journal takes nothing')
  const heartbeat = gauge('last_heartbeat_timestamp_seconds', 'When the server last answered a heartbeat')
  const upload = gauge('last_upload_timestamp_seconds', 'When the server last took readings')
  const discovery = gauge('last_discovery_timestamp_seconds', 'When the last whole search for printers began')
  collectDefaultMetrics({ register: registry })

  return async () => {
    const { printers, uplink, journal, discovery: search } = readFacts()
    online.set(printers.online)
    offline.reset()
    for (const [reason, count] of Object.entries(printers.offline)) offline.set({ reason }, count)
    connected.set(uplink.state === 'connected' ? 1 : 0)
    queue.set(journal.queue_length)
    age.set(journal.queue_age_seconds)
    quarantined.set(journal.quarantined)
    // the journal counts, over restarts too
    for (const [each, count] of [
      [thinned, journal.thinned],
      [dropped, journal.dropped],
      [eventsDropped, journal.events_dropped],
    ] as const) {
      each.reset()
      each.inc(count)
    }
    setTime(heartbeat, uplink.last_heartbeat)
    setTime(upload, uplink.last_upload)
    setTime(discovery, search.last)
    bytes.set(journal.bytes)
    limit.set(journal.limit_bytes)
    full.set(journal.state === 'taking' ? 0 : 1)
    return { contentType: registry.contentType, text: await registry.metrics() }
  }
}

/** What never happened has no time, and no sample. */
function setTime(gauge: Gauge, time: string | null): void {
  if (time === null) gauge.remove()
  else gauge.set(Date.parse(time) / 1000)
}
