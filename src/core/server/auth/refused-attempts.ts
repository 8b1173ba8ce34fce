import type { TokenBucket } from 'limiter'
import { LRUCache } from 'lru-cache'
import { fullBucket, secondsToWait } from '../limits/request-rate.ts'
import { networkOf } from '../network-of.ts'

const MAX_ADDRESSES = 10_000
const MINUTE_MS = 60_000

interface Attempts {
  readonly bucket: TokenBucket
  blocked: boolean
}

export interface RefusedAttempts {
  /** Counts a refused token; else the seconds to wait, and whether the address was blocked only now. */
  count(address: string): { readonly wait: number; readonly begins: boolean } | null
}

/** @param perMinute refused tokens that an address may present in a minute */
export function createRefusedAttempts(perMinute: number): RefusedAttempts {
  const addresses = new LRUCache<string, Attempts>({ max: MAX_ADDRESSES })
  return {
    count(address) {
      const key = networkOf(address)
      const attempts = addresses.get(key) ?? { bucket: fullBucket(perMinute, perMinute, MINUTE_MS), blocked: false }
      addresses.set(key, attempts)
      const { bucket } = attempts
      bucket.drip()
      // one that goes on trying at the rate it is let through stays blocked, and is reported once
      if (bucket.content >= bucket.bucketSize) attempts.blocked = false
      if (bucket.tryRemoveTokens(1)) return null
      const begins = !attempts.blocked
      attempts.blocked = true
      return { wait: secondsToWait(bucket), begins }
    },
  }
}
