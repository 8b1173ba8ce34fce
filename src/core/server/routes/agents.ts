import type { FastifyInstance } from 'fastify'
import {
  type AgentList,
  AgentListSchema,
  AgentSchema,
  type AgentsQuery,
  AgentsQuerySchema,
} from '../../protocol/agents.ts'
import { ApiError } from '../../protocol/api-error.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** Agents and their health, for people. */
export function addAgentRoutes(app: FastifyInstance, { client, heartbeats, options, now }: Services): void {
  const offlineAfterMs = options.offline_after_seconds * 1000
  for (const path of ['/api/v1/agents/list', '/api/v1/agents']) {
    app.get<{ Querystring: AgentsQuery & { limit: number } }>(
      path,
      describeRoute({
        id: path.endsWith('/list') ? 'listAgents' : 'listAgentsShort',
        summary: 'List the agents with their status',
        tag: 'agents',
        scope: 'viewer',
        query: AgentsQuerySchema,
        answer: AgentListSchema,
        hide: !path.endsWith('/list'),
      }),
      async ({ query }): Promise<AgentList> => {
        await heartbeats.flush()
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
      param: 'agent_id',
      answer: AgentSchema,
      errors: ['not_found'],
    }),
    async ({ params }) => {
      await heartbeats.flush()
      const agent = await client.store.findAgent(params.agent_id, offlineAfterMs, now())
      if (agent === null) throw new ApiError('not_found', 'no such agent')
      return agent
    },
  )
}
