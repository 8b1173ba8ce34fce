import { cleanText } from '../../output/clean-text.ts'
import { wordPresenceReason } from '../../output/presence-words.ts'
import type { Agent } from '../../protocol/agents.ts'
import { type Finding, NOTHING } from '../finding.ts'

/** An agent that is gone; one that answers and does nothing is not. */
export function judgeAgentOffline(agent: Agent): Finding {
  if (agent.status !== 'offline' || agent.revoked) return NOTHING
  // registered and never heard of: nothing went away
  if (agent.last_seen === null) return NOTHING
  const name = cleanText(agent.name ?? agent.hostname ?? '') || agent.agent_id
  const why = wordPresenceReason(agent.status_reason)
  return {
    verdict: 'agent_offline',
    subject: null,
    message: `agent ${name} is offline${why === '' ? '' : `: ${why}`}`,
    details: { name, reason: agent.status_reason, last_seen: agent.last_seen },
    // before presence has decided for the first time the delay begins now
    ...(agent.status_since !== null && { since: Date.parse(agent.status_since) }),
  }
}
