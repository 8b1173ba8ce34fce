import { cleanText } from './clean-text.ts'

const REASONS: Readonly<Record<string, string>> = {
  disconnected: 'its connection was cut',
  stopped: 'it was stopped',
  silent: 'it fell silent',
  no_heartbeat: 'no heartbeat comes',
  no_scan: 'it does not look for printers',
  no_upload: 'it brings no readings',
}

/** Why an agent is not active, for a person; the empty text where nothing is known. */
export function wordPresenceReason(status_reason: string | null): string {
  return status_reason === null ? '' : (REASONS[status_reason] ?? cleanText(status_reason).replaceAll('_', ' '))
}
