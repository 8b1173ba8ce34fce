import type { LiveRows } from '../core/client/live-rows.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { formatCells } from '../core/output/csv.ts'
import { judgeAgentRow, nameAgent, wordAgentReason } from '../tui/views/agent-view.ts'
import { viewDevice, wordNeed } from '../tui/views/device-view.ts'
import { wordAlertState } from '../tui/views/event-view.ts'

const SEVERITIES = ['ok', 'warning', 'critical'] as const

/** What a row of each kind has in a column; the columns are those of all kinds. */
type Cells = Partial<Record<(typeof COLUMNS)[number], string | number | null>>

const COLUMNS = [
  'row',
  'id',
  'name',
  'address',
  'status',
  'severity',
  'what',
  'agent',
  'serial',
  'location',
  'lowest_supply',
  'page_count',
  'since',
  'last_seen',
] as const

/** Agents, printers and open alerts, a row each; `row` says what it is. Names and words are those of the table. */
export function formatFleetCsv({ agents, devices, alerts }: LiveRows): string {
  const names = new Map(agents.map((agent) => [agent.agent_id, nameAgent(agent)]))
  const views = new Map(devices.map((device) => [device.device_id, viewDevice(device)]))
  const nameOf = (agent_id: string | null) => (agent_id === null ? '' : (names.get(agent_id) ?? agent_id))
  const rows: Cells[] = [
    ...agents.map((agent) => ({
      row: 'agent',
      id: agent.agent_id,
      name: nameAgent(agent),
      address: agent.ip,
      status: agent.status,
      severity: SEVERITIES[judgeAgentRow(agent)],
      what: wordAgentReason(agent),
      since: agent.status_since,
      last_seen: agent.last_seen,
    })),
    ...[...views.values()].map((view) => {
      const { device, name, address, status, severity } = view
      const { device_id: id, serial, location, lowest_supply, page_count, last_seen } = device
      const what = severity === 0 ? '' : wordNeed(view)
      const shown = { row: 'device', id, name, address, status, severity: SEVERITIES[severity], what }
      return { ...shown, agent: nameOf(device.agent_id), serial, location, lowest_supply, page_count, last_seen }
    }),
    ...alerts.map((alert) => {
      const view = views.get(alert.device_id ?? '')
      return {
        row: 'alert',
        id: alert.alert_id,
        name: view?.name ?? nameOf(alert.agent_id),
        address: view?.address ?? '',
        status: wordAlertState(alert),
        severity: alert.severity,
        what: alert.message,
        agent: nameOf(alert.agent_id),
        serial: view?.device.serial ?? '',
        location: view?.device.location ?? '',
        since: alert.opened_at,
      }
    }),
  ]
  const readCell = (value: string | number | null | undefined) =>
    typeof value === 'number' ? value : cleanText(value ?? '')
  return formatCells([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => readCell(row[column])))])
}
