import type { Notice } from './channel.ts'

/** The JSON that webhooks and commands get. */
export function renderNotice({ delivery_id, event, sent_at, alert }: Notice): string {
  return JSON.stringify({ delivery_id, event, sent_at, alert })
}
