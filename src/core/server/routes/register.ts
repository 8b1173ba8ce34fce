import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import {
  type RegisterAnswer,
  RegisterAnswerSchema,
  type RegisterRequest,
  RegisterRequestSchema,
  RegisterWithTokenRequestSchema,
} from '../../protocol/agents.ts'
import { ApiError } from '../../protocol/api-error.ts'
import type { RegistrationOutcome } from '../../store/store.ts'
import type { Principal } from '../auth/door.ts'
import { hashToken } from '../auth/hash-token.ts'
import { makeToken } from '../auth/make-token.ts'
import { checkOtherKeys } from '../check-other-keys.ts'
import { authenticate, checkRate, countRefusal } from '../gate.ts'
import { actorOf } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

type Refusal = Exclude<RegistrationOutcome['outcome'], 'registered' | 'repeated' | 'taken_over'>

const REFUSALS: Readonly<Record<Refusal, () => ApiError>> = {
  agent_exists: () =>
    new ApiError('agent_exists', 'another registration holds this agent_id; use an enrolment token that names it'),
  agent_revoked: () => new ApiError('token_revoked', 'this agent was revoked; use an enrolment token that names it'),
  agent_mismatch: () => new ApiError('agent_mismatch', 'the enrolment token names another agent'),
  token_expired: () =>
    new ApiError('token_expired', 'the life time of the enrolment token is over, or all its uses are'),
  token_revoked: () => new ApiError('token_revoked', 'the enrolment token was revoked'),
}

const MESSAGES = {
  registered: 'registered',
  repeated: 'registered before; the former token no longer opens anything',
  taken_over: 'taken over; the former token no longer opens anything',
} as const

/** Agents come in here: by an enrolment token in the header, or in the body as older agents send it. */
export function addRegisterRoutes(app: FastifyInstance, services: Services): void {
  const errors = ['agent_exists', 'agent_mismatch'] as const
  app.post<{ Body: RegisterRequest }>(
    '/api/v1/agents/register',
    describeRoute({
      id: 'registerAgent',
      summary: 'Register an agent',
      description:
        'The answer shows the agent token, once. Repeated with the same registration_key it gives a fresh token of the ' +
        'same agent, voids the former and spends no further use of the enrolment token. Other keys are kept, up to 16,384 ' +
        'characters of JSON.',
      tag: 'agents',
      scope: 'enrolment',
      body: RegisterRequestSchema,
      answer: RegisterAnswerSchema,
      errors,
    }),
    (request) => register(request, request.principal as Principal, request.body, services),
  )
  app.post<{ Body: RegisterRequest & { token: string } }>(
    '/api/v1/agents/register-with-token',
    describeRoute({
      id: 'registerAgentWithToken',
      summary: 'Register an agent, the enrolment token in the body',
      description: 'For agents that send it there.',
      tag: 'agents',
      scope: null,
      body: RegisterWithTokenRequestSchema,
      answer: RegisterAnswerSchema,
      errors: [
        ...errors,
        'token_unknown',
        'token_expired',
        'token_revoked',
        'scope_insufficient',
        'too_many_attempts',
        'store_unavailable',
      ],
    }),
    async (request) => {
      const { token, ...body } = request.body
      const principal = await authenticate(request, token, services, true)
      checkRate(principal, services)
      if (principal.scope !== 'enrolment') {
        throw new ApiError('scope_insufficient', 'this wants a token of scope enrolment', { needed: 'enrolment' })
      }
      return register(request, principal, body, services)
    },
  )
}

async function register(
  request: FastifyRequest,
  principal: Principal,
  body: RegisterRequest,
  services: Services,
): Promise<RegisterAnswer> {
  const { client, door, store_id, now, log, registrations, presence } = services
  checkOtherKeys(body, RegisterRequestSchema.properties)
  const token = makeToken('agent')
  const { registration_key } = body
  const registration = {
    enrolment_token_id: principal.token_id,
    registration_key_hash:
      registration_key === undefined ? null : new Uint8Array(createHash('sha256').update(registration_key).digest()),
    new_agent_id: randomUUID(),
    token_hash: hashToken(token),
    request: body,
  }
  const result = await registrations.guard(principal.token_id, request.remote_address, () =>
    client.store.registerAgent(registration, actorOf(request), now()),
  )
  if ('wait' in result) {
    const message = `too many refused registrations from this address; wait ${result.wait} s`
    throw new ApiError('too_many_attempts', message, { retry_after_seconds: result.wait })
  }
  if (!('agent_id' in result)) {
    const refusal = REFUSALS[result.outcome]()
    const isRefusedToken = refusal.code === 'token_expired' || refusal.code === 'token_revoked'
    throw isRefusedToken ? countRefusal(request, refusal, services) : refusal
  }
  await door.refresh()
  presence.registered()
  const { outcome, agent_id, site_id } = result
  log.info({ agent_id, outcome, address: request.remote_address }, 'agent registered')
  const server_time = new Date(now()).toISOString()
  return {
    success: true,
    agent_id,
    site_id,
    token,
    agent_token: token,
    store_id,
    server_time,
    message: MESSAGES[outcome],
  }
}
