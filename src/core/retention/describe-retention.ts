import type { RetentionState, RunState } from '../protocol/retention.ts'
import type { Store } from '../store/store.ts'
import type { Policy } from './policies.ts'

/** What is kept, how much of it there is, and how the last run went. */
export async function describeRetention(
  store: Store,
  policies: readonly Policy[],
  archive: string | null,
  run: RunState,
): Promise<RetentionState> {
  const [{ sources, waiting }, space] = await Promise.all([store.readRetentionSizes(), store.freeSpace()])
  const utc = (time: number | null) => (time === null ? null : new Date(time).toISOString())
  return {
    policies: [...policies],
    sources: sources.map(({ source, rows, oldest, newest }) => ({
      source,
      rows,
      oldest: utc(oldest),
      newest: utc(newest),
    })),
    waiting,
    database_bytes: space.total_bytes,
    free_bytes: space.free_bytes,
    archive,
    run,
  }
}
