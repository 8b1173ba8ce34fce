import type { FastifyInstance } from 'fastify'
import { ApiError, type FieldMistake } from '../../protocol/api-error.ts'
import {
  type CreateTokenAnswer,
  CreateTokenAnswerSchema,
  type CreateTokenRequest,
  CreateTokenRequestSchema,
  type TokenList,
  TokenListSchema,
  TokenSchema,
} from '../../protocol/tokens.ts'
import { hashToken } from '../auth/hash-token.ts'
import { makeToken } from '../auth/make-token.ts'
import { actorOf } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** Tokens, for admins. The store records who made and who revoked them. */
export function addTokenRoutes(app: FastifyInstance, { client: { store }, door, now }: Services): void {
  app.get(
    '/api/v1/tokens',
    describeRoute({
      id: 'listTokens',
      summary: 'List the tokens; none of them is shown',
      tag: 'tokens',
      scope: 'admin',
      reads: true,
      answer: TokenListSchema,
    }),
    async (): Promise<TokenList> => ({ tokens: await store.listTokens(now()) }),
  )
  app.post<{ Body: CreateTokenRequest }>(
    '/api/v1/tokens',
    describeRoute({
      id: 'createToken',
      summary: 'Make a token; the answer shows it, once',
      description: 'Agent tokens are made by registration alone.',
      tag: 'tokens',
      scope: 'admin',
      body: CreateTokenRequestSchema,
      status: 201,
      answer: CreateTokenAnswerSchema,
    }),
    async (request, reply): Promise<CreateTokenAnswer> => {
      const { scope, name, expires_in_seconds, max_uses, agent_id } = request.body
      checkEnrolmentOnly(request.body)
      if (scope === 'agent') throw new ApiError('invalid_body', 'agent tokens are made by registration')
      const token = makeToken(scope)
      const created_at = now()
      const fresh = {
        scope,
        hash: hashToken(token),
        name: name ?? null,
        agent_id: agent_id ?? null,
        expires_at: expires_in_seconds === undefined ? null : created_at + expires_in_seconds * 1000,
        max_uses: max_uses ?? null,
      }
      const created = await store.createToken(fresh, actorOf(request), created_at)
      await door.refresh()
      reply.code(201)
      return { ...created, token }
    },
  )
  app.delete<{ Params: { token_id: string } }>(
    '/api/v1/tokens/:token_id',
    describeRoute({
      id: 'revokeToken',
      summary: 'Revoke a token, for good',
      description: 'Revoking the token of an agent bars that agent until an enrolment token that names it is used.',
      tag: 'tokens',
      scope: 'admin',
      param: 'token_id',
      answer: TokenSchema,
      errors: ['not_found'],
    }),
    async (request) => {
      const token = await store.revokeToken(request.params.token_id, actorOf(request), now())
      if (token === null) throw new ApiError('not_found', 'no such token')
      await door.refresh()
      return token
    },
  )
}

/** @throws ApiError invalid_body */
function checkEnrolmentOnly(body: CreateTokenRequest): void {
  if (body.scope === 'enrolment') return
  const fields: FieldMistake[] = (['max_uses', 'agent_id'] as const)
    .filter((name) => body[name] !== undefined)
    .map((name) => ({ path: `/${name}`, problem: 'goes with the scope enrolment only' }))
  if (fields.length > 0) throw new ApiError('invalid_body', 'the body does not fit', { fields })
}
