import type { Store } from '../../src/core/store/store.ts'
import { NOW } from '../store/sample-batches.ts'

/** So many events, a millisecond apart. */
export function recordEvents(store: Store, count: number) {
  return store.recordAudit(
    Array.from({ length: count }, (_, i) => ({
      event_id: null,
      actor: { type: 'server', id: 'server', ip_address: null } as const,
      agent_id: null,
      action: 'tested',
      resource_type: 'test',
      resource_id: `number ${i}`,
      outcome: 'success',
      details: { i },
      occurred_at: NOW + i,
      recorded_at: NOW + i,
    })),
  )
}
