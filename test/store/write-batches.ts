import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { at, NOW, newBatch, printer } from './sample-batches.ts'

/** A process of its own: write-batches.ts FILE AGENT_ID BATCHES stores batches of ten readings. */
const [file, agent_id, count] = process.argv.slice(2) as [string, string, string]
const store = openSqliteStore(file)
for (let i = 0; i < Number(count); i += 1) {
  const items = Array.from({ length: 10 }, (_, j) => printer(`SN${j}`, { sampled_at: at(NOW + i * 1000) }))
  const [outcome] = await store.ingestBatches([newBatch(agent_id, 'metrics', items)])
  if (outcome?.outcome !== 'stored' || outcome.duplicates !== 0) process.exitCode = 1
}
await store.close()
