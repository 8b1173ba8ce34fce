import Type from 'typebox'
import {
  closed,
  cursorQuery,
  limitQuery,
  nextCursor,
  nullableText,
  nullableUtcTime,
  open,
  text,
  utcTime,
} from './kinds.ts'

export const ALERT_KINDS = ['agent_offline', 'device_offline', 'supply_low', 'supply_empty', 'device_error'] as const
export type AlertKind = (typeof ALERT_KINDS)[number]
export const ALERT_LEVELS = ['warning', 'critical'] as const
export type AlertLevel = (typeof ALERT_LEVELS)[number]

const kind = Type.Unsafe<AlertKind>({ type: 'string', enum: [...ALERT_KINDS] })
const severity = Type.Unsafe<AlertLevel>({ type: 'string', enum: [...ALERT_LEVELS] })

/** What wants somebody's attention, from when to when. */
export const AlertSchema = Type.Object(
  {
    alert_id: Type.String(),
    site_id: Type.String(),
    kind,
    severity,
    agent_id: nullableText(128, 'the agent it is about, or that reads the device'),
    device_id: nullableText(64, "the server's UUID of the device"),
    subject: nullableText(256, 'the supply, or the error'),
    message: Type.String({ description: 'one sentence for a person' }),
    opened_at: utcTime(''),
    closed_at: nullableUtcTime('null while it lasts'),
    acknowledged_at: nullableUtcTime(''),
    acknowledged_by: nullableText(256, ''),
    details: Type.Object({}, open),
  },
  { ...closed, title: 'Alert' },
)
export type Alert = Type.Static<typeof AlertSchema>

export const AlertsQuerySchema = Type.Object(
  {
    site_id: Type.Optional(text(64, 'only of this site')),
    agent_id: Type.Optional(text(128, '')),
    device_id: Type.Optional(text(64, '')),
    kind: Type.Optional(kind),
    severity: Type.Optional(severity),
    state: Type.Optional(
      Type.Unsafe<'open' | 'closed' | 'all'>({ type: 'string', enum: ['open', 'closed', 'all'], description: 'open' }),
    ),
    from: Type.Optional(text(64, 'RFC 3339, or a date: opened_at at this moment or later')),
    to: Type.Optional(text(64, 'RFC 3339: opened_at before this moment. A date means the whole day')),
    limit: limitQuery(1000, 200),
    cursor: cursorQuery,
  },
  closed,
)
export type AlertsQuery = Type.Static<typeof AlertsQuerySchema>

export const AlertListSchema = Type.Object(
  { alerts: Type.Array(AlertSchema, { description: 'newest first' }), next_cursor: nextCursor },
  { ...closed, title: 'AlertList' },
)
export type AlertList = Type.Static<typeof AlertListSchema>

export const DELIVERY_STATES = ['waiting', 'delivered', 'given_up'] as const

/** One word of an alert to one channel, and what became of it. */
export const AlertDeliverySchema = Type.Object(
  {
    channel: Type.String({ description: 'NAME of [alerts.NAME]' }),
    event: Type.Unsafe<'opened' | 'closed' | 'acknowledged'>({
      type: 'string',
      enum: ['opened', 'closed', 'acknowledged'],
    }),
    state: Type.Unsafe<(typeof DELIVERY_STATES)[number]>({ type: 'string', enum: [...DELIVERY_STATES] }),
    tries: Type.Integer(),
    created_at: utcTime(''),
    next_try_at: nullableUtcTime('while it waits'),
    delivered_at: nullableUtcTime(''),
    given_up_at: nullableUtcTime(''),
    last_error: nullableText(1024, 'why the last try failed; null once it is delivered'),
  },
  { ...closed, title: 'AlertDelivery' },
)
export type AlertDelivery = Type.Static<typeof AlertDeliverySchema>

export const AlertDeliveriesSchema = Type.Object(
  {
    alert_id: Type.String(),
    deliveries: Type.Array(AlertDeliverySchema, { description: 'oldest first; empty where no channel wanted it' }),
  },
  { ...closed, title: 'AlertDeliveries' },
)
export type AlertDeliveries = Type.Static<typeof AlertDeliveriesSchema>

export const AlertTestRequestSchema = Type.Object(
  { channel: text(64, 'NAME of [alerts.NAME]') },
  { ...closed, title: 'AlertTestRequest' },
)
export type AlertTestRequest = Type.Static<typeof AlertTestRequestSchema>

export const AlertTestAnswerSchema = Type.Object(
  {
    channel: Type.String(),
    delivered: Type.Boolean(),
    message: Type.String({ description: 'what came, or why nothing did' }),
  },
  { ...closed, title: 'AlertTestAnswer' },
)
export type AlertTestAnswer = Type.Static<typeof AlertTestAnswerSchema>
