import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** The text that Prometheus scrapes. */
export function addPrometheusRoute(app: FastifyInstance, { instruments }: Services): void {
  const about = describeRoute({
    id: 'getMetrics',
    summary: 'Metrics of the server, as text for Prometheus',
    tag: 'server',
    scope: 'viewer',
    localIsOpen: true,
    answer: Type.String(),
    errors: ['overloaded'],
  })
  app.get('/metrics', about, async (_request, reply) => {
    const text = await instruments.render()
    return reply.type(instruments.contentType).send(text)
  })
}
