import type { Store } from '../core/store/store.ts'
import { describeUser } from './describe-user.ts'

/** Who reads the audit log of this machine's database is in it. @param details of what is read @throws StoreError */
export async function recordAuditView(store: Store, details: Readonly<Record<string, unknown>>): Promise<void> {
  const now = Date.now()
  await store.recordAudit([
    {
      event_id: null,
      actor: describeUser(),
      agent_id: null,
      action: 'audit_viewed',
      resource_type: 'audit',
      resource_id: null,
      outcome: 'success',
      details: JSON.parse(JSON.stringify(details)),
      occurred_at: now,
      recorded_at: now,
    },
  ])
}
