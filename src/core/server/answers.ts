import type { FastifyReply, FastifyRequest } from 'fastify'
import { API_ERRORS, ApiError, type ApiErrorCode } from '../protocol/api-error.ts'
import { StoreError } from '../store/store-error.ts'
import { READ_ENCODINGS } from './ingest/unpack.ts'
import { MAX_DRAINED_BYTES } from './limits/http-limits.ts'
import type { Services } from './services.ts'

/** Seconds after which a client may try again what the server could not take. */
export const RETRY_AFTER = 2
const ENDS_CONNECTION: ReadonlySet<ApiErrorCode> = new Set(['shutting_down', 'too_many_attempts'])

/** Answers any error in the one shape; what is no refusal is logged, and answered without what it says. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { log, writes }: Pick<Services, 'log' | 'writes'>,
): void {
  const refusal = toApiError(error)
  const where = { request_id: request.id, method: request.method, route: request.routeOptions?.url ?? null }
  if (refusal.code === 'internal') log.error({ ...where, err: error }, 'a request failed')
  else if (error instanceof StoreError && refusal.code === 'store_unavailable') {
    // a database that takes no writes is one line in the log, not one for each request
    void writes.check().then((works) => {
      log[works ? 'error' : 'debug']({ ...where, reason: error.message }, 'the database refused')
    })
  }
  const details = refusal.code === 'internal' ? { request_id: request.id } : refusal.details
  const answer = details === undefined ? refusal : new ApiError(refusal.code, refusal.message, details)
  setHeaders(answer, reply)
  if (ENDS_CONNECTION.has(refusal.code) || !reply.raw.shouldKeepAlive) reply.header('connection', 'close')
  else if (canGoOn(request)) reply.removeHeader('connection')
  void reply.code(answer.status).type('application/json').send(JSON.stringify(answer.toAnswer()))
}

/**
 * A body that came whole does no harm to the next request on this connection. One of a known length is read to its end
 * and thrown away: who is cut off while sending often never sees the answer.
 */
function canGoOn({ raw, headers }: FastifyRequest): boolean {
  return raw.complete || Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) <= MAX_DRAINED_BYTES
}

function setHeaders({ code, status, details }: ApiError, reply: FastifyReply): void {
  const wait = details?.retry_after_seconds
  if (typeof wait === 'number') reply.header('retry-after', wait)
  else if (status === 503) reply.header('retry-after', RETRY_AFTER)
  if (status === 401) {
    reply.header(
      'www-authenticate',
      `Bearer realm="printmaster"${code === 'token_missing' ? '' : ', error="invalid_token"'}`,
    )
  }
  if (code === 'unsupported_encoding') reply.header('accept-encoding', READ_ENCODINGS)
  if (code === 'upgrade_required') reply.header('upgrade', 'websocket')
  if (code === 'method_not_allowed') reply.header('allow', String(details?.allow))
}

/** What a client is told of an error: nothing of the inside. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof StoreError) {
    return error.code === 'bad_cursor'
      ? new ApiError('invalid_cursor', 'this cursor was not given for this list; begin without one')
      : new ApiError('store_unavailable', 'the database cannot do this now; nothing was changed')
  }
  const { code, statusCode } = (error ?? {}) as { code?: string; statusCode?: number }
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError('unsupported_media_type', 'send application/json')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('body_too_large', 'the body is too large')
    case 'FST_ERR_BAD_URL':
      return new ApiError('invalid_request', 'the path has a broken percent encoding')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new ApiError('not_found', 'no such route')
  }
  if (code?.startsWith('FST_') && statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiError('invalid_request', API_ERRORS.invalid_request.why)
  }
  return new ApiError('internal', 'a fault of the server; its log has it under this request_id')
}
