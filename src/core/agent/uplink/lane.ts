import type { Clock } from '../../lifecycle/clock.ts'
import { backOff } from './backoff.ts'
import type { LaneName, UplinkStatus } from './status.ts'

/** One kind of request, which goes on or waits apart from the others. */
export interface Lane {
  readonly name: LaneName
  /** By the monotonic clock: no sooner than this. */
  readonly not_before: number
  succeeded(): void
  /** @param asked_ms Retry-After; null where the server did not ask */
  failed(reason: string, asked_ms?: number | null): void
  /** Tries at once, as if nothing had failed. */
  reset(): void
}

export function createLane(name: LaneName, clock: Clock, random: () => number, status: UplinkStatus): Lane {
  let failures = 0
  let not_before = 0
  const reset = () => {
    failures = 0
    not_before = 0
  }
  return {
    name,
    get not_before() {
      return not_before
    },
    succeeded() {
      reset()
      status.succeeded(name)
    },
    failed(reason, asked_ms = null) {
      failures += 1
      not_before = clock.monotonic() + backOff(failures, asked_ms, random)
      status.failed(name, reason)
    },
    reset,
  }
}
