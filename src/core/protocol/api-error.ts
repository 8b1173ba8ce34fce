import Type from 'typebox'
import { closed } from './kinds.ts'

/** Every code that an answer may carry, with its HTTP status and what it tells the client. */
export const API_ERRORS = {
  invalid_json: { status: 400, why: 'The body is not JSON.' },
  invalid_body: { status: 400, why: 'The body does not fit the schema; details.fields names what, and why.' },
  invalid_query: { status: 400, why: 'A query parameter does not fit the schema; details.fields names it.' },
  invalid_cursor: { status: 400, why: 'The cursor was not given by this server for this list; begin without one.' },
  invalid_request: { status: 400, why: 'The request itself is broken: its encoding, its length, its headers.' },
  request_timeout: { status: 408, why: 'The request took too long to arrive.' },
  expectation_failed: { status: 417, why: 'Of Expect only 100-continue is known.' },
  headers_too_large: { status: 431, why: 'The headers are too large.' },
  digest_mismatch: { status: 400, why: 'Content-Digest does not fit the bytes that arrived; send them again.' },
  token_missing: { status: 401, why: 'Send Authorization: Bearer TOKEN.' },
  token_unknown: { status: 401, why: 'No such token. An agent may register once more.' },
  token_expired: { status: 401, why: 'The life time of the token is over, or all its uses are.' },
  token_revoked: { status: 403, why: 'The token was revoked. An agent stops uploading until an admin lifts it.' },
  scope_insufficient: { status: 403, why: 'The token does not open this door; details.needed says which one would.' },
  origin_refused: { status: 403, why: 'A page of another origin asked for a WebSocket with a token; use a ticket.' },
  agent_mismatch: { status: 403, why: 'The body or X-Agent-ID names another agent than the token.' },
  agent_exists: {
    status: 409,
    why: 'Another registration holds this agent_id; an enrolment token naming it takes it over.',
  },
  journal_fork: {
    status: 409,
    why: 'This (journal_id, seq) was taken with other content: take a new journal_id and renumber what is not acknowledged.',
  },
  not_found: { status: 404, why: 'No such route, agent, device or token.' },
  method_not_allowed: { status: 405, why: 'The Allow header lists what this path takes.' },
  body_too_large: { status: 413, why: 'Packed or unpacked, the body is larger than details.limit bytes.' },
  uri_too_long: { status: 414, why: 'The path or the query is too long.' },
  unsupported_media_type: { status: 415, why: 'Send application/json.' },
  unsupported_encoding: {
    status: 415,
    why: 'Accept-Encoding of the answer lists the content encodings that are read.',
  },
  invalid_items: { status: 422, why: 'Nothing was stored; details.items names each item that does not fit, and why.' },
  too_many_items: { status: 413, why: 'The batch holds more items than details.limit.' },
  upgrade_required: { status: 426, why: 'This path takes WebSocket upgrades only.' },
  rate_limited: {
    status: 429,
    why: 'Too many requests of this agent, with this token or on this connection; Retry-After says how many seconds to wait.',
  },
  too_many_attempts: {
    status: 429,
    why: 'Too many refused tokens or registrations from this address; Retry-After says how long to wait.',
  },
  too_many_commands: {
    status: 429,
    why: 'details.limit commands of this agent have not ended yet; wait until one has, or expired.',
  },
  internal: { status: 500, why: 'A fault of the server. It is in its log, under details.request_id.' },
  overloaded: {
    status: 503,
    why: 'More is waiting, to be written, read or taken, than the server holds; Retry-After says when to try again.',
  },
  shutting_down: { status: 503, why: 'The server is about to stop; try again in a moment.' },
  store_unavailable: {
    status: 503,
    why: 'The database refuses to write (a full disk, for example). Nothing was stored.',
  },
} as const satisfies Record<string, { status: number; why: string }>

export type ApiErrorCode = keyof typeof API_ERRORS

export const ErrorAnswerSchema = Type.Object(
  {
    error: Type.Object(
      {
        code: Type.Unsafe<ApiErrorCode>({
          type: 'string',
          enum: Object.keys(API_ERRORS),
          description: 'what to decide on',
        }),
        message: Type.String({ description: 'one sentence for a person' }),
        details: Type.Optional(Type.Object({}, { additionalProperties: true, description: 'fields, items, limits' })),
      },
      closed,
    ),
  },
  { ...closed, title: 'Error' },
)
export type ErrorAnswer = Type.Static<typeof ErrorAnswerSchema>

export interface FieldMistake {
  /** JSON Pointer into the body, or the name of the query parameter. */
  readonly path: string
  readonly problem: string
}

/** A refusal with its code; whoever answers turns it into the one JSON shape. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: ApiErrorCode, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message)
    this.code = code
    this.details = details
  }

  get status(): number {
    return API_ERRORS[this.code].status
  }

  toAnswer(): ErrorAnswer {
    const { code, message, details } = this
    return { error: { code, message, ...(details !== undefined && { details }) } }
  }
}
