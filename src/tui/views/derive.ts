import type { Agent } from '../../core/protocol/agents.ts'
import type { Alert } from '../../core/protocol/alerts.ts'
import type { LiveStore } from '../feed/live-store.ts'
import { type AgentOrder, nameAgent, sortAgents } from './agent-view.ts'
import { listNeedColumns, listNeeds, type Need } from './attention.ts'
import { countFleet, type FleetCounts } from './count-fleet.ts'
import type { DeviceView } from './device-view.ts'
import { type EventOrder, sortAlerts } from './event-view.ts'
import type { ListColumn } from './list-column.ts'
import { createPrinterList, type PrinterOrder } from './printer-list.ts'

/** What screens show of the rows, each worked out again only after rows of its kind have changed. */
export interface Derived {
  counts(): FleetCounts
  needs(): readonly Need[]
  needColumns(): ReadonlyArray<ListColumn<Need>>
  agents(order: AgentOrder, filter: string): readonly Agent[]
  printers(order: PrinterOrder, filter: string): readonly DeviceView[]
  printersOf(agent_id: string): readonly DeviceView[]
  events(order: EventOrder, filter: string): readonly Alert[]
}

export function createDerived(store: LiveStore): Derived {
  const { versions, agents, devices, alerts } = store
  const list = createPrinterList(store)
  const all = () => `${versions.agents}/${versions.devices}/${versions.alerts}`
  const counts = remember(() => countFleet(agents.values(), devices.values(), alerts.values()))
  const needs = remember(() => {
    const list = listNeeds(agents.values(), devices.values())
    return { list, columns: listNeedColumns(list) }
  })
  const needsNow = () => needs(`${versions.agents}/${versions.devices}`)
  const sorted = remember((order: AgentOrder, filter: string) =>
    sortAgents(agents.values(), order).filter((agent) =>
      holds(
        `${nameAgent(agent)}\n${agent.status}\n${agent.agent_id}\n${agent.hostname ?? ''}\n${agent.ip ?? ''}`,
        filter,
      ),
    ),
  )
  const events = remember((order: EventOrder, filter: string) =>
    sortAlerts(alerts.values(), order).filter((alert) => holds(`${alert.message}\n${alert.severity}`, filter)),
  )
  const printersOf = remember((agent_id: string) =>
    list.read('supply', '').filter(({ device }) => device.agent_id === agent_id),
  )
  return {
    counts: () => counts(all()),
    needs: () => needsNow().list,
    needColumns: () => needsNow().columns,
    agents: (order, filter) => sorted(String(versions.agents), order, filter),
    printers: (order, filter) => list.read(order, filter),
    printersOf: (agent_id) => printersOf(String(versions.devices), agent_id),
    events: (order, filter) => events(String(versions.alerts), order, filter),
  }
}

/** The last result, as long as version and arguments stay the same. */
function remember<A extends readonly string[], T>(make: (...args: A) => T): (version: string, ...args: A) => T {
  let last: { key: string; value: T } | null = null
  return (version, ...args) => {
    const key = JSON.stringify([version, ...args])
    if (last?.key !== key) last = { key, value: make(...args) }
    return last.value
  }
}

function holds(text: string, filter: string): boolean {
  const searched = text.toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word))
}
