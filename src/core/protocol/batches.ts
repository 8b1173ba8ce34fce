import Type from 'typebox'
import { agentId } from './agents.ts'
import { DeviceItemSchema, MAX_DEVICES_PER_BATCH } from './devices.ts'
import { closed, nullableCount, nullableText, open, timestamp, utcTime, uuid } from './kinds.ts'
import { MAX_METRICS_PER_BATCH, MetricItemSchema } from './metrics.ts'

/**
 * A batch is a document that does not change between tries: (agent, journal_id, seq) is its key and the SHA-256 of its
 * unpacked bytes its content. When it was sent stands in the header `Sent-At`, which may differ.
 */
export const BATCH_KEY = {
  agent_id: Type.Optional(agentId),
  journal_id: Type.Optional(uuid('random, of the journal file; with seq the key of the batch')),
  seq: Type.Optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'counts the batches of a journal' }),
  ),
  timestamp: Type.Optional(timestamp('when the batch was put together; stands in for a sampled_at that is not there')),
}

export const DevicesBatchSchema = Type.Object(
  { ...BATCH_KEY, devices: Type.Array(DeviceItemSchema, { maxItems: MAX_DEVICES_PER_BATCH }) },
  { ...open, title: 'DevicesBatch' },
)
export const MetricsBatchSchema = Type.Object(
  { ...BATCH_KEY, metrics: Type.Array(MetricItemSchema, { maxItems: MAX_METRICS_PER_BATCH }) },
  { ...open, title: 'MetricsBatch' },
)

export const BATCH_KINDS = ['devices', 'metrics'] as const
export type BatchKind = (typeof BATCH_KINDS)[number]

/** A repeat gets the answer of the first time, with the header `Idempotent-Replayed: true`. */
export const BatchAnswerSchema = Type.Object(
  {
    success: Type.Boolean(),
    received: Type.Integer({ description: 'items in the batch' }),
    stored: Type.Integer({ description: 'items that the server holds now: new ones and those that it had' }),
    duplicates: Type.Integer({ description: 'of these, how many it had already' }),
    passed_over: Type.Integer({
      description:
        'device items of devices that another agent is the source of: nothing of them is held. No reason to send again',
    }),
    journal_id: nullableText(64, 'as in the batch'),
    last_seq: nullableCount(
      'up to this sequence number, counted from 1, the journal is held without a gap; null for a batch without journal_id',
    ),
    store_id: Type.String({ description: 'names the database; when it changes or last_seq goes back, send again' }),
    server_time: utcTime('when the batch was stored'),
  },
  { ...closed, title: 'BatchAnswer' },
)
export type BatchAnswer = Type.Static<typeof BatchAnswerSchema>

/** One item that does not fit, in `details.items` of `invalid_items`. */
export interface InvalidItem {
  readonly index: number
  /** As the item has it, when it has one. */
  readonly reading_id?: string
  readonly mistakes: readonly { readonly path: string; readonly problem: string }[]
}
