import type { Static, TSchema } from 'typebox'
import type { AgentClient, AgentRequest } from '../../client/agent-client.ts'
import { Secret } from '../../model/secret.ts'
import type { Journal } from '../journal/journal.ts'
import type { Link } from '../live/link.ts'
import type { AskedMessage } from '../live/session.ts'
import { judgeAnswer, type Verdict } from './judge-answer.ts'
import type { Lane } from './lane.ts'

export type UplinkRequest<S extends TSchema> = Omit<AgentRequest<S>, 'token'> & {
  /** The same as a message, which is sent in its place while there is a WebSocket. */
  readonly message?: { readonly type: AskedMessage; readonly data: object }
}

/** The way to the server, which all lanes share. */
export interface Line {
  /** By the monotonic clock: the server asked this agent to be quiet until then. */
  readonly not_before: number
  /** It was another server that asked. */
  reset(): void
  /**
   * Sends with the agent token. What concerns the whole uplink is seen to here.
   * @returns what the caller has to look at; null where there is nothing left to do but to try again
   */
  send<S extends TSchema>(
    lane: Lane,
    request: UplinkRequest<S>,
    signal: AbortSignal,
  ): Promise<Extract<Verdict<Static<S>>, { kind: 'ok' | 'refused' }> | null>
}

export interface LineParts {
  readonly journal: Journal
  /** Null where none can be made. */
  client(): AgentClient | null
  readonly link: Pick<Link, 'isOpen' | 'ask' | 'accepted'>
  /** The token was taken. */
  onAccepted(): void
  /** The token opens nothing: it is not known, or was revoked. */
  onRejected(verdict: Extract<Verdict<never>, { kind: 'register' | 'revoked' }>): void
  /** A lane got no answer: a heartbeat shows whether the server is there. */
  onDoubt(): void
}

export function createLine({ journal, client, link, onAccepted, onRejected, onDoubt }: LineParts): Line {
  let not_before = 0
  return {
    get not_before() {
      return not_before
    },
    reset() {
      not_before = 0
    },
    async send(lane, { message, ...request }, signal) {
      const token = journal.recall('agent_token')
      const channel = client()
      if (token === null || channel === null) return null
      const isHeartbeat = lane.name === 'heartbeat'
      const isLive = message !== undefined && link.isOpen
      const answer = isLive
        ? await link.ask(message.type, message.data, request.schema)
        : await channel.post({ ...request, token: new Secret(token) }, signal)
      if (signal.aborted) return null
      // the link is gone: what it carried goes over HTTP now, and that shows how the server is
      if (isLive && answer.kind === 'unreachable') return null
      const verdict = judgeAnswer(answer, isHeartbeat)
      if (verdict.kind === 'ok' || verdict.kind === 'refused') {
        onAccepted()
        if (!isLive) link.accepted()
        return verdict
      }
      if (verdict.kind === 'retry') {
        // config named another server meanwhile: what the former asked for is not for that one
        if (channel !== client()) return null
        lane.failed(verdict.reason, verdict.asked_ms)
        if (verdict.isForAll) not_before = Math.max(not_before, lane.not_before)
        if (!isHeartbeat && answer.kind === 'unreachable') onDoubt()
      } else if (journal.recall('agent_token') === token) {
        // an answer to the token before this one would say nothing of this one
        onRejected(verdict)
      }
      return null
    },
  }
}
