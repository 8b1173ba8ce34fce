import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../protocol/api-error.ts'
import {
  type FleetMetricList,
  FleetMetricListSchema,
  type FleetMetricsQuery,
  FleetMetricsQuerySchema,
  MAX_DEVICES_NAMED,
} from '../../protocol/metrics.ts'
import { readPeriod } from '../read-period.ts'
import { recordAccess } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** Readings of the whole fleet, for what takes them along; who looked is recorded first. */
export function addFleetMetricRoutes(app: FastifyInstance, { client: { store } }: Services): void {
  app.get<{ Querystring: FleetMetricsQuery & { limit: number } }>(
    '/api/v1/metrics',
    describeRoute({
      id: 'listFleetMetrics',
      summary: 'Readings of all devices, raw or by hour, day or month (UTC)',
      description:
        'What is there when the first page is asked for comes once in the pages, whatever is merged meanwhile (raw).',
      tag: 'devices',
      scope: 'viewer',
      reads: true,
      query: FleetMetricsQuerySchema,
      answer: FleetMetricListSchema,
    }),
    async (request): Promise<FleetMetricList> => {
      const { from, to, device_id, resolution = 'raw', ...query } = request.query
      const period = readPeriod({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
      const device_ids = device_id?.split(',').filter((id) => id !== '')
      if (device_ids !== undefined && device_ids.length > MAX_DEVICES_NAMED) {
        const problem = `names more than ${MAX_DEVICES_NAMED} devices`
        throw new ApiError('invalid_query', `device_id ${problem}`, { fields: [{ path: 'device_id', problem }] })
      }
      const page = await store.listFleetMetrics({
        ...query,
        ...period,
        resolution,
        ...(device_ids !== undefined && { device_ids }),
      })
      const { cursor: _, ...filter } = request.query
      await recordAccess(store, request, {
        action: 'metrics_viewed',
        resource_type: 'device',
        resource_id: null,
        details: { ...filter, readings: page.items.length },
      })
      return { resolution, metrics: [...page.items], next_cursor: page.next_cursor }
    },
  )
}
