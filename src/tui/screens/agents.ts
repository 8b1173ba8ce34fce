import type { Agent } from '../../core/protocol/agents.ts'
import { listAgentColumns, nameAgent } from '../views/agent-view.ts'
import { describeList } from './describe-list.ts'
import { composeList, type Screen, type ScreenRequest } from './screen.ts'

/** Every agent. */
export function composeAgents(request: ScreenRequest): Screen {
  const { state, sources, frame } = request
  const { agents: order } = state.orders
  const filter = state.filters.agents
  const rows = sources.derived.agents(order, filter)
  return composeList(
    {
      above: [describeList('agent', rows.length, sources.store.agents.size, order, filter, frame)],
      rows,
      columns: listAgentColumns(frame),
      idOf: ({ agent_id }) => agent_id,
      empty: filter === '' ? 'There are no agents yet.' : 'No agent fits the filter.',
      open: ({ agent_id }) => ({ screen: 'agent', id: agent_id }),
      command: (key, agent) => (key === 'c' && agent ? scanNow(agent) : 'Only events can be acknowledged.'),
      hints: ['enter: open', '/: filter', 's: sort', 'c: scan now'],
    },
    request,
  )
}

/** The command that c stands for. */
export function scanNow(agent: Agent) {
  return { kind: 'scan_now', agent_id: agent.agent_id, name: nameAgent(agent) } as const
}
