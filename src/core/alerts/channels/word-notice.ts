import { cleanText } from '../../output/clean-text.ts'
import type { Alert, AlertKind } from '../../protocol/alerts.ts'
import type { Notice } from './channel.ts'

/** One line for a person: the message of the alert, and before it what became of it. */
export function wordNotice({ event, alert }: Notice): string {
  const message = cleanText(alert.message)
  switch (event) {
    case 'opened':
      return message
    case 'closed':
      return `${isEmptyNow(alert) ? 'now empty' : 'over'}: ${message}`
    case 'acknowledged':
      return `acknowledged: ${message}`
    case 'test':
      return `test: ${message}`
  }
}

/** It made way for a worse one, which is told of as well. */
const isEmptyNow = ({ details }: Alert) => (details as { replaced_by?: AlertKind }).replaced_by === 'supply_empty'
