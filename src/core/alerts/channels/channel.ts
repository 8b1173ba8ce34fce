import type { Alert } from '../../protocol/alerts.ts'

export type ChannelEvent = 'opened' | 'closed' | 'acknowledged' | 'test'

/** One word of an alert, as every channel gets it. */
export interface Notice {
  /** The same whenever it is sent again. */
  readonly delivery_id: string
  readonly event: ChannelEvent
  /** RFC 3339, UTC. */
  readonly sent_at: string
  readonly alert: Alert
}

export interface Channel {
  /**
   * Hands a notice over, and gives what came, in a few words.
   * @throws Error with a sentence for a person, nothing secret in it; to be tried again
   */
  send(notice: Notice, signal: AbortSignal): Promise<string>
}
