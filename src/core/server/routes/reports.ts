import type { FastifyInstance } from 'fastify'
import { type PagesQuery, PagesQuerySchema, type PagesReport, PagesReportSchema } from '../../protocol/retention.ts'
import { renderDevicePages } from '../../store/render-device-pages.ts'
import { utcText } from '../../store/utc-text.ts'
import { readPeriod } from '../read-period.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** What devices printed. */
export function addReportRoutes(app: FastifyInstance, { client: { store }, now }: Services): void {
  app.get<{ Querystring: PagesQuery & { limit: number } }>(
    '/api/v1/reports/pages',
    describeRoute({
      id: 'reportPages',
      summary: 'What each device counted between two moments, with what was corrected',
      description:
        'From readings, days and months alike. A page belongs to the reading that showed it: spans that follow each other add up.',
      tag: 'devices',
      scope: 'viewer',
      reads: true,
      query: PagesQuerySchema,
      answer: PagesReportSchema,
    }),
    async ({ query }): Promise<PagesReport> => {
      const { from: since, to: until, ...filter } = query
      const { from = 0, to = now() } = readPeriod({
        ...(since !== undefined && { from: since }),
        ...(until !== undefined && { to: until }),
      })
      const { items, next_cursor } = await store.listPages({ ...filter, from, to })
      return { from: utcText(from), to: utcText(to), devices: items.map(renderDevicePages), next_cursor }
    },
  )
}
