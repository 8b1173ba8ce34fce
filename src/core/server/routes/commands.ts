import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../protocol/api-error.ts'
import {
  CommandListSchema,
  type CommandRecord,
  CommandRecordSchema,
  type CommandRequest,
  CommandRequestSchema,
} from '../../protocol/commands.ts'
import { actorOf } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** Of one agent, in one answer. */
const MOST_LISTED = 200

/** What an agent is asked to do, and what came of it. The store records who asked. */
export function addCommandRoutes(app: FastifyInstance, { client: { store }, commands, options, now }: Services): void {
  const path = '/api/v1/agents/:agent_id/commands'
  app.post<{ Params: { agent_id: string }; Body: CommandRequest }>(
    path,
    describeRoute({
      id: 'createCommand',
      summary: 'Ask an agent to do something',
      description:
        'Goes to the agent over its WebSocket, at once or when it connects, and expires where that does not happen in time. ' +
        'It is run once at most, and never beyond what the config of the agent lets it ask.',
      tag: 'agents',
      scope: 'admin',
      refused: { action: 'command_refused', resource_type: 'agent', param: 'agent_id' },
      param: 'agent_id',
      body: CommandRequestSchema,
      status: 202,
      answer: CommandRecordSchema,
      errors: ['not_found', 'too_many_commands'],
    }),
    async (request, reply): Promise<CommandRecord> => {
      const record = await commands.submit(request.params.agent_id, request.body, actorOf(request))
      reply.code(202)
      return record
    },
  )
  app.get<{ Params: { agent_id: string } }>(
    path,
    describeRoute({
      id: 'listCommands',
      summary: `List the last ${MOST_LISTED} commands of one agent, newest first`,
      tag: 'agents',
      scope: 'viewer',
      reads: true,
      param: 'agent_id',
      answer: CommandListSchema,
      errors: ['not_found'],
    }),
    async ({ params: { agent_id } }) => {
      const found = await store.listCommands(agent_id, MOST_LISTED)
      if (
        found.length === 0 &&
        (await store.findAgent(agent_id, options.offline_after_seconds * 1000, now())) === null
      ) {
        throw new ApiError('not_found', 'no such agent')
      }
      return { commands: found }
    },
  )
  app.get<{ Params: { command_id: string } }>(
    '/api/v1/commands/:command_id',
    describeRoute({
      id: 'getCommand',
      summary: 'Show one command: how far it is, and what came of it',
      tag: 'agents',
      scope: 'viewer',
      reads: true,
      param: 'command_id',
      answer: CommandRecordSchema,
      errors: ['not_found'],
    }),
    async ({ params }) => {
      const record = await store.findCommand(params.command_id)
      if (record === null) throw new ApiError('not_found', 'no such command')
      return record
    },
  )
}
