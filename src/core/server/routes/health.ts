import type { FastifyInstance } from 'fastify'
import { type Health, HealthSchema, type Ready, ReadySchema } from '../../protocol/health.ts'
import type { StoreCounts } from '../../store/store.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

const PATIENCE_MS = 2000

/** For load balancers and watchdogs. Nobody needs a token for these, so that all who ask at one time share one question. */
export function addHealthRoutes(app: FastifyInstance, services: Services): void {
  const { started_at, heartbeats, writes, now } = services
  const count = shareCount(services)
  app.get(
    '/healthz',
    describeRoute({
      id: 'getHealth',
      summary: 'Whether the server works: the database is asked',
      tag: 'server',
      scope: null,
      answer: HealthSchema,
      failing: true,
    }),
    async (_request, reply) => {
      const works = (await count()) !== null
      const health: Health = {
        status: works ? 'ok' : 'failing',
        database: works ? 'connected' : 'unavailable',
        uptime: Math.max(0, Math.floor((now() - started_at) / 1000)),
      }
      return reply
        .code(works ? 200 : 503)
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(health))
    },
  )
  app.get(
    '/readyz',
    describeRoute({
      id: 'getReadiness',
      summary: 'Whether the server takes requests, and how many agents are active',
      tag: 'server',
      scope: null,
      answer: ReadySchema,
      failing: true,
    }),
    async (_request, reply) => {
      const counts = await count()
      const ready: Ready = {
        ready: counts !== null && writes.works && !heartbeats.isStuck && !services.closing,
        agents_connected: counts?.agents.active ?? 0,
      }
      return reply
        .code(ready.ready ? 200 : 503)
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(ready))
    },
  )
}

/** Asks the database, for `PATIENCE_MS` at most; null when it does not answer. */
function shareCount({ client, options, now }: Services): () => Promise<StoreCounts | null> {
  let asking: Promise<StoreCounts | null> | null = null
  return () => {
    asking ??= askWithin(client.store.count(options.offline_after_seconds * 1000, now())).finally(() => {
      asking = null
    })
    return asking
  }
}

async function askWithin<T>(answer: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, null)
  })
  const found = await Promise.race([answer.catch(() => null), patience])
  clearTimeout(timer)
  return found
}
