import type { ArchiveTask } from '../core/retention/archive-jobs.ts'
import { readDuration } from './read-duration.ts'
import { readPeriod } from './read-period.ts'

/** What the flags of `retention restore` ask for. @throws PrintMasterError bad_flag */
export function readRestoreTask(
  flags: { readonly from: string; readonly to: string; readonly keep: string },
  now: number,
): ArchiveTask & { kind: 'restore' } {
  const { from, to } = readPeriod(flags, now) as { from: number; to: number }
  return { kind: 'restore', from, to, until: now + readDuration(flags.keep, '--keep') * 1000 }
}
