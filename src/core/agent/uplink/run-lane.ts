import type { Clock } from '../../lifecycle/clock.ts'
import type { Bell } from './bell.ts'
import type { Lane } from './lane.ts'

/** What a lane does, step by step. */
export interface LaneJob {
  /** When the next step is due by the monotonic clock; Infinity for: not until the bell rings. */
  dueAt(): number
  step(signal: AbortSignal): Promise<void>
}

/**
 * Takes step after step until the signal aborts. What fails (a disk that is full, for one) makes the lane wait like any
 * other failure, and ends nothing.
 */
export async function runLane(lane: Lane, job: LaneJob, clock: Clock, bell: Bell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const wait = Math.max(job.dueAt(), lane.not_before) - clock.monotonic()
      if (wait > 0) await bell.pause(wait, signal)
      else await job.step(signal)
    } catch (error) {
      lane.failed(error instanceof Error ? error.message : String(error))
    }
  }
}
