import type { ArchivePlace } from '../src/core/retention/archive/place.ts'
import { listPolicies } from '../src/core/retention/policies.ts'
import { DEFAULT_DAYS } from '../src/core/retention/retention-options.ts'
import type { RetentionRun } from '../src/core/retention/run-retention.ts'
import type { Store } from '../src/core/store/store.ts'

/** A run with the policies that a server has when nobody set any. @param now milliseconds: what is kept is counted from here */
export const retentionRun = (store: Store, place: ArchivePlace | null, now: number): RetentionRun => ({
  store,
  place,
  policies: listPolicies({ ...DEFAULT_DAYS, hour: null, archive: null }, []),
  now: () => now,
  monotonic: () => performance.now(),
  openAuditKey: null,
  signal: new AbortController().signal,
})
