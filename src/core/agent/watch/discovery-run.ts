import type { PrintMasterError } from '../../model/error.ts'
import type { WatchOptions } from '../agent-options.ts'
import type { DiscoveryOrder, DiscoveryOutcome } from './discover.ts'

/** What somebody who wants all targets to be asked wants to know of it. */
export type DiscoveryFollower = Omit<DiscoveryOrder, 'part'>

/** A discovery that is running, and those who want to know of it. */
export interface DiscoveryRun {
  /** It asks all targets that config names now: who wants that may join it. */
  suits(options: WatchOptions): boolean
  /** Somebody waits for it who did not begin it. */
  readonly isJoined: boolean
  join(follower: DiscoveryFollower): void
  tellProgress(share: number): void
  tellEnd(outcome: DiscoveryOutcome | PrintMasterError): void
  /** Nothing of it is to come. */
  close(): void
  /** Resolves then. */
  readonly over: Promise<void>
}

/** @param options by which it began */
export function beginRun(options: WatchOptions, order: DiscoveryOrder): DiscoveryRun {
  const followers: DiscoveryFollower[] = [order]
  const { promise, resolve } = Promise.withResolvers<void>()
  let last = 0
  let isEnded = false
  return {
    suits: (now) => order.part === undefined && now === options && !isEnded,
    get isJoined() {
      return followers.length > 1
    },
    join(follower) {
      followers.push(follower)
      follower.onProgress?.(last)
    },
    tellProgress(share) {
      last = share
      for (const { onProgress } of followers) onProgress?.(share)
    },
    tellEnd(outcome) {
      isEnded = true
      for (const { onEnd } of followers) onEnd?.(outcome)
    },
    close() {
      isEnded = true
      resolve()
    },
    over: promise,
  }
}
