import { type ApiClient, wordFailure } from '../../core/client/api-client.ts'
import { refusalOf } from '../../core/client/read-refusal.ts'
import { submitCommand } from '../../core/client/submit-command.ts'
import { cleanText } from '../../core/output/clean-text.ts'
import { describeAge } from '../../core/output/describe-age.ts'
import type { CommandRecord } from '../../core/protocol/commands.ts'

/** What the view can ask of the server. */
export type Action =
  | { readonly kind: 'scan_now'; readonly agent_id: string; readonly name: string }
  | { readonly kind: 'acknowledge'; readonly alert_id: string; readonly about: string }

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
      const send = async (...request: Parameters<ApiClient['send']>) => (await api.send(...request)) as CommandRecord
      return wordScan(action.name, await submitCommand(send, action.agent_id, { kind: 'scan_now' }))
    }
    await api.send('POST', `/alerts/${encodeURIComponent(action.alert_id)}/acknowledge`)
    return { isDone: true, text: 'Acknowledged.' }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal?.code === 'scope_insufficient') return { isDone: false, text: WANTS_ADMIN }
    return { isDone: false, text: `Not done: ${cleanText(wordFailure(error))}` }
  }
}

function wordScan(name: string, { state, created_at, expires_at }: CommandRecord): ActionResult {
  if (state !== 'pending') return { isDone: true, text: `Asked ${name} to scan now.` }
  // both times are the server's, whose clock need not be ours
  const left = describeAge(Date.parse(expires_at) - Date.parse(created_at))
  return { isDone: false, text: `${name} is not connected. The request waits for it, and expires in ${left}.` }
}

/** What is asked before it is done. */
export function askFor(action: Action): string {
  return action.kind === 'scan_now' ? `Ask ${action.name} to scan now?` : `Acknowledge: ${action.about}?`
}
