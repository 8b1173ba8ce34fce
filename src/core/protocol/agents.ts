import Type from 'typebox'
import {
  closed,
  cursorQuery,
  limitQuery,
  nextCursor,
  nullable,
  nullableCount,
  nullableNumber,
  nullableText,
  nullableUtcTime,
  open,
  text,
  timestamp,
  utcTime,
  uuid,
} from './kinds.ts'

export const PROTOCOL_VERSION = '1'

/** Paths below /agents, and who else acts in the audit log: no agent is called so. */
const RESERVED_NAMES = ['list', 'register', 'register-with-token', 'heartbeat', 'ws', 'server', 'local', 'system']

/** Agents name themselves: a UUID unless set. Nothing in it may need escaping in a path, a header or a log. */
export const agentId = Type.String({
  pattern: `^(?!(?:${RESERVED_NAMES.join('|')})$)[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`,
  description: 'made by the agent: a UUID unless set in its config',
})

const AGENT_FACTS = {
  name: Type.Optional(nullableText(256, 'what people call it')),
  agent_version: Type.Optional(nullableText(64, 'version of the agent program')),
  protocol_version: Type.Optional(nullableText(16, PROTOCOL_VERSION)),
  hostname: Type.Optional(nullableText(256, 'host name of the machine')),
  ip: Type.Optional(nullableText(64, 'address that the agent believes to have')),
  platform: Type.Optional(nullableText(64, 'linux, darwin, win32 ...')),
  os_version: Type.Optional(nullableText(128, 'version of the operating system')),
  architecture: Type.Optional(nullableText(32, 'x64, arm64 ...')),
}

/** Their names, which are names of columns as well. */
export const AGENT_FACT_NAMES = Object.keys(AGENT_FACTS) as readonly (keyof typeof AGENT_FACTS)[]

const AGENT_INTERVALS = {
  heartbeat_interval_seconds: Type.Optional(nullableCount('how often it will send a heartbeat')),
  upload_interval_seconds: Type.Optional(nullableCount('how often it will bring what it read')),
  discovery_interval_seconds: Type.Optional(nullableCount('how often it will look for printers')),
}

/** Their names, which are names of columns as well. */
export const AGENT_INTERVAL_NAMES = Object.keys(AGENT_INTERVALS) as readonly (keyof typeof AGENT_INTERVALS)[]

export const RegisterRequestSchema = Type.Object(
  {
    agent_id: Type.Optional(agentId),
    registration_key: Type.Optional(
      Type.String({
        minLength: 16,
        maxLength: 256,
        description:
          'random and journalled by the agent before it asks; the same key gives a fresh token of the same agent',
      }),
    ),
    ...AGENT_FACTS,
    ...AGENT_INTERVALS,
  },
  { ...open, title: 'RegisterRequest' },
)
export type RegisterRequest = Type.Static<typeof RegisterRequestSchema>

/** The older agent's path, which carries the enrolment token in the body. */
export const RegisterWithTokenRequestSchema = Type.Object(
  { ...RegisterRequestSchema.properties, token: text(256, 'enrolment token') },
  { ...open, title: 'RegisterWithTokenRequest' },
)

export const RegisterAnswerSchema = Type.Object(
  {
    success: Type.Boolean(),
    agent_id: Type.String(),
    site_id: Type.String(),
    token: Type.String({ description: 'the agent token; shown this once' }),
    agent_token: Type.String({ description: 'the same, under its older name' }),
    store_id: Type.String({ description: 'names the database behind the server' }),
    server_time: utcTime('now'),
    message: Type.String(),
  },
  { ...closed, title: 'RegisterAnswer' },
)
export type RegisterAnswer = Type.Static<typeof RegisterAnswerSchema>

export const HeartbeatRequestSchema = Type.Object(
  {
    agent_id: Type.Optional(agentId),
    timestamp: Type.Optional(timestamp('when it was sent, by the clock of the agent')),
    status: Type.Optional(nullableText(32, 'active')),
    ...AGENT_FACTS,
    ...AGENT_INTERVALS,
    uptime_seconds: Type.Optional(nullableNumber('of the agent process')),
    devices_count: Type.Optional(nullableCount('printers that it watches')),
    last_scan: Type.Optional(timestamp('when the last discovery ended')),
    memory_mb: Type.Optional(nullableNumber('resident memory')),
    cpu_percent: Type.Optional(nullableNumber('of one core, since the last heartbeat')),
    last_error: Type.Optional(nullableText(2048, 'what went wrong last')),
    queue_length: Type.Optional(nullableCount('readings not yet acknowledged')),
    queue_age_seconds: Type.Optional(nullableNumber('age of the oldest of them')),
    journal_id: Type.Optional(uuid('of the journal; the answer then tells its last_seq')),
  },
  { ...open, title: 'HeartbeatRequest' },
)
export type HeartbeatRequest = Type.Static<typeof HeartbeatRequestSchema>

export const HeartbeatAnswerSchema = Type.Object(
  {
    success: Type.Boolean(),
    agent_id: Type.String(),
    store_id: Type.String(),
    server_time: utcTime('now'),
    last_seq: Type.Optional(
      nullableCount('up to this sequence number journal_id is held without a gap; null when there is none'),
    ),
    other_journal: Type.Optional(
      Type.Boolean({
        description:
          'true while another machine brings another journal with the token of this agent: it runs twice, as a copy does',
      }),
    ),
  },
  { ...closed, title: 'HeartbeatAnswer' },
)
export type HeartbeatAnswer = Type.Static<typeof HeartbeatAnswerSchema>

export const AGENT_STATUSES = ['active', 'inactive', 'offline'] as const
export type AgentStatus = (typeof AGENT_STATUSES)[number]

export const AgentSchema = Type.Object(
  {
    agent_id: Type.String(),
    site_id: Type.String(),
    name: nullableText(256, 'what people call it'),
    status: Type.Unsafe<AgentStatus>({
      type: 'string',
      enum: [...AGENT_STATUSES],
      description: 'by what was heard of it last',
    }),
    reported_status: nullableText(32, 'what its last heartbeat that told one called it'),
    revoked: Type.Boolean({ description: 'its token was revoked' }),
    hostname: nullableText(256, 'host name of the machine'),
    ip: nullableText(64, 'address that it believes to have'),
    remote_address: nullableText(64, 'address that it was last heard from'),
    platform: nullableText(64, ''),
    os_version: nullableText(128, ''),
    architecture: nullableText(32, ''),
    agent_version: nullableText(64, ''),
    protocol_version: nullableText(16, ''),
    registered_at: utcTime('first registration'),
    status_since: nullableUtcTime('the status is what it is since then'),
    status_reason: nullableText(
      64,
      'why it is not active: disconnected, stopped, silent, no_heartbeat, no_scan, no_upload; null while it is',
    ),
    connection: nullable<'websocket' | 'http'>(
      { type: 'string', enum: ['websocket', 'http', null] } as never,
      'how it was heard last; null for never',
    ),
    last_seen: nullableUtcTime('last heartbeat or upload, by the clock of the server'),
    last_scan: nullableUtcTime('end of its last discovery'),
    last_upload: nullableUtcTime('last batch that was stored'),
    uptime_seconds: nullableNumber(''),
    memory_mb: nullableNumber(''),
    cpu_percent: nullableNumber(''),
    queue_length: nullableCount('readings that it had not brought yet'),
    queue_age_seconds: nullableNumber('age of the oldest of them'),
    last_error: nullableText(2048, 'what it said went wrong last'),
    clock_offset_ms: nullable<number>({ type: 'integer' }, 'its clock less ours; null until a heartbeat told its time'),
    devices_count: Type.Integer({ description: 'devices that it is the source of' }),
    reported_devices_count: nullableCount('printers that it says it watches'),
    metrics_count: Type.Integer({ description: 'readings that it brought' }),
  },
  { ...closed, title: 'Agent' },
)
export type Agent = Type.Static<typeof AgentSchema>

/** Characters of JSON that the keys beside those of the schema may have, in a registration or a heartbeat. */
export const MAX_OTHER_LENGTH = 16_384

const otherKeys = (description: string) => Type.Object({}, { ...open, description })

export const AgentDetailSchema = Type.Object(
  {
    ...AgentSchema.properties,
    other: otherKeys(
      'keys of its registration, and over them those of its last heartbeat with any, that no schema names',
    ),
  },
  { ...closed, title: 'AgentDetail' },
)
export type AgentDetail = Type.Static<typeof AgentDetailSchema>

/** The last heartbeat in each five minutes. */
export const AgentHealthSchema = Type.Object(
  {
    period_start: utcTime('the five minutes begin here'),
    received_at: utcTime('when the heartbeat came'),
    reported_status: nullableText(32, ''),
    reported_devices_count: nullableCount('printers that it said it watches'),
    uptime_seconds: nullableNumber(''),
    memory_mb: nullableNumber(''),
    cpu_percent: nullableNumber(''),
    queue_length: nullableCount(''),
    queue_age_seconds: nullableNumber(''),
    last_error: nullableText(2048, ''),
    clock_offset_ms: nullable<number>({ type: 'integer' }, 'its clock less ours; null when it did not tell its time'),
    other: otherKeys('keys of the heartbeat that no schema names'),
  },
  { ...closed, title: 'AgentHealth' },
)
export type AgentHealth = Type.Static<typeof AgentHealthSchema>

export const AgentHealthQuerySchema = Type.Object(
  {
    from: Type.Optional(text(64, 'RFC 3339 or a date; received_at at this moment or later')),
    to: Type.Optional(text(64, 'RFC 3339; received_at before this moment. A date means the whole day')),
    limit: limitQuery(1000, 288),
    cursor: cursorQuery,
  },
  closed,
)
export type AgentHealthQuery = Type.Static<typeof AgentHealthQuerySchema>

export const AgentHealthListSchema = Type.Object(
  {
    agent_id: Type.String(),
    health: Type.Array(AgentHealthSchema, { description: 'oldest first' }),
    next_cursor: nextCursor,
  },
  { ...closed, title: 'AgentHealthList' },
)
export type AgentHealthList = Type.Static<typeof AgentHealthListSchema>

export const AgentsQuerySchema = Type.Object(
  {
    site_id: Type.Optional(text(64, 'only of this site')),
    status: Type.Optional(Type.Unsafe<AgentStatus>({ type: 'string', enum: [...AGENT_STATUSES] })),
    limit: limitQuery(1000, 200),
    cursor: cursorQuery,
  },
  closed,
)
export type AgentsQuery = Type.Static<typeof AgentsQuerySchema>

export const AgentListSchema = Type.Object(
  { agents: Type.Array(AgentSchema), next_cursor: nextCursor },
  { ...closed, title: 'AgentList' },
)
export type AgentList = Type.Static<typeof AgentListSchema>
