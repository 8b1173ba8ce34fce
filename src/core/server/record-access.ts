import type { FastifyRequest } from 'fastify'
import { v7 as makeUuid } from 'uuid'
import type { Actor, NewAuditEvent, Store } from '../store/store.ts'
import type { RefusedAction } from './route-about.ts'

/** Of an id that somebody sent and nobody has looked up. */
const MAX_NAMED_LENGTH = 128

export interface Access {
  readonly action: string
  readonly resource_type: string
  readonly resource_id: string | null
  readonly outcome?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Who asks, when and from where: a request, or a message on a socket. */
export type Asker = Pick<FastifyRequest, 'principal' | 'received_at' | 'arrived_at' | 'remote_address'> & {
  readonly routeOptions: { readonly url?: string | undefined }
}

/** Who is asking, for the audit log. */
export function actorOf(request: Asker): Actor {
  const { principal, remote_address } = request
  if (principal === null) return { type: 'server', id: 'server', ip_address: remote_address }
  return principal.agent_id === null
    ? { type: 'token', id: principal.token_id, ip_address: remote_address }
    : { type: 'agent', id: principal.agent_id, ip_address: remote_address }
}

/** Records what a request did or wanted, before it is answered. @throws StoreError */
export async function recordAccess(store: Store, request: Asker, access: Access): Promise<void> {
  const { principal, received_at } = request
  const event: NewAuditEvent = {
    event_id: makeUuid(),
    actor: actorOf(request),
    ...(principal !== null && { site_id: principal.site_id }),
    agent_id: principal?.agent_id ?? null,
    action: access.action,
    resource_type: access.resource_type,
    resource_id: access.resource_id,
    outcome: access.outcome ?? 'success',
    details: access.details ?? {},
    occurred_at: received_at,
    recorded_at: received_at,
  }
  await store.recordAudit([event])
}

/** Somebody wanted what the token does not open. @param refused as the route names it */
export function recordRefusal(
  store: Store,
  request: FastifyRequest,
  { action, resource_type, param }: RefusedAction,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const named = (request.params as Readonly<Record<string, string>>)[param]
  const resource_id = named?.slice(0, MAX_NAMED_LENGTH) ?? null
  return recordAccess(store, request, { action, resource_type, resource_id, outcome: 'denied', details })
}

/** An agent that speaks in the name of another one. @param claimed the other's id, as it was sent */
export function recordMismatch(store: Store, request: Asker, claimed: string | null): Promise<void> {
  return recordAccess(store, request, {
    action: 'agent_mismatch',
    resource_type: 'agent',
    resource_id: claimed?.slice(0, MAX_NAMED_LENGTH) ?? null,
    outcome: 'denied',
    details: { route: request.routeOptions.url ?? null },
  })
}
