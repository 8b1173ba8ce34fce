import { cleanText } from '../../output/clean-text.ts'
import type { Notice } from './channel.ts'

/** One line for a person: the message of the alert, and before it what became of it. */
export function wordNotice({ event, alert }: Notice): string {
  const message = cleanText(alert.message)
  switch (event) {
    case 'opened':
      return message
    case 'closed':
      return `over: ${message}`
    case 'acknowledged':
      return `acknowledged: ${message}`
    case 'test':
      return `test: ${message}`
  }
}
