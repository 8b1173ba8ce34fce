import type { ApiClient } from '../../core/client/api-client.ts'
import { refusalOf } from '../../core/client/read-refusal.ts'
import { cleanText } from '../../core/output/clean-text.ts'

/** What the view can ask of the server. */
export type Action =
  | { readonly kind: 'scan_now'; readonly agent_id: string; readonly name: string }
  | { readonly kind: 'acknowledge'; readonly alert_id: string; readonly message: string }

export interface ActionResult {
  readonly isDone: boolean
  /** One sentence for a person. */
  readonly text: string
}

const WANTS_ADMIN =
  'This token may only look. Commands want an admin token: printmaster token create --scope admin makes one.'

/** Does it. Never rejects. */
export async function performAction(api: Pick<ApiClient, 'send'>, action: Action): Promise<ActionResult> {
  try {
    if (action.kind === 'scan_now') {
      await api.send('POST', `/agents/${encodeURIComponent(action.agent_id)}/commands`, { kind: 'scan_now' })
      return { isDone: true, text: `Asked ${action.name} to scan now.` }
    }
    await api.send('POST', `/alerts/${encodeURIComponent(action.alert_id)}/acknowledge`)
    return { isDone: true, text: 'Acknowledged.' }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal?.code === 'scope_insufficient') return { isDone: false, text: WANTS_ADMIN }
    return { isDone: false, text: `Not done: ${error instanceof Error ? cleanText(error.message) : error}` }
  }
}

/** What is asked before it is done. */
export function askFor(action: Action): string {
  return action.kind === 'scan_now' ? `Ask ${action.name} to scan now?` : `Acknowledge: ${action.message}?`
}
