import type { Clock } from '../lifecycle/clock.ts'

/** Somebody sleeps and somebody wakes him. A ring while nobody sleeps is not lost: the next sleep ends at once. */
export interface Doorbell {
  ring(): void
  /** Resolves after so many milliseconds, after a ring, or when the signal aborts. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** For one sleeper. */
export function createDoorbell(clock: Clock): Doorbell {
  let hasRung = false
  let wake: (() => void) | null = null
  return {
    ring() {
      hasRung = true
      wake?.()
    },
    async pause(milliseconds, signal) {
      if (!hasRung && !signal.aborted) {
        const ended = new AbortController()
        wake = () => ended.abort()
        signal.addEventListener('abort', wake)
        await clock.sleep(milliseconds, ended.signal)
        signal.removeEventListener('abort', wake)
        wake = null
      }
      hasRung = false
    },
  }
}
