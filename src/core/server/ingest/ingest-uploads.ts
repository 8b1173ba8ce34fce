import { ApiError } from '../../protocol/api-error.ts'
import type { BatchAnswer } from '../../protocol/batches.ts'
import type { BatchOutcome, CheckedBatch, Store } from '../../store/store.ts'
import { checkBatch, refuseItems } from './check-batch.ts'
import { checkDigest, unpack } from './unpack.ts'
import type { IngestReply, Upload } from './upload.ts'

/**
 * Unpacks, checks and stores several uploads in one transaction, each whole or not at all.
 * @returns the replies in the order of the uploads
 * @throws StoreError when the database refuses: then nothing of any of them was stored
 */
export async function ingestUploads(
  store: Store,
  store_id: string,
  uploads: readonly Upload[],
): Promise<IngestReply[]> {
  const read = uploads.map(readUpload)
  const batches = read.flatMap(({ batch }) => (batch === null ? [] : [batch]))
  const outcomes = (await store.ingestBatches(batches)).values()
  return read.map(({ batch, refusal, unpacked_bytes }) => {
    const answer = batch === null ? refusal : answerBatch(batch, outcomes.next().value as BatchOutcome, store_id)
    return answer instanceof ApiError
      ? refuse(answer, unpacked_bytes)
      : { ...answer, readings: answer.replayed ? 0 : (batch?.items.length ?? 0), unpacked_bytes }
  })
}

interface ReadUpload {
  readonly batch: CheckedBatch | null
  readonly refusal: ApiError
  readonly unpacked_bytes: number
}

function readUpload(upload: Upload): ReadUpload {
  let unpacked_bytes = 0
  try {
    checkDigest(upload.body, upload.content_digest)
    const bytes = unpack(upload.body, upload.content_encoding)
    unpacked_bytes = bytes.byteLength
    return { batch: checkBatch(bytes, upload), refusal: NEVER, unpacked_bytes }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { batch: null, refusal: error, unpacked_bytes }
  }
}

const NEVER = new ApiError('internal', 'a batch without an answer')

function answerBatch(
  batch: CheckedBatch,
  result: BatchOutcome,
  store_id: string,
): Pick<IngestReply, 'status' | 'body' | 'outcome' | 'replayed'> | ApiError {
  const { outcome } = result
  if (outcome === 'journal_fork') {
    return new ApiError('journal_fork', 'this sequence number was taken with other content; take a new journal_id', {
      journal_id: batch.journal_id,
      seq: batch.seq,
      last_seq: result.last_seq,
      store_id,
    })
  }
  if (outcome === 'agent_unknown') return new ApiError('token_unknown', 'the agent of this token is no longer known')
  if (outcome === 'invalid_items') return refuseItems(result.items, batch.items.length)
  const answer: BatchAnswer = {
    success: true,
    received: result.received,
    stored: result.stored,
    duplicates: result.duplicates,
    journal_id: batch.journal_id,
    last_seq: result.last_seq,
    store_id,
    server_time: new Date(result.stored_at).toISOString(),
  }
  return { status: 200, body: JSON.stringify(answer), outcome, replayed: outcome === 'repeated' }
}

function refuse(error: ApiError, unpacked_bytes: number): IngestReply {
  const body = JSON.stringify(error.toAnswer())
  return { status: error.status, body, outcome: error.code, replayed: false, readings: 0, unpacked_bytes }
}
