import { TokenBucket } from 'limiter'
import { LRUCache } from 'lru-cache'

const MAX_AGENTS = 100_000

/** A token bucket for each agent. */
export interface AgentRate {
  /** Takes one request of the agent; else the whole seconds after which there is room again, at least 1. */
  take(agent_id: string): number | null
}

/** @param perSecond requests that an agent may make for ever @param burst requests that it may make at once */
export function createAgentRate(perSecond: number, burst: number): AgentRate {
  const buckets = new LRUCache<string, TokenBucket>({ max: MAX_AGENTS })
  return {
    take(agent_id) {
      const bucket = buckets.get(agent_id) ?? fullBucket(burst, perSecond, 1000)
      buckets.set(agent_id, bucket)
      return bucket.tryRemoveTokens(1) ? null : secondsToWait(bucket)
    },
  }
}

/** A bucket that begins full. */
export function fullBucket(size: number, tokensPerInterval: number, interval: number): TokenBucket {
  const bucket = new TokenBucket({ bucketSize: size, tokensPerInterval, interval })
  bucket.content = size
  return bucket
}

/** Whole seconds until the bucket has one token, at least 1: what Retry-After takes. */
export function secondsToWait(bucket: TokenBucket): number {
  return Math.max(1, Math.ceil(bucket.getWaitTime(1) / 1000))
}
