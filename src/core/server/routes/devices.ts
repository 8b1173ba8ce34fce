import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../protocol/api-error.ts'
import {
  DeviceDetailSchema,
  type DeviceList,
  DeviceListSchema,
  type DevicesQuery,
  DevicesQuerySchema,
} from '../../protocol/devices.ts'
import { type MetricList, MetricListSchema, type MetricsQuery, MetricsQuerySchema } from '../../protocol/metrics.ts'
import { readMoment, readPeriod } from '../read-period.ts'
import { recordAccess } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** Devices and their readings, for people; who looked at what is recorded first. */
export function addDeviceRoutes(app: FastifyInstance, { client: { store } }: Services): void {
  for (const path of ['/api/v1/devices', '/api/v1/devices/list']) {
    app.get<{ Querystring: DevicesQuery & { limit: number } }>(
      path,
      describeRoute({
        id: path.endsWith('/list') ? 'listDevicesLong' : 'listDevices',
        summary: 'List devices: filter, sort, page by page',
        tag: 'devices',
        scope: 'viewer',
        reads: true,
        query: DevicesQuerySchema,
        answer: DeviceListSchema,
        hide: path.endsWith('/list'),
      }),
      async (request): Promise<DeviceList> => {
        const { seen_since, ...query } = request.query
        const since = seen_since === undefined ? undefined : readMoment('seen_since', seen_since)
        const page = await store.listDevices({ ...query, ...(since !== undefined && { seen_since: since }) })
        const { cursor: _, ...filter } = request.query
        await recordAccess(store, request, {
          action: 'devices_listed',
          resource_type: 'device',
          resource_id: null,
          details: { ...filter, devices: page.items.length },
        })
        return { devices: [...page.items], next_cursor: page.next_cursor }
      },
    )
  }
  app.get<{ Params: { device_id: string } }>(
    '/api/v1/devices/:device_id',
    describeRoute({
      id: 'getDevice',
      summary: 'Show one device: its identities, who has read it, its last reading',
      description: 'The id of a device that was merged into another finds that one.',
      tag: 'devices',
      scope: 'viewer',
      reads: true,
      param: 'device_id',
      answer: DeviceDetailSchema,
      errors: ['not_found'],
    }),
    async (request) => {
      const device = await store.findDevice(request.params.device_id)
      await recordAccess(store, request, {
        action: 'device_viewed',
        resource_type: 'device',
        resource_id: device?.device_id ?? request.params.device_id.slice(0, 256),
        outcome: device === null ? 'failure' : 'success',
      })
      if (device === null) throw new ApiError('not_found', 'no such device')
      return device
    },
  )
  app.get<{ Params: { device_id: string }; Querystring: MetricsQuery & { limit: number } }>(
    '/api/v1/devices/:device_id/metrics',
    describeRoute({
      id: 'listMetrics',
      summary: 'Readings of one device, oldest first, raw or by hour or day (UTC)',
      tag: 'devices',
      scope: 'viewer',
      reads: true,
      param: 'device_id',
      query: MetricsQuerySchema,
      answer: MetricListSchema,
      errors: ['not_found'],
    }),
    async (request): Promise<MetricList> => {
      const { from, to, resolution = 'raw', limit, cursor } = request.query
      const period = readPeriod({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
      const { device_id } = request.params
      const page = await store.listMetrics({
        device_id,
        resolution,
        limit,
        ...period,
        ...(cursor !== undefined && { cursor }),
      })
      await recordAccess(store, request, {
        action: 'metrics_viewed',
        resource_type: 'device',
        resource_id: page?.device_id ?? device_id.slice(0, 256),
        outcome: page === null ? 'failure' : 'success',
        details: { resolution, ...(from && { from }), ...(to && { to }), readings: page?.items.length ?? 0 },
      })
      if (page === null) throw new ApiError('not_found', 'no such device')
      return { device_id: page.device_id, resolution, metrics: [...page.items], next_cursor: page.next_cursor }
    },
  )
}
