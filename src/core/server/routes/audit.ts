import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError, type FieldMistake } from '../../protocol/api-error.ts'
import {
  type AuditEvent,
  AuditEventSchema,
  type AuditList,
  AuditListSchema,
  type AuditLogAnswer,
  AuditLogAnswerSchema,
  AuditLogRequestSchema,
  type AuditQuery,
  AuditQuerySchema,
  MAX_EVENTS_PER_BATCH,
} from '../../protocol/audit.ts'
import { hideSecrets } from '../../protocol/other-keys.ts'
import { readTimestamp } from '../../protocol/read-timestamp.ts'
import type { AuditFilter, NewAuditEvent } from '../../store/store.ts'
import type { Principal } from '../auth/door.ts'
import { checkBody } from '../compile-schema.ts'
import { checkRate } from '../gate.ts'
import { MAX_AUDIT_BYTES } from '../limits/http-limits.ts'
import { readPeriod } from '../read-period.ts'
import { actorOf, recordAccess, recordMismatch } from '../record-access.ts'
import { describeRoute } from '../route-about.ts'
import type { Services } from '../services.ts'

/** So many events count as one more request of the agent. */
const EVENTS_WORTH_A_REQUEST = 100

/** Agents' own events, and what anybody did. */
export function addAuditRoutes(app: FastifyInstance, services: Services): void {
  const { store } = services.client
  const { now } = services
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
    async (request): Promise<AuditLogAnswer> => {
      const { agent_id, site_id } = request.principal as Principal
      const events = readEvents(request.body)
      const more = Math.floor(events.length / EVENTS_WORTH_A_REQUEST)
      if (more > 0) checkRate(request.principal as Principal, services, more)
      const claimed = [(request.body as { agent_id?: unknown }).agent_id, ...events.map((event) => event.agent_id)]
      const other = claimed.find((id) => id !== undefined && id !== agent_id)
      if (other !== undefined) {
        await recordMismatch(store, request, String(other))
        throw new ApiError('agent_mismatch', 'agent_id in the body is not the agent of the token')
      }
      await store.recordAudit(events.map((event) => toNewEvent(event, request, site_id)))
      const received = events.length
      return { success: true, received, stored: received, server_time: new Date(now()).toISOString() }
    },
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

/** @throws ApiError invalid_body for one event, invalid_items for a list of them, too_many_items */
function readEvents(body: AuditEvent | { events: unknown }): AuditEvent[] {
  if (!('events' in body)) {
    const result = checkBody(AuditEventSchema, body)
    if ('error' in result) throw result.error
    return [body as AuditEvent]
  }
  const { events } = body
  if (!Array.isArray(events) || events.length === 0) {
    const fields: FieldMistake[] = [{ path: '/events', problem: 'must be an array with at least one event' }]
    throw new ApiError('invalid_body', 'the body does not fit', { fields })
  }
  if (events.length > MAX_EVENTS_PER_BATCH) {
    const message = `at most ${MAX_EVENTS_PER_BATCH} events at one time; these are ${events.length}`
    throw new ApiError('too_many_items', message, { limit: MAX_EVENTS_PER_BATCH })
  }
  const items = events.flatMap((event, index) => {
    const result = checkBody(AuditEventSchema, event)
    return 'error' in result ? [{ index, mistakes: result.error.details?.fields }] : []
  })
  if (items.length > 0) {
    const message = `${items.length} of ${events.length} events do not fit; nothing was stored`
    throw new ApiError('invalid_items', message, { invalid: items.length, items })
  }
  return events
}

function toNewEvent(event: AuditEvent, request: FastifyRequest, site_id: string): NewAuditEvent {
  const { event_id, agent_id: _, action, resource_type, resource_id, outcome, details, timestamp, ...rest } = event
  const occurred_at = typeof timestamp === 'string' ? readTimestamp(timestamp) : null
  const unreadable = typeof timestamp === 'string' && occurred_at === null ? { timestamp } : {}
  // who started it there, and what a newer agent adds
  const said = { ...rest, ...unreadable }
  return {
    event_id: event_id?.toLowerCase() ?? null,
    actor: actorOf(request),
    site_id,
    agent_id: request.principal?.agent_id ?? null,
    action,
    resource_type: resource_type ?? null,
    resource_id: resource_id ?? null,
    outcome: outcome ?? 'success',
    details: hideSecrets({ ...details, ...(Object.keys(said).length > 0 && { event: said }) }),
    occurred_at: occurred_at ?? request.received_at,
    recorded_at: request.received_at,
  }
}
