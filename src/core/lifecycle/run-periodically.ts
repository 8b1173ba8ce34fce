import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Does `job` every `interval` milliseconds until the signal aborts, the first time one interval from now. The next pause
 * begins when the job is done, so that a slow one is never there twice. Does not keep the process alive.
 * @param job handles its own failures
 */
export async function runPeriodically(interval: number, signal: AbortSignal, job: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await sleep(interval, undefined, { signal, ref: false })
    } catch {
      return // aborted
    }
    await job()
  }
}
