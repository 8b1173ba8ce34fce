import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../protocol/api-error.ts'
import {
  type ArchiveJob,
  ArchiveJobSchema,
  type ArchiveList,
  ArchiveListSchema,
  type ArchivesQuery,
  ArchivesQuerySchema,
  PolicyListSchema,
  type RestoreRequest,
  RestoreRequestSchema,
  type RetentionPlan,
  RetentionPlanSchema,
  type RetentionState,
  RetentionStateSchema,
  type RunState,
  RunStateSchema,
  type SetPolicy,
  SetPolicySchema,
} from '../../protocol/retention.ts'
import { type ArchiveTask, renderArchive } from '../../retention/archive-jobs.ts'
import { describeRetention } from '../../retention/describe-retention.ts'
import { MOST_PLANNED, planRetention } from '../../retention/plan-retention.ts'
import { type PolicyChange, setPolicy } from '../../retention/set-policy.ts'
import type { Actor } from '../../store/store.ts'
import { readPeriod } from '../read-period.ts'
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
      summary: 'What is kept how long, how much of it there is, how the last run went, what the next one would do',
      tag: 'server',
      scope: 'admin',
      reads: true,
      answer: RetentionStateSchema,
    }),
    async (): Promise<RetentionState> =>
      describeRetention(store, await retention.policies(), retention.place(), retention.state(), now()),
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
    async (): Promise<RetentionPlan> =>
      planRetention(store, {
        policies: await retention.policies(),
        now: now(),
        archives: retention.place() !== null,
        most: MOST_PLANNED,
      }),
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
    async (request): Promise<PolicyChange> => {
      const done = await setPolicy(store, options.retention, request.body, actorOf(request), now())
      if (typeof done === 'string') throw new ApiError('invalid_body', done)
      return done
    },
  )
  addArchiveRoutes(app, services)
}

function addArchiveRoutes(app: FastifyInstance, { archives, client, now, retention }: Services): void {
  const start = (task: ArchiveTask, actor: Actor): ArchiveJob => {
    if (retention.place() === null) throw new ApiError('not_found', '[retention] archive = none: there are no archives')
    archives.start(task, actor)
    return archives.state()
  }
  app.get<{ Querystring: ArchivesQuery & { limit: number } }>(
    '/api/v1/retention/archives',
    describeRoute({
      id: 'listArchives',
      summary: 'The files that rows went to before they were deleted',
      tag: 'server',
      scope: 'admin',
      reads: true,
      query: ArchivesQuerySchema,
      answer: ArchiveListSchema,
    }),
    async ({ query }): Promise<ArchiveList> => {
      const page = await client.store.listArchives(null, query.after ?? 0, query.limit)
      return { archives: page.map(renderArchive) }
    },
  )
  app.get(
    '/api/v1/retention/archives/job',
    describeRoute({
      id: 'readArchiveJob',
      summary: 'How far it is to verify archives or to restore readings, or how the last time went',
      tag: 'server',
      scope: 'admin',
      answer: ArchiveJobSchema,
    }),
    async (): Promise<ArchiveJob> => archives.state(),
  )
  app.post(
    '/api/v1/retention/archives/verify',
    describeRoute({
      id: 'verifyArchives',
      summary: 'Read every archive from end to end, or learn how far the job is that goes on already',
      tag: 'server',
      scope: 'admin',
      status: 202,
      answer: ArchiveJobSchema,
      errors: ['not_found'],
    }),
    async (request, reply): Promise<ArchiveJob> => {
      reply.code(202)
      return start({ kind: 'verify' }, actorOf(request))
    },
  )
  app.post<{ Body: RestoreRequest }>(
    '/api/v1/retention/archives/restore',
    describeRoute({
      id: 'restoreArchives',
      summary: 'Bring the readings of a span back for a while, or learn how far the job is that goes on already',
      tag: 'server',
      scope: 'admin',
      status: 202,
      body: RestoreRequestSchema,
      answer: ArchiveJobSchema,
      errors: ['not_found'],
    }),
    async (request, reply): Promise<ArchiveJob> => {
      const { from, to, keep_seconds } = request.body
      const span = readPeriod({ from, to }, 'invalid_body') as { from: number; to: number }
      reply.code(202)
      return start({ kind: 'restore', ...span, until: now() + keep_seconds * 1000 }, actorOf(request))
    },
  )
}
