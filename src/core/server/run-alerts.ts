import type { AlertKeeper } from '../alerts/keeper.ts'

/** Runs the keeper of the alerts until it is told to end, which it does soon. */
export function runAlerts(keeper: AlertKeeper): { close(): Promise<void> } {
  const stop = new AbortController()
  const done = keeper.run(stop.signal)
  return {
    async close() {
      stop.abort()
      await done
    },
  }
}
