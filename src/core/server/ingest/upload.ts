import type { BatchKind } from '../../protocol/batches.ts'

/** A batch as it came: bytes that nobody has looked into yet. */
export interface Upload {
  readonly kind: BatchKind
  /** As the token says; the body's agent_id is held against it. */
  readonly agent_id: string
  readonly body: Uint8Array<ArrayBuffer>
  /** Content-Encoding; null for none. */
  readonly content_encoding: string | null
  /** Content-Digest (RFC 9530) as sent; null for none. */
  readonly content_digest: string | null
  readonly received_at: number
  /** Clock of the agent less ours by the Sent-At header; null when it is not there or cannot be read. */
  readonly clock_offset_ms: number | null
  readonly ip_address: string | null
}

export interface IngestReply {
  readonly status: number
  /** `BatchAnswer` or `ErrorAnswer` as JSON text. */
  readonly body: string
  /** The code of an `ErrorAnswer`, `stored` or `repeated`: for counting and auditing. */
  readonly outcome: string
  readonly replayed: boolean
  /** Of the batch, where it got as far as the database. */
  readonly journal_id: string | null
  /** Items that this request brought and that are held; 0 for a repeat. */
  readonly readings: number
  readonly unpacked_bytes: number
}
