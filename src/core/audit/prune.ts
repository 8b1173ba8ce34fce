import type { Store } from '../store/store.ts'
import { signStub } from './head.ts'
import type { SigningKey } from './signing-key.ts'

const ENTRIES_OF_STEP = 1000

/**
 * Lets go of the oldest entries, a short transaction's worth of them; a signed stub takes their place, so that the chain
 * still verifies. Gives how many went.
 * @param upto the number of the last one that may go
 * @throws StoreError
 */
export async function pruneAudit(store: Store, key: SigningKey, upto: number, now: number): Promise<number> {
  const entries = await store.readAuditChain(0, ENTRIES_OF_STEP)
  const span = entries.findLast(({ seq }) => seq <= upto)
  if (span === undefined) return 0
  const { store_id } = await store.describe()
  const hash = Buffer.from(span.hash).toString('hex')
  const stub = signStub(key, { store_id, to_seq: span.seq, hash, at: new Date(now).toISOString() })
  return store.pruneAudit(stub)
}
