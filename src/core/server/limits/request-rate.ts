import { TokenBucket } from 'limiter'
import { LRUCache } from 'lru-cache'
import type { Principal } from '../auth/door.ts'

const MAX_CLIENTS = 100_000

/** A token bucket for each agent, and for each token that is of no agent. */
export interface RequestRate {
  /**
   * Takes one request; else the whole seconds after which there is room again, at least 1.
   * @param more what a request that was taken is worth beyond one; never more than the bucket holds is asked for
   */
  take(who: Client, more?: number): number | null
}

type Client = Pick<Principal, 'agent_id' | 'token_id'>

/** @param perSecond requests that a client may make for ever @param burst requests that it may make at once */
export function createRequestRate(perSecond: number, burst: number): RequestRate {
  const buckets = new LRUCache<string, TokenBucket>({ max: MAX_CLIENTS })
  return {
    take({ agent_id, token_id }, more) {
      const key = agent_id === null ? `token ${token_id}` : `agent ${agent_id}`
      const bucket = buckets.get(key) ?? fullBucket(burst, perSecond, 1000)
      buckets.set(key, bucket)
      // tried again it is one request and what it is worth beyond
      const worth = more === undefined ? 1 : Math.min(more, burst - 1)
      if (bucket.tryRemoveTokens(worth)) return null
      return secondsToWait(bucket, more === undefined ? 1 : worth + 1)
    },
  }
}

/** A bucket that begins full. */
export function fullBucket(size: number, tokensPerInterval: number, interval: number): TokenBucket {
  const bucket = new TokenBucket({ bucketSize: size, tokensPerInterval, interval })
  bucket.content = size
  return bucket
}

/** Whole seconds until the bucket has so many tokens, at least 1: what Retry-After takes. */
export function secondsToWait(bucket: TokenBucket, tokens = 1): number {
  return Math.max(1, Math.ceil(bucket.getWaitTime(tokens) / 1000))
}
