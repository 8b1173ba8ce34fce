import type { FastifyInstance } from 'fastify'
import type { StoredEntry } from '../../audit/chain.ts'
import { describeHead } from '../../audit/describe-head.ts'
import { openSigningKey, signingKeyPath } from '../../audit/signing-key.ts'
import {
  type AuditChain,
  type AuditChainQuery,
  AuditChainQuerySchema,
  AuditChainSchema,
  type AuditEvent,
  type AuditHead,
  AuditHeadSchema,
  type AuditList,
  AuditListSchema,
  type AuditLogAnswer,
  AuditLogAnswerSchema,
  AuditLogRequestSchema,
  type AuditQuery,
  AuditQuerySchema,
  type StoredAuditEntry,
} from '../../protocol/audit.ts'
import type { AuditFilter } from '../../store/store.ts'
import { MAX_AUDIT_BYTES } from '../limits/http-limits.ts'
import { readPeriod } from '../read-period.ts'
import { actorOf, recordAccess } from '../record-access.ts'
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

/** What an auditor checks by himself: the chain as it is stored, and its end, signed. */
export function addAuditChainRoutes(app: FastifyInstance, { client: { store }, options, now }: Services): void {
  app.get<{ Querystring: AuditChainQuery & { limit: number } }>(
    '/api/v1/audit/chain',
    describeRoute({
      id: 'readAuditChain',
      summary: 'Read the audit log as it is stored, oldest first, to check it or to keep it',
      tag: 'audit',
      scope: 'admin',
      reads: true,
      query: AuditChainQuerySchema,
      answer: AuditChainSchema,
    }),
    async (request): Promise<AuditChain> => {
      const { after = 0, limit } = request.query
      const entries = await store.readAuditChain(after, limit)
      const { id } = actorOf(request)
      // who follows the log asks every second: that he looked is told with what there was to see, and not for itself
      const isNews = entries.some(({ action, actor }) => action !== 'audit_viewed' || actor !== id)
      if (!isNews && after > 0) return { entries: entries.map(renderStored) }
      await recordAccess(store, request, {
        action: 'audit_viewed',
        resource_type: 'audit',
        resource_id: null,
        details: { chain: true, after, entries: entries.length },
      })
      return { entries: entries.map(renderStored) }
    },
  )
  app.get(
    '/api/v1/audit/head',
    describeRoute({
      id: 'readAuditHead',
      summary: 'The last entry of the audit log, signed: kept elsewhere, it shows later that nothing was changed',
      tag: 'audit',
      scope: 'admin',
      answer: AuditHeadSchema,
    }),
    async (): Promise<AuditHead> =>
      describeHead(store, openSigningKey(options.audit_key ?? signingKeyPath(options.database)), now()),
  )
}

const renderStored = (entry: StoredEntry): StoredAuditEntry => ({
  ...entry,
  hash: Buffer.from(entry.hash).toString('hex'),
})

/** `TYPE` or `TYPE/ID`. */
function readResource(resource: string | undefined): Pick<AuditFilter, 'resource_type' | 'resource_id'> {
  if (resource === undefined) return {}
  const slash = resource.indexOf('/')
  if (slash < 0) return { resource_type: resource }
  return { resource_type: resource.slice(0, slash), resource_id: resource.slice(slash + 1) }
}
