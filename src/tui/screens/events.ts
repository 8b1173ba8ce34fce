import { cleanText } from '../../core/output/clean-text.ts'
import type { Alert } from '../../core/protocol/alerts.ts'
import type { LiveStore } from '../feed/live-store.ts'
import { nameAgent } from '../views/agent-view.ts'
import { viewDevice } from '../views/device-view.ts'
import { listEventColumns, wordAlertCause, wordAlertState } from '../views/event-view.ts'
import { describeList } from './describe-list.ts'
import { composeList, type Screen, type ScreenRequest } from './screen.ts'

/** Alerts that are over are in no snapshot. */
export const EVENTS_PATH = '/alerts?state=all&limit=200'

/** Alerts, those that are over too. */
export function composeEvents(request: ScreenRequest): Screen {
  const { state, sources, frame } = request
  const { events: order } = state.orders
  const filter = state.filters.events
  const rows = sources.derived.events(order, filter)
  return composeList(
    {
      above: [describeList('event', rows.length, sources.store.alerts.size, order, filter, frame)],
      rows,
      columns: listEventColumns(frame, (alert) => nameSource(alert, sources.store)),
      idOf: ({ alert_id }) => alert_id,
      empty: filter === '' ? 'There are no events yet.' : 'No event fits the filter.',
      open: ({ device_id, agent_id }) =>
        device_id !== null
          ? { screen: 'printer', id: device_id }
          : agent_id !== null
            ? { screen: 'agent', id: agent_id }
            : null,
      command: (key, alert) =>
        key === 'a' && alert
          ? acknowledge(alert, nameSource(alert, sources.store))
          : 'c asks an agent to scan: go to an agent first.',
      hints: ['enter: open', '/: filter', 's: sort', 'a: acknowledge'],
      wants: [{ path: EVENTS_PATH, stamp: 'once' }],
    },
    request,
  )
}

/** `HP LaserJet M607 (10.0.0.7)`, or the agent; null for what is not there any more. */
function nameSource({ device_id, agent_id }: Alert, { devices, agents }: LiveStore): string | null {
  if (device_id !== null) {
    const device = devices.get(device_id)
    if (device === undefined) return null
    const { name, address } = viewDevice(device)
    return address === '' ? name : `${name} (${address})`
  }
  const agent = agent_id === null ? undefined : agents.get(agent_id)
  return agent === undefined ? null : nameAgent(agent)
}

/** @param source what people call whom it is about; null where that is not known */
function acknowledge(alert: Alert, source: string | null) {
  const { alert_id, message, acknowledged_at, closed_at } = alert
  if (acknowledged_at !== null || closed_at !== null) return `This event is ${wordAlertState(alert)} already.`
  // what is the matter comes first: names are long, and cut where there is no room
  const about = source === null ? cleanText(message).replace(/\.$/, '') : `${wordAlertCause(alert)}, ${source}`
  return { kind: 'acknowledge', alert_id, about } as const
}
