import Type from 'typebox'
import { closed, nullable, nullableText, nullableUtcTime, open, text, utcTime } from './kinds.ts'

/** What a server may ask of an agent: never anything beyond what the agent's own config lets it ask. */
export const COMMAND_KINDS = ['scan_now', 'read_device', 'reload_config', 'send_diagnostics'] as const
export type CommandKind = (typeof COMMAND_KINDS)[number]

/** Of one agent, that have not ended. */
export const MAX_OPEN_COMMANDS = 100
/** Of a result, as JSON. */
export const MAX_RESULT_CHARACTERS = 65_536
export const DEFAULT_COMMAND_SECONDS = 300
/** How long a command may wait to be begun. */
export const LEAST_COMMAND_SECONDS = 10
export const MOST_COMMAND_SECONDS = 86_400

/** `pending` until the agent has it, `sent`, `running` from its first update on; the rest are ends. */
export const COMMAND_STATES = ['pending', 'sent', 'running', 'succeeded', 'failed', 'refused', 'expired'] as const
export type CommandState = (typeof COMMAND_STATES)[number]

const kind = Type.Unsafe<CommandKind>({ type: 'string', enum: [...COMMAND_KINDS] })

/** `scan_now`: {targets?: string[]}, a part of its own; `read_device`: {ip, port?}; the others take none. */
const params = Type.Object(
  {
    targets: Type.Optional(
      Type.Array(text(256, 'as scan takes them; all have to lie within its own'), { maxItems: 256 }),
    ),
    ip: Type.Optional(text(64, 'address of a printer that it watches')),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  },
  closed,
)
export type CommandParams = Type.Static<typeof params>

export const CommandSchema = Type.Object(
  { command_id: Type.String(), kind, params, expires_at: utcTime('not begun after this') },
  { ...open, title: 'Command' },
)
export type Command = Type.Static<typeof CommandSchema>

export const CommandUpdateSchema = Type.Object(
  {
    command_id: Type.String({ maxLength: 64 }),
    state: Type.Unsafe<'running' | 'succeeded' | 'failed' | 'refused' | 'expired'>({
      type: 'string',
      enum: ['running', 'succeeded', 'failed', 'refused', 'expired'],
    }),
    percent: Type.Optional(nullable<number>({ type: 'integer' }, '0 to 100 while it runs')),
    message: Type.Optional(nullableText(2048, 'for a person')),
    result: Type.Optional(nullable<Record<string, unknown>>({ type: 'object' }, 'at most 64 KiB as JSON')),
  },
  { ...open, title: 'CommandUpdate' },
)
export type CommandUpdate = Type.Static<typeof CommandUpdateSchema>

export const CommandRequestSchema = Type.Object(
  {
    kind,
    params: Type.Optional(params),
    expires_in_seconds: Type.Optional(
      Type.Integer({
        minimum: LEAST_COMMAND_SECONDS,
        maximum: MOST_COMMAND_SECONDS,
        description: `${DEFAULT_COMMAND_SECONDS} unless told`,
      }),
    ),
  },
  { ...closed, title: 'CommandRequest' },
)
export type CommandRequest = Type.Static<typeof CommandRequestSchema>

export const CommandRecordSchema = Type.Object(
  {
    command_id: Type.String(),
    agent_id: Type.String(),
    site_id: Type.String(),
    kind,
    params,
    state: Type.Unsafe<CommandState>({ type: 'string', enum: [...COMMAND_STATES] }),
    created_at: utcTime(''),
    created_by: Type.String({ description: 'token_id, or user name on the machine' }),
    expires_at: utcTime('not begun after this'),
    sent_at: nullableUtcTime('handed to the agent last'),
    ended_at: nullableUtcTime(''),
    percent: nullable<number>({ type: 'integer' }, '0 to 100, as was told last; 100 of one that succeeded'),
    message: nullableText(2048, ''),
    result: nullable<Record<string, unknown>>({ type: 'object' }, ''),
  },
  { ...closed, title: 'CommandRecord' },
)
export type CommandRecord = Type.Static<typeof CommandRecordSchema>

export const CommandListSchema = Type.Object(
  { commands: Type.Array(CommandRecordSchema, { description: 'newest first' }) },
  { ...closed, title: 'CommandList' },
)
