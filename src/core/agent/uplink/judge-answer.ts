import type { AgentAnswer } from '../../client/agent-client.ts'
import type { Refusal } from '../../client/read-refusal.ts'

/** What an answer means for the uplink. */
export type Verdict<T> =
  | { readonly kind: 'ok'; readonly body: T }
  /** Not now. `isForAll`: the server asked this agent to wait, not this request. */
  | { readonly kind: 'retry'; readonly reason: string; readonly asked_ms: number | null; readonly isForAll: boolean }
  /** The agent token opens nothing; the enrolment token may give another one. */
  | { readonly kind: 'register'; readonly reason: string }
  /** An admin closed the door. */
  | { readonly kind: 'revoked'; readonly reason: string }
  /** The server will not have this content, however often it is sent. */
  | ({ readonly kind: 'refused' } & Refusal)

/** Codes that speak of what was sent, not of how or by whom. */
const OF_CONTENT: ReadonlySet<string> = new Set([
  'invalid_json',
  'invalid_body',
  'invalid_items',
  'too_many_items',
  'body_too_large',
  'journal_fork',
  'unsupported_encoding',
])

/**
 * @param speaks true for a heartbeat: it names the agent, so that a token of somebody else shows there. Elsewhere the same
 * refusal is no reason to give up a token that heartbeats go well with.
 */
export function judgeAnswer<T>(answer: AgentAnswer<T>, speaks: boolean): Verdict<T> {
  if (answer.kind === 'ok') return answer
  if (answer.kind === 'unreachable') return { kind: 'retry', reason: answer.reason, asked_ms: null, isForAll: false }
  const { status, code, message, retry_after_ms: asked_ms } = answer
  if (code === 'token_unknown' || code === 'token_expired') return { kind: 'register', reason: message }
  if (code === 'token_revoked') return { kind: 'revoked', reason: message }
  if (speaks && (code === 'agent_mismatch' || code === 'scope_insufficient'))
    return { kind: 'register', reason: message }
  // the size of a body is the one thing that whoever stands before the server may judge as well
  if ((code !== null && OF_CONTENT.has(code)) || status === 413) return { ...answer, kind: 'refused' }
  return { kind: 'retry', reason: message, asked_ms, isForAll: status === 429 && asked_ms !== null }
}
