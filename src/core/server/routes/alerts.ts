import type { FastifyInstance } from 'fastify'
import {
  type AlertDeliveries,
  AlertDeliveriesSchema,
  type AlertList,
  AlertListSchema,
  AlertSchema,
  type AlertsQuery,
  AlertsQuerySchema,
  type AlertTestAnswer,
  AlertTestAnswerSchema,
  type AlertTestRequest,
  AlertTestRequestSchema,
} from '../../protocol/alerts.ts'
import { ApiError } from '../../protocol/api-error.ts'
import { readPeriod } from '../read-period.ts'
import { actorOf, recordAccess } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** What wants attention, and that somebody has seen it. The store records who. */
export function addAlertRoutes(app: FastifyInstance, { client: { store }, alerts, bell, now }: Services): void {
  app.get<{ Querystring: AlertsQuery & { limit: number } }>(
    '/api/v1/alerts',
    describeRoute({
      id: 'listAlerts',
      summary: 'List alerts, newest first: the open ones unless told otherwise',
      tag: 'alerts',
      scope: 'viewer',
      reads: true,
      query: AlertsQuerySchema,
      answer: AlertListSchema,
    }),
    async ({ query }): Promise<AlertList> => {
      const { from, to, state = 'open', ...filter } = query
      const period = readPeriod({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
      const { items, next_cursor } = await store.listAlerts({ ...filter, ...period, state })
      return { alerts: [...items], next_cursor }
    },
  )
  app.get<{ Params: { alert_id: string } }>(
    '/api/v1/alerts/:alert_id/deliveries',
    describeRoute({
      id: 'listAlertDeliveries',
      summary: 'What became of telling each channel of an alert',
      tag: 'alerts',
      scope: 'viewer',
      reads: true,
      param: 'alert_id',
      answer: AlertDeliveriesSchema,
      errors: ['not_found'],
    }),
    async ({ params: { alert_id } }): Promise<AlertDeliveries> => {
      const deliveries = await store.listDeliveries(alert_id)
      if (deliveries === null) throw new ApiError('not_found', 'no such alert')
      return { alert_id, deliveries: [...deliveries] }
    },
  )
  app.post<{ Params: { alert_id: string } }>(
    '/api/v1/alerts/:alert_id/acknowledge',
    describeRoute({
      id: 'acknowledgeAlert',
      summary: 'Say that somebody has seen an alert',
      description: 'Once: who was first stays. The alert stays open until what it is about is over.',
      tag: 'alerts',
      scope: 'admin',
      refused: { action: 'alert_acknowledgement_refused', resource_type: 'alert', param: 'alert_id' },
      param: 'alert_id',
      answer: AlertSchema,
      errors: ['not_found'],
    }),
    async (request) => {
      const { alert_id } = request.params
      const alert = await store.acknowledgeAlert(alert_id, actorOf(request), alerts.channels, now())
      if (alert === null) throw new ApiError('not_found', 'no such alert')
      alerts.pokeDeliveries()
      bell.ring()
      return alert
    },
  )
  app.post<{ Body: AlertTestRequest }>(
    '/api/v1/alerts/test',
    describeRoute({
      id: 'testAlertChannel',
      summary: 'Send a test through one channel, once, and say what came',
      tag: 'alerts',
      scope: 'admin',
      body: AlertTestRequestSchema,
      answer: AlertTestAnswerSchema,
    }),
    async (request): Promise<AlertTestAnswer> => {
      const { channel } = request.body
      const outcome = await alerts.test(channel)
      if (outcome === null) throw refuseChannel(alerts.channels)
      await recordAccess(store, request, {
        action: 'alert_channel_tested',
        resource_type: 'alert_channel',
        resource_id: channel,
        outcome: outcome.delivered ? 'success' : 'failure',
      })
      return { channel, ...outcome }
    },
  )
}

function refuseChannel(channels: readonly string[]): ApiError {
  const known = channels.length === 0 ? 'it has none' : `it has ${channels.join(', ')}`
  const problem = `is no channel of the server's config ([alerts.NAME]); ${known}`
  return new ApiError('invalid_body', 'the body does not fit', { fields: [{ path: '/channel', problem }] })
}
