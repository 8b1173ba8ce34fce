const KIB = 1024
const MIB = 1024 * KIB

/** Of a batch, as it comes; the worker limits what it unpacks to. */
export const MAX_BATCH_BYTES = 16 * MIB
/** Of every other body, packed and unpacked: it is parsed where heartbeats wait. */
export const MAX_SMALL_BYTES = 64 * KIB
/** Of audit events, which come in lists. */
export const MAX_AUDIT_BYTES = MIB
/** Levels of arrays and objects in a small body. */
export const MAX_BODY_DEPTH = 64

/** Of a refused body: read and thrown away, so that the client gets to see why. */
export const MAX_DRAINED_BYTES = 4 * MAX_BATCH_BYTES

/** Requests on one connection that are not answered yet. */
export const MAX_PIPELINED_REQUESTS = 32

export const MAX_URL_LENGTH = 2 * KIB
export const MAX_HEADER_BYTES = 16 * KIB
/** A token in the Authorization header; longer ones are not even hashed. */
export const MAX_TOKEN_LENGTH = 512

/** What may wait to be written before the server refuses more. */
export const MAX_PENDING_BATCHES = 64
export const MAX_PENDING_BYTES = 256 * MIB

/** Requests of people that are being read for at one time, or wait for that. */
export const MAX_LISTS = 64
/** Of answers that were not taken yet, over all connections, before no more lists are given. */
export const MAX_UNSENT_BYTES = 64 * MIB

/** How long a client may take. A batch of 16 MiB comes through a line of 1.2 Mbit/s in time. */
export interface HttpTimes {
  readonly headers_ms: number
  readonly request_ms: number
  readonly keep_alive_ms: number
  /** Nothing came and nothing could be sent for so long. */
  readonly idle_ms: number
  /** Nothing was taken of an answer for so long. */
  readonly unread_ms: number
  /** An answer has to be taken in so long. */
  readonly answer_ms: number
  /** How often the two first are looked at. */
  readonly check_ms: number
  /** What is in flight at the end gets this long. */
  readonly closing_ms: number
}

export const HTTP_TIMES: HttpTimes = {
  headers_ms: 10_000,
  request_ms: 120_000,
  keep_alive_ms: 75_000,
  idle_ms: 130_000,
  unread_ms: 15_000,
  answer_ms: 120_000,
  check_ms: 2_000,
  closing_ms: 25_000,
}
