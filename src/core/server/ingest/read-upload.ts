import { ApiError } from '../../protocol/api-error.ts'
import type { BatchKind } from '../../protocol/batches.ts'
import type { MetricItem } from '../../protocol/metrics.ts'
import type { CheckedItem } from '../../store/checked-item.ts'
import { composeItems } from '../../store/compose-items.ts'
import type { CheckedBatch } from '../../store/store.ts'
import { isDeeperThan, MAX_DEPTH } from './depth.ts'
import { type ReadBatch, readBatch, refuseItems } from './read-batch.ts'
import { checkDigest, unpack } from './unpack.ts'
import type { Upload } from './upload.ts'

export interface ReadUpload {
  /** What to store, or why not. */
  readonly content: CheckedBatch | ApiError
  readonly unpacked_bytes: number
}

/** Characters of JSON that one item may have. Of readings many are kept, of each device one. */
export const MAX_ITEM_LENGTH = { devices: 256 * 1024, metrics: 64 * 1024 } as const satisfies Record<BatchKind, number>
const TOO_DEEP = `is nested deeper than ${MAX_DEPTH} levels`

/** Holds an upload against its digest, unpacks it, reads it and checks it: everything that needs no database. */
export function readUpload(upload: Upload): ReadUpload {
  let unpacked_bytes = 0
  try {
    const { kind, agent_id, received_at, clock_offset_ms, ip_address, body } = upload
    checkDigest(body, upload.content_digest)
    const bytes = unpack(body, upload.content_encoding)
    unpacked_bytes = bytes.byteLength
    const batch = readBatch(bytes, { kind, agent_id, received_at, clock_offset_ms, ip_address })
    return { content: { ...batch, items: takeApart(batch) }, unpacked_bytes }
  } catch (error) {
    if (error instanceof ApiError) return { content: error, unpacked_bytes }
    throw error
  }
}

/** @throws ApiError invalid_items: large ones, and deep ones, which need so many characters at least */
function takeApart({ kind, items }: ReadBatch): CheckedItem[] {
  let checked: CheckedItem[] = []
  try {
    checked = composeItems(kind, items)
  } catch (error) {
    // an item so deep that it cannot be written as text
    if (!(error instanceof RangeError)) throw error
  }
  const most = MAX_ITEM_LENGTH[kind]
  const tooLarge = `is larger than ${most} characters of JSON`
  const invalid = items.flatMap((item, index) => {
    const length = checked[index]?.rest.length ?? Number.POSITIVE_INFINITY
    if (length < 2 * MAX_DEPTH) return []
    const problem = isDeeperThan(item, MAX_DEPTH) ? TOO_DEEP : length > most ? tooLarge : null
    if (problem === null) return []
    const { reading_id } = item as MetricItem
    return [{ index, ...(reading_id != null && { reading_id }), mistakes: [{ path: '', problem }] }]
  })
  if (invalid.length > 0) throw refuseItems(invalid, items.length)
  return checked
}
