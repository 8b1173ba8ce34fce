import type { FastifyInstance } from 'fastify'
import {
  type HeartbeatAnswer,
  HeartbeatAnswerSchema,
  type HeartbeatRequest,
  HeartbeatRequestSchema,
} from '../../protocol/agents.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'
import { renameHeartbeat, takeHeartbeat } from '../take-heartbeat.ts'

/** Answered at once; written with those of others within a second. */
export function addHeartbeatRoute(app: FastifyInstance, services: Services): void {
  app.post<{ Body: HeartbeatRequest }>(
    '/api/v1/agents/heartbeat',
    {
      ...describeRoute({
        id: 'sendHeartbeat',
        summary: 'Say that the agent is alive, and how it is',
        description:
          'With journal_id the answer tells the last sequence number that the server holds of that journal, and whether ' +
          'another machine brings another journal as the same agent. Other keys are kept, up to 16,384 characters of JSON.',
        tag: 'agents',
        scope: 'agent',
        body: HeartbeatRequestSchema,
        answer: HeartbeatAnswerSchema,
      }),
      preValidation: async (request) => {
        request.body = renameHeartbeat(request.body) as HeartbeatRequest
      },
    },
    (request): Promise<HeartbeatAnswer> => takeHeartbeat(request, request.body, services, 'http'),
  )
}
