import type { TSchema } from 'typebox'
import type { RawData } from 'ws'
import { ApiError } from '../../protocol/api-error.ts'
import { checkBody } from '../compile-schema.ts'
import { isDeeperThan } from '../ingest/depth.ts'
import { MAX_BODY_DEPTH } from '../limits/http-limits.ts'

const MAX_ID_LENGTH = 64

/** A message that fits, or why it does not. `id` where the sender gave one that can be repeated. */
export type ReadMessage =
  | { readonly id: string | undefined; readonly type: string; readonly data: unknown; readonly timestamp?: string }
  | { readonly id: string | undefined; readonly refusal: ApiError }

/**
 * Reads a message and holds it against the schema of its type.
 * @param rename gives the data in the words of the schema
 */
export function readMessage(
  data: RawData,
  isBinary: boolean,
  schemas: Readonly<Record<string, TSchema>>,
  rename: (type: string, data: unknown) => unknown = (_, given) => given,
): ReadMessage {
  if (isBinary) return refuse(undefined, new ApiError('invalid_request', 'messages are text'))
  let value: unknown
  try {
    value = JSON.parse(String(data))
  } catch {
    return refuse(undefined, new ApiError('invalid_json', 'the message is not JSON'))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(undefined, misfit('', 'must be an object with type and data'))
  }
  const message = value as Record<string, unknown>
  const id = readId(message.id)
  if (isDeeperThan(message, MAX_BODY_DEPTH)) {
    return refuse(id, misfit('', `has more than ${MAX_BODY_DEPTH} levels of arrays and objects`))
  }
  const type = typeof message.type === 'string' && Object.hasOwn(schemas, message.type) ? message.type : null
  if (type === null) return refuse(id, misfit('/type', `must be one of ${Object.keys(schemas).join(', ')}`))
  const renamed = { ...message, data: rename(type, message.data) }
  const checked = checkBody(schemas[type] as TSchema, renamed)
  if ('error' in checked) return refuse(id, checked.error)
  const { timestamp } = renamed as { timestamp?: string }
  return { id, type, data: renamed.data, ...(timestamp !== undefined && { timestamp }) }
}

const refuse = (id: string | undefined, refusal: ApiError) => ({ id, refusal })
const misfit = (path: string, problem: string) =>
  new ApiError('invalid_body', 'the message does not fit', { fields: [{ path, problem }] })

const readId = (id: unknown) => (typeof id === 'string' && id.length > 0 && id.length <= MAX_ID_LENGTH ? id : undefined)
