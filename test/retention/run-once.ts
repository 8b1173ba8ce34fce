import { join } from 'node:path'
import { openSigningKey } from '../../src/core/audit/signing-key.ts'
import { openDirectoryPlace } from '../../src/core/retention/archive/directory-place.ts'
import { listPolicies } from '../../src/core/retention/policies.ts'
import { DEFAULT_DAYS } from '../../src/core/retention/retention-options.ts'
import { runRetention } from '../../src/core/retention/run-retention.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'

/** A process of its own, to be killed: run-once.ts FILE DIRECTORY NOW runs retention once. */
const [file, directory, now] = process.argv.slice(2) as [string, string, string]
const days = { ...DEFAULT_DAYS, metrics_summary_days: 60, audit_log_days: 30 }
const store = openSqliteStore(file)
const run = {
  store,
  place: openDirectoryPlace(join(directory, 'archive')),
  policies: listPolicies({ ...days, hour: null, archive: null }, []),
  now: () => Number(now),
  monotonic: () => performance.now(),
  openAuditKey: () => openSigningKey(join(directory, 'key.pem')),
  signal: new AbortController().signal,
}
console.log('begun')
for await (const _event of runRetention(run));
await store.close()
