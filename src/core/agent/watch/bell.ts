import type { Clock } from '../../lifecycle/clock.ts'

/** A wait that can be cut short. */
export interface Bell {
  ring(): void
  /** Resolves after so many milliseconds, or as soon as the bell is rung; at once when it rang since the last wait. */
  wait(milliseconds: number): Promise<void>
}

export function createBell(clock: Clock): Bell {
  let rung = new AbortController()
  return {
    ring: () => rung.abort(),
    async wait(milliseconds) {
      await clock.sleep(milliseconds, rung.signal)
      if (rung.signal.aborted) rung = new AbortController()
    },
  }
}
