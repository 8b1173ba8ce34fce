import { cleanText } from '../core/output/clean-text.ts'
import type { TextColumn } from '../core/output/text-table.ts'
import type { Token } from '../core/protocol/tokens.ts'

/** What `token list` shows. */
export const TOKEN_COLUMNS: ReadonlyArray<TextColumn<Token>> = [
  { heading: 'Token', comfort: 36, dropRank: 0, read: ({ token_id }) => token_id },
  { heading: 'Scope', comfort: 9, dropRank: 0, read: ({ scope }) => scope },
  { heading: 'State', comfort: 7, dropRank: 0, read: ({ state }) => state.replace('_', ' ') },
  { heading: 'Name', comfort: 12, dropRank: 1, read: ({ name }) => name ?? '' },
  { heading: 'Agent', comfort: 12, dropRank: 2, read: ({ agent_id }) => agent_id ?? '' },
  { heading: 'Uses', align: 'right', comfort: 5, dropRank: 3, read: describeUses },
  { heading: 'Expires', comfort: 16, dropRank: 4, read: ({ expires_at }) => shortTime(expires_at) ?? 'never' },
  { heading: 'Created', comfort: 16, dropRank: 5, read: ({ created_at }) => shortTime(created_at) ?? '' },
  { heading: 'By', comfort: 8, dropRank: 6, read: ({ created_by }) => created_by },
]

/** One sentence about a token that was just made. */
export function describeNewToken(token: Token): string {
  const { scope, token_id, name, agent_id, max_uses, expires_at } = token
  const parts = [
    `${scope} token ${cleanText(token_id)}${name === null ? '' : ` "${cleanText(name)}"`}`,
    ...(agent_id === null ? [] : [`takes over the agent ${cleanText(agent_id)}`]),
    ...(scope === 'enrolment'
      ? [`for ${max_uses === null ? 'any number of' : max_uses} ${max_uses === 1 ? 'registration' : 'registrations'}`]
      : []),
    expires_at === null ? 'valid until it is revoked' : `valid until ${shortTime(expires_at)} UTC`,
  ]
  return `${parts.join(', ')}; it is shown this once`
}

/** One sentence about a token that is revoked now. */
export function describeRevoked({ scope, token_id, agent_id }: Token): string {
  const barred =
    scope === 'agent' ? `; the agent ${cleanText(agent_id ?? '')} is barred until an enrolment token names it` : ''
  return `revoked the ${scope} token ${cleanText(token_id)}${barred}`
}

function describeUses({ scope, uses, max_uses }: Token): string {
  if (scope !== 'enrolment') return ''
  return max_uses === null ? String(uses) : `${uses}/${max_uses}`
}

/** `2026-11-03 18:00`, UTC. */
function shortTime(time: string | null): string | null {
  return time === null ? null : time.slice(0, 16).replace('T', ' ')
}
