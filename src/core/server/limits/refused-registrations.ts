import type { TokenBucket } from 'limiter'
import { LRUCache } from 'lru-cache'
import type { RegistrationOutcome } from '../../store/store.ts'
import { networkOf } from '../network-of.ts'
import { fullBucket, secondsToWait } from './request-rate.ts'

const MAX_CLIENTS = 10_000
const PER_MINUTE = 10
const MINUTE_MS = 60_000

interface Client {
  readonly bucket: TokenBucket
  last: Promise<unknown>
}

/** The store writes down every registration that it refuses: how many of them one client may cause. */
export interface RefusedRegistrations {
  /**
   * Registers, unless too many were refused with this token from this address: then it gives the seconds to wait.
   * One after the other, so that what is under way cannot slip past the count.
   */
  guard(
    token_id: string,
    address: string,
    register: () => Promise<RegistrationOutcome>,
  ): Promise<RegistrationOutcome | { readonly wait: number }>
}

export function createRefusedRegistrations(): RefusedRegistrations {
  const clients = new LRUCache<string, Client>({ max: MAX_CLIENTS })
  return {
    guard(token_id, address, register) {
      const key = `${token_id} ${networkOf(address)}`
      const client = clients.get(key) ?? {
        bucket: fullBucket(PER_MINUTE, PER_MINUTE, MINUTE_MS),
        last: Promise.resolve(),
      }
      clients.set(key, client)
      const { bucket } = client
      const answer = client.last.then(async () => {
        if (bucket.getWaitTime(1) > 0) return { wait: secondsToWait(bucket) }
        const outcome = await register()
        if (!('agent_id' in outcome)) bucket.tryRemoveTokens(1)
        return outcome
      })
      client.last = answer.catch(() => undefined)
      return answer
    },
  }
}
