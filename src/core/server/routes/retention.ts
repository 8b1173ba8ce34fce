import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../protocol/api-error.ts'
import {
  PolicyListSchema,
  type RetentionPlan,
  RetentionPlanSchema,
  type RetentionState,
  RetentionStateSchema,
  type RunState,
  RunStateSchema,
  type SetPolicy,
  SetPolicySchema,
} from '../../protocol/retention.ts'
import { describeRetention } from '../../retention/describe-retention.ts'
import { planRetention } from '../../retention/plan-retention.ts'
import { setPolicy } from '../../retention/set-policy.ts'
import { actorOf } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** What is kept how long, for admins. */
export function addRetentionRoutes(app: FastifyInstance, services: Services): void {
  const { retention, options, now } = services
  const { store } = services.client
  app.get(
    '/api/v1/retention',
    describeRoute({
      id: 'readRetention',
      summary: 'What is kept how long, how much of it there is, how the last run went',
      tag: 'server',
      scope: 'admin',
      reads: true,
      answer: RetentionStateSchema,
    }),
    async (): Promise<RetentionState> =>
      describeRetention(store, await retention.policies(), retention.place(), retention.state()),
  )
  app.get(
    '/api/v1/retention/plan',
    describeRoute({
      id: 'planRetention',
      summary: 'What the next run would do',
      tag: 'server',
      scope: 'admin',
      reads: true,
      answer: RetentionPlanSchema,
    }),
    async (): Promise<RetentionPlan> => planRetention(store, await retention.policies(), now()),
  )
  app.get(
    '/api/v1/retention/run',
    describeRoute({
      id: 'readRetentionRun',
      summary: 'How far a run is, or how the last one went',
      tag: 'server',
      scope: 'admin',
      answer: RunStateSchema,
    }),
    async (): Promise<RunState> => retention.state(),
  )
  app.post(
    '/api/v1/retention/run',
    describeRoute({
      id: 'runRetention',
      summary: 'Start a run, or learn how far the one is that goes on already',
      tag: 'server',
      scope: 'admin',
      status: 202,
      answer: RunStateSchema,
    }),
    async (request, reply): Promise<RunState> => {
      retention.start(actorOf(request))
      reply.code(202)
      return retention.state()
    },
  )
  app.post<{ Body: SetPolicy }>(
    '/api/v1/retention/policies',
    describeRoute({
      id: 'setRetentionPolicy',
      summary: 'Change how long one kind of data is kept, or take such a change back',
      tag: 'server',
      scope: 'admin',
      body: SetPolicySchema,
      answer: PolicyListSchema,
    }),
    async (request) => {
      const policies = await setPolicy(store, options.retention, request.body, actorOf(request), now())
      if (typeof policies === 'string') throw new ApiError('invalid_body', policies)
      return { policies }
    },
  )
}
