import Type, { type Static } from 'typebox'
import { HeartbeatAnswerSchema, RegisterAnswerSchema } from '../../protocol/agents.ts'
import { AuditLogAnswerSchema } from '../../protocol/audit.ts'
import { BatchAnswerSchema } from '../../protocol/batches.ts'

/**
 * What an agent needs of an answer. An older server may say less besides, a newer one more; somebody else's answer, that of
 * a captive portal for one, does not fit.
 */
const register = RegisterAnswerSchema.properties
export const RegisteredSchema = Type.Object({
  success: register.success,
  agent_id: register.agent_id,
  token: Type.String({ pattern: '^[\\x21-\\x7e]{16,512}$' }),
  store_id: register.store_id,
})

const heartbeat = HeartbeatAnswerSchema.properties
export const HeardSchema = Type.Object({
  success: heartbeat.success,
  agent_id: heartbeat.agent_id,
  store_id: heartbeat.store_id,
  last_seq: heartbeat.last_seq,
  other_journal: heartbeat.other_journal,
})

const batch = BatchAnswerSchema.properties
export const StoredSchema = Type.Object({
  success: batch.success,
  received: batch.received,
  stored: Type.Optional(batch.stored),
  duplicates: Type.Optional(batch.duplicates),
  passed_over: Type.Optional(batch.passed_over),
  journal_id: batch.journal_id,
  last_seq: batch.last_seq,
  store_id: batch.store_id,
})

/**
 * Whether an answer to a batch speaks of all its items: each of them is held, or passed over for a reason. Anything else
 * is no receipt, whatever its status.
 */
export function accountsForAll({
  success,
  received,
  stored = received,
  duplicates = 0,
  passed_over = 0,
}: Static<typeof StoredSchema>): boolean {
  return success && stored + passed_over === received && duplicates >= 0 && duplicates <= stored && passed_over >= 0
}

const audit = AuditLogAnswerSchema.properties
export const LoggedSchema = Type.Object({ success: audit.success, received: audit.received })
