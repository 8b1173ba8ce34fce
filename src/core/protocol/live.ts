import Type, { type TSchema } from 'typebox'
import { AgentSchema, HeartbeatAnswerSchema, HeartbeatRequestSchema, RegisterRequestSchema } from './agents.ts'
import { AlertSchema } from './alerts.ts'
import { AuditEventSchema, MAX_EVENTS_PER_BATCH } from './audit.ts'
import { CommandSchema, CommandUpdateSchema } from './commands.ts'
import { DeviceSchema } from './devices.ts'
import { closed, nullableCount, open, text, utcTime } from './kinds.ts'

/** Paths of the upgrade; the second of each is the older agent's spelling. */
export const AGENT_SOCKET_PATHS = ['/ws/agent', '/api/v1/agents/ws'] as const
export const UI_SOCKET_PATHS = ['/ws/ui', '/api/ws/ui'] as const

/** Why a socket was closed: the code and what the other side does about it. */
export const CLOSE_CODES = {
  going_away: { code: 1001, why: 'The one side ends. Come back, after a random wait.' },
  too_large: { code: 1009, why: 'A message was larger than the limit.' },
  shutting_down: { code: 1012, why: 'The server is about to stop. Come back, after a random wait.' },
  invalid_message: { code: 4400, why: 'A message does not fit its schema, again and again.' },
  token_refused: {
    code: 4401,
    why: 'The token was revoked or has expired. Do as after the HTTP error of the same name.',
  },
  silent: { code: 4408, why: 'Nothing was heard for 90 seconds.' },
  replaced: { code: 4409, why: 'A newer connection of the same agent took its place. Do not come back by yourself.' },
  rate_limited: { code: 4429, why: 'Too many messages. Come back later.' },
  too_slow: { code: 4508, why: 'The messages that wait are more than the server keeps. Come back for a new snapshot.' },
} as const
export type CloseReason = keyof typeof CLOSE_CODES

/** Offered with every upgrade; a browser offers `TICKET_PREFIX` and its ticket besides. */
export const SUBPROTOCOL = 'printmaster'
export const TICKET_PREFIX = 'printmaster.ticket.'
export const TICKET_SECONDS = 30

export const TicketSchema = Type.Object(
  {
    ticket: Type.String({ description: `good for one upgrade; offered as the subprotocol ${TICKET_PREFIX}TICKET` }),
    expires_at: utcTime(`${TICKET_SECONDS} seconds from now`),
  },
  { ...closed, title: 'Ticket' },
)
export type Ticket = Type.Static<typeof TicketSchema>

/** Of the heartbeats and repeated hellos of one agent one in so many seconds counts; those in between are passed over. */
export const LEAST_HEARTBEAT_SECONDS = 10
/** Without a word, ping or pong for so long a connection is closed. */
export const SILENCE_SECONDS = 90
export const PING_SECONDS = 30
/** So many messages in a row that do not fit end the connection. */
export const MAX_INVALID_MESSAGES = 10
export const MAX_SOCKET_MESSAGE_BYTES = 256 * 1024

const id = Type.Optional(text(64, 'named by the sender where it wants an ack; the ack repeats it'))
const message = <T extends string, S extends TSchema>(type: T, data: S, description: string) =>
  Type.Object(
    { type: Type.Literal(type), id, data, timestamp: Type.Optional(text(64, 'RFC 3339, when it was sent')) },
    { ...open, description },
  )

export const HelloSchema = Type.Object(
  {
    ...RegisterRequestSchema.properties,
    ...HeartbeatRequestSchema.properties,
  },
  { ...open, description: 'who speaks, and how often it will' },
)

/** What an agent says. Each of them with an `id` is answered by `ack` or `error`. */
export const AGENT_MESSAGES = {
  hello: message('hello', HelloSchema, 'first of a connection; answered by welcome'),
  heartbeat: message('heartbeat', HeartbeatRequestSchema, 'answered by ack, with what the HTTP answer holds'),
  events: message(
    'events',
    Type.Object({ events: Type.Array(AuditEventSchema, { maxItems: MAX_EVENTS_PER_BATCH }) }, closed),
    'audit events; answered by ack once they are on disk',
  ),
  command_update: message(
    'command_update',
    CommandUpdateSchema,
    'progress or result; answered by ack once it is on disk',
  ),
} as const

/** What the server says to an agent. */
export const SERVER_MESSAGES = {
  welcome: message('welcome', HeartbeatAnswerSchema, 'answer to hello'),
  ack: message(
    'ack',
    Type.Object({ answer: Type.Optional(Type.Unsafe<unknown>({})) }, open),
    'the message of this id was taken; answer is what HTTP would have answered',
  ),
  error: message(
    'error',
    Type.Object({ code: Type.String(), message: Type.String(), details: Type.Optional(Type.Object({}, open)) }, closed),
    'the message of this id was not taken',
  ),
  command: message('command', CommandSchema, 'to be run once; sent again until its first update is heard'),
} as const

/** What a view says first. */
export const UiHelloSchema = message(
  'hello',
  Type.Object(
    { after_seq: Type.Optional(nullableCount('the last sequence number that it has; left out for a snapshot')) },
    open,
  ),
  'first of a connection',
)

const rows = {
  agents: Type.Array(AgentSchema),
  devices: Type.Array(DeviceSchema),
  alerts: Type.Array(AlertSchema),
}

/** What the server says to a view. */
export const UI_MESSAGES = {
  snapshot: message(
    'snapshot',
    Type.Object(
      {
        seq: Type.Integer({ description: 'changes up to this one are in it' }),
        ...rows,
        is_last: Type.Boolean({ description: 'a large snapshot comes in parts' }),
      },
      closed,
    ),
    'all there is, in parts',
  ),
  changes: message(
    'changes',
    Type.Object(
      {
        seq: Type.Integer({ description: 'the last change in it' }),
        ...rows,
        gone_devices: Type.Array(Type.String(), { description: 'device_id of those that were merged into others' }),
      },
      closed,
    ),
    'rows as they are now, each whole',
  ),
  alive: message('alive', Type.Object({ server_time: utcTime('now') }, closed), 'every 15 seconds without a change'),
} as const
