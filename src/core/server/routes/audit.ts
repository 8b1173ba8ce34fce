import type { FastifyInstance } from 'fastify'
import {
  type AuditEvent,
  type AuditList,
  AuditListSchema,
  type AuditLogAnswer,
  AuditLogAnswerSchema,
  AuditLogRequestSchema,
  type AuditQuery,
  AuditQuerySchema,
} from '../../protocol/audit.ts'
import type { AuditFilter } from '../../store/store.ts'
import { MAX_AUDIT_BYTES } from '../limits/http-limits.ts'
import { readPeriod } from '../read-period.ts'
import { recordAccess } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'
import { takeEvents } from '../take-events.ts'

/** Agents' own events, and what anybody did. */
export function addAuditRoutes(app: FastifyInstance, services: Services): void {
  const { store } = services.client
  app.post<{ Body: AuditEvent | { events: unknown } }>(
    '/api/v1/audit/log',
    describeRoute({
      id: 'logAuditEvents',
      summary: 'Record what happened at an agent',
      description: 'The agent of the token is the actor. An event_id that is there already changes nothing.',
      tag: 'audit',
      scope: 'agent',
      body: AuditLogRequestSchema,
      body_limit: MAX_AUDIT_BYTES,
      answer: AuditLogAnswerSchema,
      errors: ['invalid_items', 'too_many_items'],
    }),
    (request): Promise<AuditLogAnswer> => takeEvents(request, request.body, services),
  )
  app.get<{ Querystring: AuditQuery & { limit: number } }>(
    '/api/v1/audit',
    describeRoute({
      id: 'listAudit',
      summary: 'Read the audit log, newest first',
      tag: 'audit',
      scope: 'admin',
      reads: true,
      query: AuditQuerySchema,
      answer: AuditListSchema,
    }),
    async (request): Promise<AuditList> => {
      const { from, to, resource, ...query } = request.query
      const period = readPeriod({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
      const page = await store.listAudit({ ...query, ...readResource(resource), ...period })
      const { cursor: _, ...filter } = request.query
      await recordAccess(store, request, {
        action: 'audit_viewed',
        resource_type: 'audit',
        resource_id: null,
        details: { ...filter, entries: page.items.length },
      })
      return { entries: [...page.items], next_cursor: page.next_cursor }
    },
  )
}

/** `TYPE` or `TYPE/ID`. */
function readResource(resource: string | undefined): Pick<AuditFilter, 'resource_type' | 'resource_id'> {
  if (resource === undefined) return {}
  const slash = resource.indexOf('/')
  if (slash < 0) return { resource_type: resource }
  return { resource_type: resource.slice(0, slash), resource_id: resource.slice(slash + 1) }
}
