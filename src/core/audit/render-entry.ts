import type { AuditEntry } from '../protocol/audit.ts'
import { utcText } from '../store/utc-text.ts'
import type { AuditBody } from './audit-body.ts'
import type { StoredEntry } from './chain.ts'

/** A stored entry in the words of the protocol. */
export function renderEntry(row: StoredEntry): AuditEntry {
  const body = JSON.parse(row.body) as AuditBody
  return {
    seq: row.seq,
    event_id: row.event_id,
    occurred_at: utcText(body.occurred_at),
    recorded_at: utcText(row.recorded_at),
    site_id: body.site_id,
    actor_type: body.actor_type,
    actor: row.actor,
    agent_id: row.agent_id,
    action: row.action,
    resource_type: row.resource_type,
    resource_id: row.resource_id,
    outcome: body.outcome,
    ip_address: body.ip_address,
    details: body.details as AuditEntry['details'],
    hash: Buffer.from(row.hash).toString('hex'),
  }
}
