import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { addOlderLevels, DEVICE_ALIASES, METRIC_ALIASES, renameAliases } from '../../protocol/aliases.ts'
import { ApiError, type FieldMistake } from '../../protocol/api-error.ts'
import { BATCH_KEY, type BatchKind, type InvalidItem } from '../../protocol/batches.ts'
import { type DeviceItem, DeviceItemSchema, MAX_DEVICES_PER_BATCH } from '../../protocol/devices.ts'
import { MAX_METRICS_PER_BATCH, type MetricItem, MetricItemSchema } from '../../protocol/metrics.ts'
import { hideSecrets, pickOtherKeys } from '../../protocol/other-keys.ts'
import { readTimestamp } from '../../protocol/read-timestamp.ts'
import type { CheckedBatch } from '../../store/store.ts'
import { hasTooManyValues, MAX_VALUES } from './count-values.ts'
import { isDeeperThan, MAX_DEPTH } from './depth.ts'

const envelope = Compile(Type.Object(BATCH_KEY, { additionalProperties: true }))
const RULES = {
  devices: { item: Compile(DeviceItemSchema), most: MAX_DEVICES_PER_BATCH, aliases: DEVICE_ALIASES },
  metrics: { item: Compile(MetricItemSchema), most: MAX_METRICS_PER_BATCH, aliases: METRIC_ALIASES },
} as const

/** An answer names every item, so that one more try is enough; of so many items several mistakes, of the others one. */
const EXPLAINED_ITEMS = 100
const MAX_MISTAKES = 8
/** Characters of JSON beside the items, as much as an item may have. */
const MAX_OTHER_LENGTH = 256 * 1024

type Item = Record<string, unknown>

/** What is known of a batch besides its bytes. */
export interface BatchOrigin {
  readonly kind: BatchKind
  readonly agent_id: string
  readonly received_at: number
  readonly clock_offset_ms: number | null
  readonly ip_address: string | null
}

/** A batch that fits: its items as they were sent, in the words of the protocol. */
export type ReadBatch = Omit<CheckedBatch, 'items'> & { readonly items: readonly (DeviceItem | MetricItem)[] }

/**
 * Reads the unpacked bytes of a batch: JSON, the schema of its envelope, then of each item, in the words of the protocol.
 * @throws ApiError invalid_json, invalid_body, agent_mismatch, too_many_items; invalid_items with all of them named
 */
export function readBatch(bytes: Uint8Array, origin: BatchOrigin): ReadBatch {
  const { kind } = origin
  const body = parseObject(bytes)
  if (!envelope.Check(body))
    throw new ApiError('invalid_body', 'the batch does not fit', { fields: listMistakes(envelope.Errors(body)) })
  if (body.agent_id !== undefined && body.agent_id !== origin.agent_id) {
    throw new ApiError('agent_mismatch', 'agent_id in the body is not the agent of the token')
  }
  if ((body.journal_id === undefined) !== (body.seq === undefined)) {
    throw new ApiError('invalid_body', 'journal_id and seq belong together', {
      fields: [{ path: body.seq === undefined ? '/seq' : '/journal_id', problem: 'is missing' }],
    })
  }
  const list = (body as Item)[kind]
  if (!Array.isArray(list)) {
    throw new ApiError('invalid_body', `${kind} must be an array`, {
      fields: [{ path: `/${kind}`, problem: 'must be an array' }],
    })
  }
  const other = renderOther(body as Item, kind)
  const { most } = RULES[kind]
  if (list.length > most) {
    throw new ApiError('too_many_items', `a batch takes at most ${most} ${kind}; this has ${list.length}`, {
      limit: most,
    })
  }
  return {
    ...origin,
    journal_id: body.journal_id?.toLowerCase() ?? null,
    seq: body.seq ?? null,
    content_hash: createHash('sha256').update(bytes).digest(),
    batch_time: typeof body.timestamp === 'string' ? readTimestamp(body.timestamp) : null,
    items: checkItems(kind, list),
    other,
  }
}

/** @throws ApiError invalid_body */
function renderOther(body: Item, kind: BatchKind): string | null {
  const other = pickOtherKeys(body, { ...BATCH_KEY, [kind]: true })
  if (other === null) return null
  const text = isDeeperThan(other, MAX_DEPTH) ? null : JSON.stringify(other)
  if (text !== null && text.length <= MAX_OTHER_LENGTH) return text
  const problem = `has keys beside ${kind} that are deeper than ${MAX_DEPTH} levels or longer than ${MAX_OTHER_LENGTH} characters of JSON`
  throw new ApiError('invalid_body', 'the batch does not fit', { fields: [{ path: '', problem }] })
}

function parseObject(bytes: Uint8Array): Item {
  let value: unknown
  if (hasTooManyValues(bytes)) {
    throw new ApiError('body_too_large', `the body holds more than ${MAX_VALUES} values`, { limit: MAX_VALUES })
  }
  if (!isUtf8(bytes)) throw new ApiError('invalid_json', 'the body is not UTF-8')
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  } catch (error) {
    const place = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0]
    throw new ApiError('invalid_json', `the body is not JSON${place === undefined ? '' : ` (${place})`}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Item
  throw new ApiError('invalid_body', 'the body must be an object', {
    fields: [{ path: '', problem: 'must be an object' }],
  })
}

function checkItems(kind: BatchKind, list: readonly unknown[]): (DeviceItem | MetricItem)[] {
  const { item: rule, aliases } = RULES[kind]
  const items: Item[] = []
  const invalid: InvalidItem[] = []
  const ids = new Set<unknown>()
  list.forEach((sent, index) => {
    const item = isObject(sent) ? addOlderLevels(renameAliases(sent, aliases)) : sent
    const most = invalid.length < EXPLAINED_ITEMS ? MAX_MISTAKES : 1
    const mistakes = rule.Check(item) ? findOwnMistakes(item as Item, ids) : listMistakes(rule.Errors(item), most)
    if (mistakes === null) items.push(hideSecrets(item as Item))
    else {
      const id = isObject(sent) && typeof sent.reading_id === 'string' ? sent.reading_id.slice(0, 64) : undefined
      invalid.push({ index, ...(id !== undefined && { reading_id: id }), mistakes })
    }
  })
  if (invalid.length > 0) throw refuseItems(invalid, list.length)
  return items
}

/** The answer for a batch in which some items do not fit. */
export function refuseItems(invalid: readonly InvalidItem[], received: number): ApiError {
  return new ApiError('invalid_items', `${invalid.length} of ${received} items do not fit; nothing was stored`, {
    received,
    invalid: invalid.length,
    items: invalid,
  })
}

/** What a schema cannot say; null when all is well. Notes the item's reading_id in `ids`. */
function findOwnMistakes(item: Item, ids: Set<unknown>): FieldMistake[] | null {
  if (!item.serial && !item.mac_address && !item.device_id && !item.ip) {
    return [{ path: '', problem: 'names no printer: give serial, mac_address, device_id or ip' }]
  }
  const id = item.reading_id
  if (typeof id !== 'string') return null
  if (ids.has(id)) return [{ path: '/reading_id', problem: 'stands in this batch already' }]
  ids.add(id)
  return null
}

function listMistakes(
  errors: readonly { instancePath: string; message: string }[],
  most = MAX_MISTAKES,
): FieldMistake[] {
  return errors.slice(0, most).map(({ instancePath, message }) => ({ path: instancePath, problem: message }))
}

function isObject(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
