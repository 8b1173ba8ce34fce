import { cleanText } from '../../core/output/clean-text.ts'
import type { Color } from '../../core/output/paint.ts'
import { wordPresenceReason } from '../../core/output/presence-words.ts'
import type { Severity } from '../../core/output/severity.ts'
import type { Agent } from '../../core/protocol/agents.ts'
import type { ListColumn } from './list-column.ts'
import { type Moment, wordAge, wordAgo } from './word-age.ts'

export const AGENT_ORDERS = ['state', 'name', 'queue', 'heard'] as const
export type AgentOrder = (typeof AGENT_ORDERS)[number]

const COLORS: Readonly<Record<string, Color>> = { active: 'green', inactive: 'yellow', offline: ['red', 'bold'] }

/** What people call it. */
export function nameAgent({ name, hostname, agent_id }: Pick<Agent, 'name' | 'hostname' | 'agent_id'>): string {
  return cleanText(name ?? '') || cleanText(hostname ?? '') || cleanText(agent_id)
}

export function judgeAgentRow({ status, revoked }: Agent): Severity {
  return status === 'offline' ? 2 : status === 'inactive' || revoked ? 1 : 0
}

export function wordAgentReason({ status_reason, revoked }: Agent): string {
  if (revoked) return 'its token was revoked'
  return wordPresenceReason(status_reason)
}

/** `offline for 3 min: its connection was cut` */
export function wordAgentState(agent: Agent, moment: Moment): string {
  const { status_since } = agent
  const since = status_since === null ? '' : ` for ${wordAge(moment.now - Date.parse(status_since), moment)}`
  const reason = wordAgentReason(agent)
  return `${cleanText(agent.status)}${since}${reason === '' ? '' : `: ${reason}`}`
}

export function colorAgent({ status }: Agent): Color | null {
  return COLORS[status] ?? null
}

export function listAgentColumns(moment: Moment): ReadonlyArray<ListColumn<Agent>> {
  return [
    { heading: 'Agent', comfort: 20, widest: 40, dropRank: 0, read: nameAgent },
    { heading: 'State', comfort: 8, widest: 8, dropRank: 0, read: ({ status }) => status, color: colorAgent },
    { heading: 'Heard', comfort: 12, widest: 16, dropRank: 1, read: ({ last_seen }) => wordAgo(last_seen, moment) },
    {
      heading: 'Printers',
      align: 'right',
      comfort: 8,
      widest: 8,
      dropRank: 2,
      read: ({ devices_count }) => devices_count.toLocaleString('en'),
    },
    {
      heading: 'Queue',
      align: 'right',
      comfort: 7,
      widest: 9,
      dropRank: 3,
      read: ({ queue_length }) => queue_length?.toLocaleString('en') ?? '',
    },
    { heading: 'By', comfort: 9, widest: 9, dropRank: 5, read: ({ connection }) => connection ?? '' },
    { heading: 'Why', comfort: 16, widest: 50, dropRank: 4, read: (agent) => wordAgentReason(agent) },
  ]
}

export function sortAgents(agents: Iterable<Agent>, order: AgentOrder): Agent[] {
  const byName = (a: Agent, b: Agent) => nameAgent(a).localeCompare(nameAgent(b)) || (a.agent_id < b.agent_id ? -1 : 1)
  const orders: Record<AgentOrder, (a: Agent, b: Agent) => number> = {
    state: (a, b) => judgeAgentRow(b) - judgeAgentRow(a) || byName(a, b),
    name: byName,
    queue: (a, b) => (b.queue_length ?? 0) - (a.queue_length ?? 0) || byName(a, b),
    heard: (a, b) => compareTimes(a.last_seen, b.last_seen) || byName(a, b),
  }
  return [...agents].sort(orders[order])
}

/** Latest first, never last. */
function compareTimes(a: string | null, b: string | null): number {
  return a === b ? 0 : (a ?? '') > (b ?? '') ? -1 : 1
}
