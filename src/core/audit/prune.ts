import type { Store } from '../store/store.ts'
import { signStub } from './head.ts'
import type { SigningKey } from './signing-key.ts'

const ENTRIES_OF_STEP = 1000

/**
 * Lets go of the oldest entries of before a moment, a short transaction's worth of them; a signed stub takes their place, so
 * that the chain still verifies. Gives how many went.
 * @throws StoreError
 */
export async function pruneAudit(store: Store, key: () => SigningKey, before: number, now: number): Promise<number> {
  const span = await store.readAuditSpan(before, ENTRIES_OF_STEP)
  if (span === null) return 0
  const { store_id } = await store.describe()
  const { to_seq, hash } = span
  const stub = signStub(key(), { store_id, to_seq, hash, at: new Date(now).toISOString() })
  return store.pruneAudit(stub)
}
