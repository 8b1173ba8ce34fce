import Type from 'typebox'
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
  journal_id: batch.journal_id,
  last_seq: batch.last_seq,
  store_id: batch.store_id,
})

const audit = AuditLogAnswerSchema.properties
export const LoggedSchema = Type.Object({ success: audit.success, received: audit.received })
