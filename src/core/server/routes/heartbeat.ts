import type { FastifyInstance } from 'fastify'
import {
  type HeartbeatAnswer,
  HeartbeatAnswerSchema,
  type HeartbeatRequest,
  HeartbeatRequestSchema,
} from '../../protocol/agents.ts'
import { HEARTBEAT_ALIASES, renameAliases } from '../../protocol/aliases.ts'
import { ApiError } from '../../protocol/api-error.ts'
import { readTimestamp } from '../../protocol/read-timestamp.ts'
import type { Principal } from '../auth/door.ts'
import { checkOtherKeys } from '../check-other-keys.ts'
import { noteJournal } from '../note-journal.ts'
import { recordMismatch } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** Answered at once; written with those of others within a second. */
export function addHeartbeatRoute(app: FastifyInstance, services: Services): void {
  const { client, heartbeats, instruments, store_id } = services
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
        const body: unknown = request.body
        if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
          request.body = renameAliases(body as Record<string, unknown>, HEARTBEAT_ALIASES) as HeartbeatRequest
        }
      },
    },
    async (request): Promise<HeartbeatAnswer> => {
      const agent_id = (request.principal as Principal).agent_id as string
      const { body, received_at, remote_address } = request
      if (body.agent_id !== undefined && body.agent_id !== agent_id) {
        await recordMismatch(client.store, request, body.agent_id)
        throw new ApiError('agent_mismatch', 'agent_id in the body is not the agent of the token')
      }
      checkOtherKeys(body, HeartbeatRequestSchema.properties)
      const sent_at = typeof body.timestamp === 'string' ? readTimestamp(body.timestamp) : null
      const clock_offset_ms = sent_at === null ? null : sent_at - received_at
      heartbeats.add({ agent_id, received_at, remote_address, clock_offset_ms, request: body })
      instruments.heartbeats.inc()
      const answer = { success: true, agent_id, store_id, server_time: new Date(received_at).toISOString() }
      if (body.journal_id === undefined) return answer
      const isCloned = noteJournal(request, agent_id, body.journal_id, services)
      const last_seq = await client.store.lastSeq(agent_id, body.journal_id)
      return { ...answer, last_seq, ...(isCloned && { other_journal: true }) }
    },
  )
}
