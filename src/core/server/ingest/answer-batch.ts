import { ApiError } from '../../protocol/api-error.ts'
import type { BatchAnswer } from '../../protocol/batches.ts'
import type { BatchOutcome, CheckedBatch } from '../../store/store.ts'
import { refuseItems } from './read-batch.ts'
import type { IngestReply } from './upload.ts'

/** What the client is told of its batch. */
export function answerBatch(
  batch: CheckedBatch,
  result: BatchOutcome,
  store_id: string,
  unpacked_bytes: number,
): IngestReply {
  const { journal_id } = batch
  if (!isHeld(result)) return { ...answerRefusal(explain(batch, result, store_id), unpacked_bytes), journal_id }
  const { outcome } = result
  const replayed = outcome === 'repeated'
  const answer: BatchAnswer = {
    success: true,
    received: result.received,
    stored: result.stored,
    duplicates: result.duplicates,
    passed_over: result.passed_over,
    journal_id,
    last_seq: result.last_seq,
    store_id,
    server_time: new Date(result.stored_at).toISOString(),
  }
  const readings = replayed ? 0 : result.stored
  return { status: 200, body: JSON.stringify(answer), outcome, replayed, journal_id, readings, unpacked_bytes }
}

export function answerRefusal(error: ApiError, unpacked_bytes: number): IngestReply {
  const body = JSON.stringify(error.toAnswer())
  const nothing = { replayed: false, journal_id: null, readings: 0 }
  return { status: error.status, body, outcome: error.code, ...nothing, unpacked_bytes }
}

type Held = Extract<BatchOutcome, { received: number }>
const isHeld = (result: BatchOutcome): result is Held => result.outcome === 'stored' || result.outcome === 'repeated'

function explain(batch: CheckedBatch, result: Exclude<BatchOutcome, Held>, store_id: string): ApiError {
  if (result.outcome === 'agent_unknown') {
    return new ApiError('token_unknown', 'the agent of this token is no longer known')
  }
  if (result.outcome === 'invalid_items') return refuseItems(result.items, batch.items.length)
  return new ApiError('journal_fork', 'this sequence number was taken with other content; take a new journal_id', {
    journal_id: batch.journal_id,
    seq: batch.seq,
    last_seq: result.last_seq,
    store_id,
  })
}
