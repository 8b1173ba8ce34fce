import type { AuditHead } from '../protocol/audit.ts'
import type { Store } from '../store/store.ts'
import { CHAIN_START } from './chain.ts'
import { type Signed, signHead } from './head.ts'
import type { SigningKey } from './signing-key.ts'

/** Where the audit log begins and ends, as it was written down beside it. */
export type LogEnds = Omit<AuditHead, 'head'>

/** The same, with its end signed. */
export interface SignedEnds extends LogEnds {
  readonly head: Signed
}

/** @throws StoreError */
export async function describeEnds(store: Store): Promise<LogEnds> {
  const [{ store_id }, ends] = await Promise.all([store.describe(), store.readAuditEnds()])
  return { store_id, ...ends }
}

/** The head of a log that ends there. */
export function signEnd(key: SigningKey, { store_id, end }: LogEnds, now: number): Signed {
  const { seq, hash } = end ?? { seq: 0, hash: Buffer.from(CHAIN_START).toString('hex') }
  return signHead(key, { store_id, seq, hash, at: new Date(now).toISOString() })
}

/** Where the audit log begins and ends, its end signed. @throws StoreError */
export async function describeHead(store: Store, key: SigningKey, now: number): Promise<SignedEnds> {
  const ends = await describeEnds(store)
  return { ...ends, head: signEnd(key, ends, now) }
}
