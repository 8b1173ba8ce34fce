import { ApiError, type FieldMistake } from '../protocol/api-error.ts'
import { type AuditEvent, AuditEventSchema, type AuditLogAnswer, MAX_EVENTS_PER_BATCH } from '../protocol/audit.ts'
import { hideSecrets } from '../protocol/other-keys.ts'
import { readTimestamp } from '../protocol/read-timestamp.ts'
import type { NewAuditEvent } from '../store/store.ts'
import type { Principal } from './auth/door.ts'
import { checkBody } from './compile-schema.ts'
import { checkRate } from './gate.ts'
import { type Asker, actorOf, recordMismatch } from './record-access.ts'
import type { Services } from './services.ts'

export type EventServices = Pick<Services, 'client' | 'now' | 'requestRate'>

/** So many events count as one more request of the agent. */
const EVENTS_WORTH_A_REQUEST = 100

/**
 * Records what an agent says that happened; resolves once that is on disk.
 *
 * @param body one event, or `{events: [...]}`
 * @throws ApiError invalid_body, invalid_items, too_many_items, rate_limited, agent_mismatch; StoreError
 */
export async function takeEvents(
  asker: Asker,
  body: AuditEvent | { events: unknown },
  services: EventServices,
): Promise<AuditLogAnswer> {
  const { client, now } = services
  const principal = asker.principal as Principal
  const events = readEvents(body)
  const more = Math.floor(events.length / EVENTS_WORTH_A_REQUEST)
  if (more > 0) checkRate(principal, services, more)
  const claimed = [(body as { agent_id?: unknown }).agent_id, ...events.map((event) => event.agent_id)]
  const other = claimed.find((id) => id !== undefined && id !== principal.agent_id)
  if (other !== undefined) {
    await recordMismatch(client.store, asker, String(other))
    throw new ApiError('agent_mismatch', 'agent_id in the body is not the agent of the token')
  }
  await client.store.recordAudit(events.map((event) => toNewEvent(event, asker, principal.site_id)))
  const received = events.length
  return { success: true, received, stored: received, server_time: new Date(now()).toISOString() }
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

function toNewEvent(event: AuditEvent, asker: Asker, site_id: string): NewAuditEvent {
  const { event_id, agent_id: _, action, resource_type, resource_id, outcome, details, timestamp, ...rest } = event
  const occurred_at = typeof timestamp === 'string' ? readTimestamp(timestamp) : null
  const unreadable = typeof timestamp === 'string' && occurred_at === null ? { timestamp } : {}
  // who started it there, and what a newer agent adds
  const said = { ...rest, ...unreadable }
  return {
    event_id: event_id?.toLowerCase() ?? null,
    actor: actorOf(asker),
    site_id,
    agent_id: asker.principal?.agent_id ?? null,
    action,
    resource_type: resource_type ?? null,
    resource_id: resource_id ?? null,
    outcome: outcome ?? 'success',
    details: hideSecrets({ ...details, ...(Object.keys(said).length > 0 && { event: said }) }),
    occurred_at: occurred_at ?? asker.received_at,
    recorded_at: asker.received_at,
  }
}
