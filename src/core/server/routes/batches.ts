import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BatchAnswerSchema, type BatchKind, DevicesBatchSchema, MetricsBatchSchema } from '../../protocol/batches.ts'
import { readTimestamp } from '../../protocol/read-timestamp.ts'
import { StoreError } from '../../store/store-error.ts'
import { RETRY_AFTER } from '../answers.ts'
import type { Principal } from '../auth/door.ts'
import { passAgain, refuseRate } from '../gate.ts'
import { MAX_BATCH_BYTES } from '../limits/http-limits.ts'
import { noteJournal } from '../note-journal.ts'
import { readBytes } from '../read-body.ts'
import { recordMismatch } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

const BATCHES = [
  { kind: 'devices', batch: DevicesBatchSchema },
  { kind: 'metrics', batch: MetricsBatchSchema },
] as const satisfies readonly { kind: BatchKind; batch: object }[]

/** Batches go to the worker as they come: nothing of them is looked into here. */
export function addBatchRoutes(app: FastifyInstance, services: Services): void {
  const { client, instruments, batchPlaces, bodies, writes, presence, bell } = services
  const tellRefusal = (error: unknown): never => {
    if (error instanceof StoreError) writes.tell(false, error.message)
    throw error
  }
  const ingest = async (request: FastifyRequest, kind: BatchKind, agent_id: string) => {
    const body = await readBytes(request.body as IncomingMessage, MAX_BATCH_BYTES, bodies)
    await passAgain(request, services)
    return client.ingest({
      kind,
      agent_id,
      body,
      content_encoding: readEncoding(request),
      content_digest: readHeader(request, 'content-digest'),
      received_at: request.received_at,
      clock_offset_ms: readClockOffset(request),
      ip_address: request.remote_address,
    })
  }
  for (const { kind, batch } of BATCHES) {
    app.post<{ Body: IncomingMessage }>(
      `/api/v1/${kind}/batch`,
      describeRoute({
        id: kind === 'devices' ? 'uploadDevices' : 'uploadMetrics',
        summary: `Bring a batch of ${kind}`,
        description:
          'Stored whole or not at all. The same (agent, journal_id, seq) with the same content changes nothing and gives ' +
          'the first answer, with the header Idempotent-Replayed: true. Takes Content-Encoding (gzip, zstd, br, deflate), ' +
          'Content-Digest (RFC 9530) and Sent-At (RFC 3339, when the request was sent).',
        tag: 'devices',
        scope: 'agent',
        batch,
        body_limit: MAX_BATCH_BYTES,
        answer: BatchAnswerSchema,
        errors: ['digest_mismatch', 'invalid_items', 'too_many_items', 'journal_fork', 'overloaded'],
      }),
      async (request, reply) => {
        const { agent_id } = request.principal as AgentPrincipal
        const leave = batchPlaces.take(agent_id)
        if (leave === null) throw refuseRate('this agent brings other batches at this moment', 1)
        const result = await ingest(request, kind, agent_id).catch(tellRefusal).finally(leave)
        if (result.outcome === 'stored') {
          writes.tell(true)
          presence.uploaded(agent_id, request.received_at)
          bell.ring()
        }
        if (result.journal_id !== null) noteJournal(request, agent_id, result.journal_id, services)
        instruments.batches.inc({ kind, outcome: result.outcome })
        instruments.readings.inc(result.readings)
        instruments.ingestBytes.inc(result.unpacked_bytes)
        if (result.outcome === 'agent_mismatch') await recordMismatch(client.store, request, null)
        if (result.replayed) reply.header('idempotent-replayed', 'true')
        if (result.status === 503) reply.header('retry-after', RETRY_AFTER)
        return reply.code(result.status).type('application/json; charset=utf-8').send(result.body)
      },
    )
  }
}

type AgentPrincipal = Principal & { readonly agent_id: string }

function readEncoding(request: FastifyRequest): string | null {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? ''
  return encoding === '' || encoding === 'identity' ? null : encoding
}

function readHeader(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name]
  return value === undefined ? null : String(value)
}

/** The clock of the agent less ours, by when it says it sent the request. */
function readClockOffset(request: FastifyRequest): number | null {
  const sent_at = readTimestamp(readHeader(request, 'sent-at') ?? '')
  return sent_at === null ? null : sent_at - request.received_at
}
