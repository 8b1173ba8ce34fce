import type { FastifyRequest } from 'fastify'
import { v7 as makeUuid } from 'uuid'
import type { Actor, NewAuditEvent, Store } from '../store/store.ts'

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

/** An agent that speaks in the name of another one. @param claimed the other's id, as it was sent */
export function recordMismatch(store: Store, request: Asker, claimed: string | null): Promise<void> {
  return recordAccess(store, request, {
    action: 'agent_mismatch',
    resource_type: 'agent',
    resource_id: claimed?.slice(0, 128) ?? null,
    outcome: 'denied',
    details: { route: request.routeOptions.url ?? null },
  })
}
