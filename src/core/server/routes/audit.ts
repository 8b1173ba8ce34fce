import type { FastifyInstance } from 'fastify'
import type { AuditBody } from '../../audit/audit-body.ts'
import type { StoredEntry } from '../../audit/chain.ts'
import { describeEnds, signEnd } from '../../audit/describe-head.ts'
import { openSigningKey, signingKeyPath } from '../../audit/signing-key.ts'
import { PrintMasterError } from '../../model/error.ts'
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
export function addAuditChainRoutes(app: FastifyInstance, { client: { store }, options, now, log }: Services): void {
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
      // who follows the log asks every second: that he looked is told with what there was to see, and not for itself.
      // Nor for the look of another who follows: two of them would record each other for good
      const isNews = entries.some((entry) => !isLook(entry, id))
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
      description: 'It holds a number and a hash, and nothing of what somebody did: asking for it is not recorded.',
      tag: 'audit',
      scope: 'admin',
      answer: AuditHeadSchema,
    }),
    async (): Promise<AuditHead> => {
      const ends = await describeEnds(store)
      try {
        const key = openSigningKey(options.audit_key ?? signingKeyPath(options.database))
        return { ...ends, head: signEnd(key, ends, now()) }
      } catch (error) {
        if (!(error instanceof PrintMasterError)) throw error
        // without a key the chain can still be read, and held against what was signed before
        log.error({ err: error }, 'the head of the audit log cannot be signed')
        return { ...ends, head: null }
      }
    },
  )
}

/** True for an entry of somebody who looked at the chain, and for any look of the one who asks. */
function isLook({ action, actor, body }: StoredEntry, asker: string): boolean {
  if (action !== 'audit_viewed') return false
  if (actor === asker) return true
  try {
    const said = JSON.parse(body) as AuditBody | null
    // an agent may record whatever it likes under this name
    return said?.actor_type !== 'agent' && said?.details?.chain === true
  } catch {
    // somebody changed it: whoever verifies the log is to get it as it is
    return false
  }
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
