import { cleanText } from '../../core/output/clean-text.ts'
import type { Color } from '../../core/output/paint.ts'
import type { Alert } from '../../core/protocol/alerts.ts'
import type { ListColumn } from './list-column.ts'
import { type Moment, wordAgo } from './word-age.ts'

export const EVENT_ORDERS = ['newest', 'gravest', 'open'] as const
export type EventOrder = (typeof EVENT_ORDERS)[number]

/** `open`, `acknowledged`, `over` */
export function wordAlertState({ closed_at, acknowledged_at }: Alert): string {
  return closed_at !== null ? 'over' : acknowledged_at !== null ? 'acknowledged' : 'open'
}

/** `black toner is low`: what it is without whom it is about, which the message says too. */
export function wordAlertCause({ kind, subject, message }: Pick<Alert, 'kind' | 'subject' | 'message'>): string {
  const about = cleanText(subject ?? '')
  switch (kind) {
    case 'agent_offline':
      return 'agent offline'
    case 'device_offline':
      return 'does not answer'
    case 'supply_low':
      return `${about || 'a supply'} is low`
    case 'supply_empty':
      return `${about || 'a supply'} is empty`
    case 'device_error':
      return about === '' ? 'error' : `error: ${about}`
    default:
      return cleanText(message)
  }
}

export function colorAlert({ severity, closed_at }: Alert): Color | null {
  if (closed_at !== null) return 'dim'
  return severity === 'critical' ? ['red', 'bold'] : 'yellow'
}

/**
 * @param nameOf what people call the printer or agent that it is about; null where neither is known
 */
export function listEventColumns(
  moment: Moment,
  nameOf: (alert: Alert) => string | null,
): ReadonlyArray<ListColumn<Alert>> {
  // the message has the name as well
  const wordWhat = (alert: Alert) => (nameOf(alert) === null ? cleanText(alert.message) : wordAlertCause(alert))
  return [
    { heading: 'Since', comfort: 11, widest: 16, dropRank: 0, read: ({ opened_at }) => wordAgo(opened_at, moment) },
    { heading: 'Severity', comfort: 8, widest: 8, dropRank: 1, read: ({ severity }) => severity, color: colorAlert },
    { heading: 'State', comfort: 12, widest: 12, dropRank: 0, read: wordAlertState },
    { heading: 'What', comfort: 22, widest: 60, dropRank: 0, read: wordWhat },
    { heading: 'About', comfort: 17, widest: 60, dropRank: 0, read: (alert) => nameOf(alert) ?? '' },
    {
      heading: 'By',
      comfort: 8,
      widest: 16,
      dropRank: 2,
      read: ({ acknowledged_by }) => cleanText(acknowledged_by ?? ''),
    },
  ]
}

export function sortAlerts(alerts: Iterable<Alert>, order: EventOrder): Alert[] {
  const newest = (a: Alert, b: Alert) =>
    b.opened_at < a.opened_at ? -1 : b.opened_at > a.opened_at ? 1 : a.alert_id < b.alert_id ? -1 : 1
  const rank = (alert: Alert) => (alert.closed_at !== null ? 2 : alert.acknowledged_at !== null ? 1 : 0)
  const grave = ({ severity }: Alert) => (severity === 'critical' ? 0 : 1)
  const orders: Record<EventOrder, (a: Alert, b: Alert) => number> = {
    newest,
    gravest: (a, b) =>
      Number(a.closed_at !== null) - Number(b.closed_at !== null) || grave(a) - grave(b) || newest(a, b),
    open: (a, b) => rank(a) - rank(b) || newest(a, b),
  }
  return [...alerts].sort(orders[order])
}
