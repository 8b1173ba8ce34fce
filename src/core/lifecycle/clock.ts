import { setTimeout as wait } from 'node:timers/promises'

/** The one source of time of what runs for long. Tests put another one in its place. */
export interface Clock {
  /** Milliseconds since 1970, UTC. May jump, forward and back. */
  now(): number
  /** Milliseconds since any moment. Goes forward only, whatever happens to `now`. */
  monotonic(): number
  /** Resolves after so many milliseconds of `monotonic`, or at once when the signal aborts. Never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }).catch(() => undefined),
}
