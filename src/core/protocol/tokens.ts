import Type from 'typebox'
import { agentId } from './agents.ts'
import { closed, nullable, nullableText, nullableUtcTime, text, utcTime } from './kinds.ts'

/** What a token opens. An admin may do what a viewer may. */
export const SCOPES = ['enrolment', 'agent', 'viewer', 'admin'] as const
export type Scope = (typeof SCOPES)[number]
const scope = (scopes: readonly Scope[]) => Type.Unsafe<Scope>({ type: 'string', enum: [...scopes] })

export const TokenSchema = Type.Object(
  {
    token_id: Type.String({ description: 'names the token without opening anything' }),
    scope: scope(SCOPES),
    site_id: Type.String(),
    name: nullableText(256, 'what it is for'),
    agent_id: nullableText(128, 'the agent that it belongs to, or that an enrolment token may take over'),
    created_at: utcTime(''),
    created_by: Type.String({ description: 'who made it' }),
    expires_at: nullableUtcTime('null for never'),
    max_uses: nullable<number>(
      { type: 'integer' },
      'registrations that an enrolment token allows; null for any number',
    ),
    uses: Type.Integer({ description: 'registrations made with it' }),
    revoked_at: nullableUtcTime(''),
    state: Type.Unsafe<'valid' | 'expired' | 'used_up' | 'revoked'>({
      type: 'string',
      enum: ['valid', 'expired', 'used_up', 'revoked'],
    }),
  },
  { ...closed, title: 'Token' },
)
export type Token = Type.Static<typeof TokenSchema>

export const CreateTokenRequestSchema = Type.Object(
  {
    scope: scope(['enrolment', 'viewer', 'admin']),
    name: Type.Optional(text(256, 'what it is for')),
    expires_in_seconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 315_360_000, description: 'left out: never' }),
    ),
    max_uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'enrolment tokens only' })),
    agent_id: Type.Optional(agentId),
  },
  { ...closed, title: 'CreateTokenRequest' },
)
export type CreateTokenRequest = Type.Static<typeof CreateTokenRequestSchema>

export const CreateTokenAnswerSchema = Type.Object(
  { ...TokenSchema.properties, token: Type.String({ description: 'shown this once' }) },
  { ...closed, title: 'CreatedToken' },
)
export type CreateTokenAnswer = Type.Static<typeof CreateTokenAnswerSchema>

export const TokenListSchema = Type.Object({ tokens: Type.Array(TokenSchema) }, { ...closed, title: 'TokenList' })
export type TokenList = Type.Static<typeof TokenListSchema>
