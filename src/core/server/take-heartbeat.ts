import { type HeartbeatAnswer, type HeartbeatRequest, HeartbeatRequestSchema } from '../protocol/agents.ts'
import { HEARTBEAT_ALIASES, renameAliases } from '../protocol/aliases.ts'
import { ApiError } from '../protocol/api-error.ts'
import { readTimestamp } from '../protocol/read-timestamp.ts'
import { checkOtherKeys } from './check-other-keys.ts'
import { noteJournal } from './note-journal.ts'
import type { Connection } from './presence/presence-monitor.ts'
import { type Asker, recordMismatch } from './record-access.ts'
import type { Services } from './services.ts'

export type HeartbeatServices = Pick<
  Services,
  'client' | 'heartbeats' | 'instruments' | 'presence' | 'store_id' | 'journals' | 'log' | 'now'
>

/** Whatever came as a heartbeat, in the words of the schema; what is no object is left for the schema to refuse. */
export function renameHeartbeat(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return renameAliases(body as Record<string, unknown>, HEARTBEAT_ALIASES)
}

/**
 * Takes a heartbeat that fits its schema, from HTTP or from a socket: it is written within a second.
 *
 * @throws ApiError agent_mismatch, invalid_body; StoreError
 */
export async function takeHeartbeat(
  asker: Asker,
  body: HeartbeatRequest,
  services: HeartbeatServices,
  by: Connection,
): Promise<HeartbeatAnswer> {
  const { client, heartbeats, instruments, presence } = services
  const agent_id = asker.principal?.agent_id as string
  const { received_at, remote_address } = asker
  await refuseOther(asker, agent_id, body.agent_id, services)
  checkOtherKeys(body, HeartbeatRequestSchema.properties)
  const sent_at = typeof body.timestamp === 'string' ? readTimestamp(body.timestamp) : null
  const clock_offset_ms = sent_at === null ? null : sent_at - received_at
  heartbeats.add({ agent_id, received_at, remote_address, clock_offset_ms, request: body })
  presence.heard(agent_id, received_at, body, by)
  instruments.heartbeats.inc()
  const answer = composeHeartbeatAnswer(agent_id, received_at, services)
  if (body.journal_id === undefined) return answer
  const isCloned = noteJournal(asker, agent_id, body.journal_id, services)
  const last_seq = await client.store.lastSeq(agent_id, body.journal_id)
  return { ...answer, last_seq, ...(isCloned && { other_journal: true }) }
}

/** What every heartbeat is answered with. */
export function composeHeartbeatAnswer(
  agent_id: string,
  at: number,
  { store_id }: Pick<Services, 'store_id'>,
): HeartbeatAnswer {
  return { success: true, agent_id, store_id, server_time: new Date(at).toISOString() }
}

/** @throws ApiError agent_mismatch where another agent is named than the token's */
export async function refuseOther(
  asker: Asker,
  agent_id: string,
  claimed: string | undefined,
  { client }: Pick<Services, 'client'>,
) {
  if (claimed === undefined || claimed === agent_id) return
  await recordMismatch(client.store, asker, claimed)
  throw new ApiError('agent_mismatch', 'agent_id in the body is not the agent of the token')
}
