import type { Clock } from '../../lifecycle/clock.ts'

/** Wakes whoever sleeps because something is different now. Sleepers look again at what they sleep for. */
export interface Bell {
  ring(): void
  /** Resolves after so many milliseconds (for ever with Infinity), when the bell rings, or when the signal aborts. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>
}

export function createBell(clock: Clock): Bell {
  const sleepers = new Set<() => void>()
  return {
    ring() {
      for (const wake of [...sleepers]) wake()
    },
    async pause(milliseconds, signal) {
      if (signal.aborted) return
      const controller = new AbortController()
      const wake = () => controller.abort()
      sleepers.add(wake)
      signal.addEventListener('abort', wake)
      if (milliseconds < Number.POSITIVE_INFINITY) await clock.sleep(milliseconds, controller.signal)
      else await new Promise((resolve) => controller.signal.addEventListener('abort', resolve))
      sleepers.delete(wake)
      signal.removeEventListener('abort', wake)
    },
  }
}
