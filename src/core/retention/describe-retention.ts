import type { RetentionState, RunState } from '../protocol/retention.ts'
import type { Store } from '../store/store.ts'
import { utcTextOrNull } from '../store/utc-text.ts'
import { MOST_SHOWN, planRetention } from './plan-retention.ts'
import type { Policy } from './policies.ts'
import { readLastRun } from './read-last-run.ts'

/** What is kept, how much of it there is, how the last run went and what the next one would do. */
export async function describeRetention(
  store: Store,
  policies: readonly Policy[],
  archive: string | null,
  run: RunState,
  now: number,
): Promise<RetentionState> {
  const [{ sources, waiting }, space, last_run] = await Promise.all([
    store.readRetentionSizes(),
    store.freeSpace(),
    readLastRun(store),
  ])
  return {
    policies: [...policies],
    sources: sources.map(({ source, rows, oldest, newest }) => ({
      source,
      rows,
      oldest: utcTextOrNull(oldest),
      newest: utcTextOrNull(newest),
    })),
    waiting,
    database_bytes: space.total_bytes,
    free_bytes: space.free_bytes,
    archive,
    run,
    last_run,
    plan: await planRetention(store, { policies, now, archives: archive !== null, most: MOST_SHOWN, waiting }),
  }
}
