import type { NewAuditEvent } from '../store/store.ts'

/** Larger details are cut: an entry is evidence, not storage. */
export const MAX_DETAILS_BYTES = 16_384

/** What the hash is taken over, in this order of keys. A change of it is a new `format`. */
export interface AuditBody {
  readonly format: 1
  readonly seq: number
  readonly event_id: string
  readonly occurred_at: number
  readonly recorded_at: number
  readonly site_id: string
  readonly actor_type: string
  readonly actor: string
  readonly agent_id: string | null
  readonly action: string
  readonly resource_type: string | null
  readonly resource_id: string | null
  readonly outcome: string
  readonly ip_address: string | null
  readonly details: Readonly<Record<string, unknown>>
}

/** Puts an event into the form that is stored and hashed. */
export function composeBody(event: NewAuditEvent, seq: number, event_id: string, site_id: string): AuditBody {
  const { actor } = event
  return {
    format: 1,
    seq,
    event_id,
    occurred_at: event.occurred_at,
    recorded_at: event.recorded_at,
    site_id,
    actor_type: actor.type,
    actor: actor.id.toWellFormed(),
    agent_id: wellFormed(event.agent_id),
    action: event.action.toWellFormed(),
    resource_type: wellFormed(event.resource_type),
    resource_id: wellFormed(event.resource_id),
    outcome: event.outcome.toWellFormed(),
    ip_address: wellFormed(actor.ip_address),
    details: limitDetails(event.details),
  }
}

/** The canonical bytes as text. */
export const renderBody = (body: AuditBody): string => JSON.stringify(body)

/** Details as they are, or what fits of their JSON text with a mark. */
export function limitDetails(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(details)
  const bytes = Buffer.byteLength(text)
  if (bytes <= MAX_DETAILS_BYTES) return details
  // escaping may double a text, and a character may take three bytes
  return { cut: true, bytes, begin: text.slice(0, MAX_DETAILS_BYTES / 8).toWellFormed() }
}

// a lone surrogate does not survive the way through a column
const wellFormed = (text: string | null) => text?.toWellFormed() ?? null
