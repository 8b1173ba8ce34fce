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
