import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { AGENT_STATUSES } from '../protocol/agents.ts'
import { ALERT_KINDS, type AlertKind } from '../protocol/alerts.ts'
import type { StoreCounts } from '../store/store.ts'
import type { DeviceGauges } from './device-gauges.ts'

export interface Instruments {
  readonly heartbeats: Counter
  readonly batches: Counter<'kind' | 'outcome'>
  readonly readings: Counter
  readonly ingestBytes: Counter
  readonly refusedTokens: Counter
  readonly droppedConnections: Counter
  readonly liveMessages: Counter<'type'>
  readonly alertDeliveries: Counter<'channel' | 'outcome'>
  readonly retentionRows: Counter<'step'>
  readonly retentionEnded: Gauge<'outcome'>
  readonly duration: Histogram<'method' | 'route' | 'status'>
  readonly contentType: string
  /** The text for Prometheus. */
  render(): Promise<string>
}

interface Sources {
  /** Open WebSockets. */
  connections(): { readonly agents: number; readonly views: number }
  count(): Promise<StoreCounts>
  pending(): number
  openAlerts(): Readonly<Record<AlertKind, number>>
  /** Null: nothing of single devices. */
  readonly devices: DeviceGauges | null
}

/** The counters of one server, in a registry of its own. */
export function createInstruments({ count, connections, pending, openAlerts, devices }: Sources): Instruments {
  const registry = new Registry()
  const registers = [registry]
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter({ name, help, labelNames, registers })

  const agentsTotal = gauge('printmaster_agents_total', 'Total registered agents')
  const devicesTotal = gauge('printmaster_devices_total', 'Total devices across all agents')
  const agents = gauge('printmaster_agents', 'Registered agents by status', ['status'])
  const size = gauge('printmaster_database_size_bytes', 'Size of the database')
  const waiting = gauge('printmaster_ingest_pending_batches', 'Batches that wait to be written')
  const alertsOpen = gauge('printmaster_alerts_open', 'Open alerts by kind', ['kind'])
  const agentConnections = gauge('printmaster_agent_connections', 'Agents that are connected by WebSocket')
  const viewConnections = gauge('printmaster_ui_connections', 'Live views that are connected by WebSocket')
  collectDefaultMetrics({ register: registry })

  const refresh = async () => {
    const found = await count()
    agentsTotal.set(AGENT_STATUSES.reduce((sum, status) => sum + found.agents[status], 0))
    for (const status of AGENT_STATUSES) agents.set({ status }, found.agents[status])
    devicesTotal.set(found.devices)
    size.set(found.size_bytes)
    waiting.set(pending())
    const { agents: agentSockets, views } = connections()
    agentConnections.set(agentSockets)
    viewConnections.set(views)
    const open = openAlerts()
    for (const kind of ALERT_KINDS) alertsOpen.set({ kind }, open[kind])
    const lines = await devices?.render()
    return [await registry.metrics(), lines ?? ''].join('')
  }
  let running: Promise<string> | null = null
  return {
    heartbeats: counter('printmaster_heartbeats_total', 'Heartbeats that were taken'),
    batches: counter('printmaster_batches_total', 'Batches by kind and outcome', ['kind', 'outcome']),
    readings: counter('printmaster_readings_total', 'Items that batches brought and that were stored'),
    ingestBytes: counter('printmaster_ingest_bytes_total', 'Unpacked bytes of batches'),
    refusedTokens: counter('printmaster_refused_tokens_total', 'Tokens that were presented and refused'),
    droppedConnections: counter('printmaster_dropped_connections_total', 'Connections beyond max_connections'),
    alertDeliveries: counter('printmaster_alert_deliveries_total', 'Tries to deliver alerts by channel and outcome', [
      'channel',
      'outcome',
    ]),
    retentionRows: counter(
      'printmaster_retention_rows_total',
      'Rows that retention rolled up, archived or deleted, by step',
      ['step'],
    ),
    retentionEnded: gauge(
      'printmaster_retention_ended_timestamp_seconds',
      'When a run of retention ended last, by outcome',
      ['outcome'],
    ),
    liveMessages: counter('printmaster_live_messages_total', 'Messages on WebSockets, either way, by type', ['type']),
    duration: new Histogram({
      name: 'printmaster_http_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    contentType: registry.contentType,
    render() {
      running ??= refresh().finally(() => {
        running = null
      })
      return running
    },
  }
}
