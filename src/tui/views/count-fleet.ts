import { STATUSES } from '../../core/model/printer.ts'
import { cleanText } from '../../core/output/clean-text.ts'
import { AGENT_STATUSES, type Agent } from '../../core/protocol/agents.ts'
import type { Alert } from '../../core/protocol/alerts.ts'
import type { Device } from '../../core/protocol/devices.ts'
import { viewDevice } from './device-view.ts'

/** How many there are of each state; states that nobody is in are left out of `printers`. */
export interface FleetCounts {
  readonly agents: Readonly<Record<string, number>>
  readonly printers: Readonly<Record<string, number>>
  /** Printers by the severity of what they want. */
  readonly printer_severity: { readonly critical: number; readonly warning: number }
  readonly alerts: { readonly open: number; readonly critical: number; readonly acknowledged: number }
}

export function countFleet(agents: Iterable<Agent>, devices: Iterable<Device>, alerts: Iterable<Alert>): FleetCounts {
  const byAgent: Record<string, number> = Object.fromEntries(AGENT_STATUSES.map((status) => [status, 0]))
  for (const { status } of agents) {
    const word = cleanText(status)
    byAgent[word] = (byAgent[word] ?? 0) + 1
  }
  const found = new Map<string, number>()
  const severities = [0, 0, 0]
  for (const device of devices) {
    const { status, severity } = viewDevice(device)
    found.set(status, (found.get(status) ?? 0) + 1)
    severities[severity] = (severities[severity] as number) + 1
  }
  const rank = (status: string) => (STATUSES.indexOf(status as never) + STATUSES.length + 1) % (STATUSES.length + 1)
  const printers = Object.fromEntries([...found].sort(([a], [b]) => rank(a) - rank(b)))
  const of = { open: 0, critical: 0, acknowledged: 0 }
  for (const { closed_at, severity, acknowledged_at } of alerts) {
    if (closed_at !== null) continue
    of.open++
    if (severity === 'critical') of.critical++
    if (acknowledged_at !== null) of.acknowledged++
  }
  const [, warning = 0, critical = 0] = severities
  return { agents: byAgent, printers, printer_severity: { critical, warning }, alerts: of }
}
