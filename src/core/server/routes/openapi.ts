import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { describeRoute } from '../route-about.ts'

const PATH = '/api/v1/openapi.json'

/** Collects every route that is added after it. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'PrintMaster',
        version: '1',
        description:
          'What agents send and what people read. Errors have one shape, {"error": {"code", "message", "details?"}}; each ' +
          'route lists the codes that it answers with.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'an enrolment, agent, viewer or admin token' },
        },
      },
      tags: ['agents', 'devices', 'alerts', 'audit', 'tokens', 'server'].map((name) => ({ name })),
    },
    transform: ({ schema, url, route }) => {
      const batch = route.config?.batch
      return { schema: batch === undefined ? schema : { ...schema, body: batch }, url }
    },
  })
}

/** The page itself, made once from the schemas that requests and answers are held against. */
export function addOpenApiRoute(app: FastifyInstance): void {
  let text: string | null = null
  const about = describeRoute({
    id: 'getOpenApi',
    summary: 'This page',
    tag: 'server',
    scope: 'viewer',
    answer: Type.Object({}, { additionalProperties: true }),
    errors: ['overloaded'],
  })
  app.get(PATH, about, async (_request, reply) => {
    text ??= JSON.stringify(app.swagger())
    return reply.type('application/json; charset=utf-8').send(text)
  })
}
