import Type from 'typebox'
import { agentId } from './agents.ts'
import {
  closed,
  cursorQuery,
  limitQuery,
  nextCursor,
  nullableText,
  open,
  text,
  timestamp,
  utcTime,
  uuid,
} from './kinds.ts'

export const MAX_EVENTS_PER_BATCH = 1000

export const AuditEventSchema = Type.Object(
  {
    event_id: Type.Optional(uuid('of the event; left out, it is derived from agent, time and content')),
    agent_id: Type.Optional(agentId),
    action: Type.String({
      pattern: '^[a-z0-9][a-z0-9_.-]{0,63}$',
      description: 'device_discovered, scan_initiated ...',
    }),
    actor: Type.Optional(nullableText(128, 'who started it at the site: schedule, signal, command')),
    resource_type: Type.Optional(nullableText(64, 'device, agent, config')),
    resource_id: Type.Optional(nullableText(256, 'which one')),
    outcome: Type.Optional(nullableText(32, 'success, failure, denied')),
    details: Type.Optional(
      Type.Unsafe<Record<string, unknown> | null>({ type: ['object', 'null'], description: 'at most 16 KiB as JSON' }),
    ),
    timestamp: Type.Optional(timestamp('when it happened, by the clock of the agent')),
  },
  { ...open, title: 'AuditEvent' },
)
export type AuditEvent = Type.Static<typeof AuditEventSchema>

/** One event, or several of them under `events`. */
export const AuditLogRequestSchema = Type.Unsafe<AuditEvent | { events: AuditEvent[] }>({
  title: 'AuditLogRequest',
  description:
    'one event, or { "events": [...] }; each of them is checked as an AuditEvent, and named where it does not fit',
  type: 'object',
  properties: {
    ...AuditEventSchema.properties,
    events: { description: `up to ${MAX_EVENTS_PER_BATCH} events, in place of one` },
  },
  additionalProperties: true,
})

export const AuditEntrySchema = Type.Object(
  {
    seq: Type.Integer({ description: 'place in the hash chain' }),
    event_id: Type.String(),
    occurred_at: utcTime('by the clock of whoever did it'),
    recorded_at: utcTime('by the clock of the server'),
    site_id: Type.String(),
    actor_type: Type.String({ description: 'agent, token, local, server' }),
    actor: Type.String({ description: 'agent_id, token_id, user name on the machine' }),
    agent_id: nullableText(128, 'the agent it concerns'),
    action: Type.String(),
    resource_type: nullableText(64, ''),
    resource_id: nullableText(256, ''),
    outcome: Type.String({ description: 'success, failure, denied' }),
    ip_address: nullableText(64, 'where the request came from'),
    details: Type.Object({}, open),
    hash: Type.String({ description: 'SHA-256 over the hash before and the stored bytes of this entry, in hex' }),
  },
  { ...closed, title: 'AuditEntry' },
)
export type AuditEntry = Type.Static<typeof AuditEntrySchema>

export const AuditQuerySchema = Type.Object(
  {
    agent_id: Type.Optional(agentId),
    actor: Type.Optional(text(128, 'agent_id, token_id or user name')),
    action: Type.Optional(text(64, '')),
    resource: Type.Optional(
      Type.String({
        pattern: '^[^/]+(?:/.+)?$',
        maxLength: 321,
        description: 'TYPE or TYPE/ID, as in device or device/0199…; the type ends at the first slash',
      }),
    ),
    from: Type.Optional(text(64, 'RFC 3339, or a date: recorded_at at this moment or later')),
    to: Type.Optional(text(64, 'RFC 3339: recorded_at before this moment. A date means the whole day')),
    limit: limitQuery(1000, 100),
    cursor: cursorQuery,
  },
  closed,
)
export type AuditQuery = Type.Static<typeof AuditQuerySchema>

export const AuditListSchema = Type.Object(
  { entries: Type.Array(AuditEntrySchema), next_cursor: nextCursor },
  { ...closed, title: 'AuditList' },
)
export type AuditList = Type.Static<typeof AuditListSchema>

/** An entry exactly as it is stored: SHA-256 over the hash before and the bytes of `body` gives `hash`. */
export const StoredAuditEntrySchema = Type.Object(
  {
    seq: Type.Integer(),
    event_id: Type.String(),
    recorded_at: Type.Integer({ description: 'milliseconds since 1970' }),
    agent_id: nullableText(128, ''),
    actor: Type.String(),
    action: Type.String(),
    resource_type: nullableText(64, ''),
    resource_id: nullableText(256, ''),
    body: Type.String({ description: 'JSON, byte for byte as it was hashed' }),
    hash: Type.String({ description: 'SHA-256 in hex' }),
  },
  { ...closed, title: 'StoredAuditEntry' },
)
export type StoredAuditEntry = Type.Static<typeof StoredAuditEntrySchema>

export const AuditChainQuerySchema = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'behind the entry with this number' }),
    ),
    limit: limitQuery(1000, 1000),
  },
  closed,
)
export type AuditChainQuery = Type.Static<typeof AuditChainQuerySchema>

export const AuditChainSchema = Type.Object(
  { entries: Type.Array(StoredAuditEntrySchema) },
  { ...closed, title: 'AuditChain', description: 'oldest first; without entries at the end' },
)
export type AuditChain = Type.Static<typeof AuditChainSchema>

const signed = {
  body: Type.String({ description: 'JSON, byte for byte as it was signed' }),
  signature: Type.String({ description: 'Ed25519, in hex' }),
  public_key: Type.String({ description: 'PEM' }),
}
const SignedTextSchema = Type.Object(signed, closed)
const chainEnd = Type.Unsafe<{ seq: number; hash: string } | null>({
  type: ['object', 'null'],
  properties: { seq: { type: 'integer' }, hash: { type: 'string' } },
  description: 'null where what was written down of it is damaged',
})

export const AuditHeadSchema = Type.Object(
  {
    store_id: Type.String(),
    start: chainEnd,
    end: chainEnd,
    head: Type.Unsafe<Type.Static<typeof SignedTextSchema> | null>({
      ...SignedTextSchema,
      type: ['object', 'null'],
      description: 'the last entry, signed now; null where the server cannot use its key, and its log says why',
    }),
    stub: Type.Unsafe<{ body: string; signature: string; public_key: string } | null>({
      type: ['object', 'null'],
      properties: signed,
      description: 'stands for the entries that were let go; null while all are there',
    }),
  },
  { ...closed, title: 'AuditHead' },
)
export type AuditHead = Type.Static<typeof AuditHeadSchema>

export const AuditLogAnswerSchema = Type.Object(
  {
    success: Type.Boolean(),
    received: Type.Integer(),
    stored: Type.Integer({ description: 'those held now; events that were there already included' }),
    server_time: utcTime('now'),
  },
  { ...closed, title: 'AuditLogAnswer' },
)
export type AuditLogAnswer = Type.Static<typeof AuditLogAnswerSchema>
