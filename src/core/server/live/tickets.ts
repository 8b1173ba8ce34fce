import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { ApiError } from '../../protocol/api-error.ts'
import { TICKET_PREFIX, type Ticket } from '../../protocol/live.ts'
import type { Store } from '../../store/store.ts'
import type { Principal } from '../auth/door.ts'
import { hashToken } from '../auth/hash-token.ts'

const MAX_TICKETS = 10_000
/** 32 random bytes in base64url. */
const TICKET = /^[A-Za-z0-9_-]{43}$/

/** For browsers, which cannot set the Authorization header of an upgrade. A ticket is good once, and for a short time. */
export interface Tickets {
  issue(principal: Principal): Ticket
  /** @throws ApiError token_unknown, token_revoked; StoreError */
  redeem(ticket: string): Promise<Principal>
}

export function createTickets(store: Pick<Store, 'findEndedTokens'>, now: () => number, life_ms: number): Tickets {
  const issued = new LRUCache<string, { readonly principal: Principal; readonly expires_at: number }>({
    max: MAX_TICKETS,
  })
  const keyOf = (ticket: string) => Buffer.from(hashToken(ticket)).toString('base64')
  return {
    issue(principal) {
      const ticket = randomBytes(32).toString('base64url')
      const expires_at = now() + life_ms
      issued.set(keyOf(ticket), { principal, expires_at })
      return { ticket, expires_at: new Date(expires_at).toISOString() }
    },
    async redeem(ticket) {
      const key = TICKET.test(ticket) ? keyOf(ticket) : ''
      const found = issued.get(key)
      issued.delete(key)
      if (found === undefined || found.expires_at <= now()) {
        throw new ApiError('token_unknown', 'this ticket is not known, was used, or is too old; ask for another one')
      }
      const ended = await store.findEndedTokens([found.principal.token_id], now())
      if (ended.length > 0) throw new ApiError('token_revoked', 'the token of this ticket was revoked, or has expired')
      return found.principal
    },
  }
}

/** The ticket among the subprotocols that an upgrade offers; null when there is none. */
export function findTicket(offered: string | undefined): string | null {
  const found = (offered ?? '').split(',').find((each) => each.trim().startsWith(TICKET_PREFIX))
  return found === undefined ? null : found.trim().slice(TICKET_PREFIX.length)
}
