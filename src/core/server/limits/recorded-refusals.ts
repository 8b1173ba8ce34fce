import type { TokenBucket } from 'limiter'
import { LRUCache } from 'lru-cache'
import { fullBucket } from './request-rate.ts'

const MAX_TOKENS = 10_000
const PER_HOUR = 10
const HOUR_MS = 3_600_000

/**
 * How much of what a token may not do is written into the audit log: enough to see that somebody tries, and not so much that
 * somebody who tries without end fills the log.
 */
export interface RecordedRefusals {
  /** Null for one that is only counted; else how many were only counted since the last that was written. */
  take(token_id: string): { readonly unrecorded: number } | null
}

export function createRecordedRefusals(): RecordedRefusals {
  const tokens = new LRUCache<string, { readonly bucket: TokenBucket; unrecorded: number }>({ max: MAX_TOKENS })
  return {
    take(token_id) {
      const token = tokens.get(token_id) ?? { bucket: fullBucket(PER_HOUR, PER_HOUR, HOUR_MS), unrecorded: 0 }
      tokens.set(token_id, token)
      if (!token.bucket.tryRemoveTokens(1)) {
        token.unrecorded += 1
        return null
      }
      const { unrecorded } = token
      token.unrecorded = 0
      return { unrecorded }
    },
  }
}
