import type { AuditHead } from '../protocol/audit.ts'
import type { Store } from '../store/store.ts'
import { CHAIN_START } from './chain.ts'
import { signHead } from './head.ts'
import type { SigningKey } from './signing-key.ts'

/** Where the audit log begins and ends, its end signed. @throws StoreError */
export async function describeHead(store: Store, key: SigningKey, now: number): Promise<AuditHead> {
  const [{ store_id }, ends] = await Promise.all([store.describe(), store.readAuditEnds()])
  const { seq, hash } = ends.end ?? { seq: 0, hash: Buffer.from(CHAIN_START).toString('hex') }
  return { store_id, ...ends, head: signHead(key, { store_id, seq, hash, at: new Date(now).toISOString() }) }
}
