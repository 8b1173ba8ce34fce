import type { FastifyInstance } from 'fastify'
import {
  AgentDetailSchema,
  type AgentHealthList,
  AgentHealthListSchema,
  type AgentHealthQuery,
  AgentHealthQuerySchema,
  type AgentList,
  AgentListSchema,
  type AgentsQuery,
  AgentsQuerySchema,
} from '../../protocol/agents.ts'
import { ApiError } from '../../protocol/api-error.ts'
import { readPeriod } from '../read-period.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** Agents and their health, for people. */
export function addAgentRoutes(app: FastifyInstance, { client, heartbeats, presence, options, now }: Services): void {
  const offlineAfterMs = options.offline_after_seconds * 1000
  for (const path of ['/api/v1/agents/list', '/api/v1/agents']) {
    app.get<{ Querystring: AgentsQuery & { limit: number } }>(
      path,
      describeRoute({
        id: path.endsWith('/list') ? 'listAgents' : 'listAgentsShort',
        summary: 'List the agents with their status',
        tag: 'agents',
        scope: 'viewer',
        reads: true,
        query: AgentsQuerySchema,
        answer: AgentListSchema,
        hide: !path.endsWith('/list'),
      }),
      async ({ query }): Promise<AgentList> => {
        await heartbeats.flush()
        await presence.settle()
        const { items, next_cursor } = await client.store.listAgents({ ...query, offlineAfterMs }, now())
        return { agents: [...items], next_cursor }
      },
    )
  }
  app.get<{ Params: { agent_id: string } }>(
    '/api/v1/agents/:agent_id',
    describeRoute({
      id: 'getAgent',
      summary: 'Show one agent',
      tag: 'agents',
      scope: 'viewer',
      reads: true,
      param: 'agent_id',
      answer: AgentDetailSchema,
      errors: ['not_found'],
    }),
    async ({ params }) => {
      await heartbeats.flush()
      await presence.settle()
      const agent = await client.store.findAgent(params.agent_id, offlineAfterMs, now())
      if (agent === null) throw new ApiError('not_found', 'no such agent')
      return agent
    },
  )
  app.get<{ Params: { agent_id: string }; Querystring: AgentHealthQuery & { limit: number } }>(
    '/api/v1/agents/:agent_id/health',
    describeRoute({
      id: 'listAgentHealth',
      summary: 'How one agent was: its last heartbeat in each five minutes, oldest first',
      tag: 'agents',
      scope: 'viewer',
      reads: true,
      param: 'agent_id',
      query: AgentHealthQuerySchema,
      answer: AgentHealthListSchema,
      errors: ['not_found'],
    }),
    async ({ params: { agent_id }, query }): Promise<AgentHealthList> => {
      const { from, to, ...page } = query
      const period = readPeriod({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
      await heartbeats.flush()
      const found = await client.store.listAgentHealth({ agent_id, ...page, ...period })
      if (found === null) throw new ApiError('not_found', 'no such agent')
      return { agent_id, health: [...found.items], next_cursor: found.next_cursor }
    },
  )
}
