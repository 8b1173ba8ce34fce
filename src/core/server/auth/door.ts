import { timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { ApiError } from '../../protocol/api-error.ts'
import type { Scope } from '../../protocol/tokens.ts'
import type { Store, TokenRecord } from '../../store/store.ts'
import { MAX_TOKEN_LENGTH } from '../limits/http-limits.ts'
import { hashToken } from './hash-token.ts'

const MAX_CACHED_TOKENS = 10_000
/** Every so often the store is asked whether another process changed a token. */
const POLL_MS = 250
/** What was remembered counts for so long without that question answered. */
const TRUST_MS = 750

/** Who is asking, as the token says. */
export interface Principal {
  readonly scope: Scope
  readonly token_id: string
  readonly agent_id: string | null
  readonly site_id: string
  /** Milliseconds since 1970; null for never. */
  readonly expires_at: number | null
}

export interface Door {
  /**
   * @param enrolling a registration: whether an enrolment token is used up is for the store to say, which knows repeats
   * @throws ApiError token_unknown, token_revoked, token_expired
   */
  open(token: string, enrolling?: boolean): Promise<Principal>
  /** Forgets what it knows when tokens changed. */
  refresh(): Promise<void>
  /** Is told of every change of tokens, in whichever process, within a second. */
  onChange(listener: () => void): void
  close(): void
}

/** Turns tokens into principals. Remembers the good ones until any token changes, in whichever process. */
export function createDoor(store: Store, now: () => number): Door {
  const known = new LRUCache<string, TokenRecord>({ max: MAX_CACHED_TOKENS })
  let version = -1
  let changes = 0
  const listeners: (() => void)[] = []
  let asked_at = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | null = null

  const ask = async () => {
    const began = performance.now()
    const found = await store.tokensVersion()
    asked_at = began
    if (found === version) return
    version = found
    changes++
    known.clear()
    for (const listener of listeners) listener()
  }
  const refresh = () => {
    asking ??= ask().finally(() => {
      asking = null
    })
    return asking
  }
  const poll = setInterval(() => void refresh().catch(() => undefined), POLL_MS).unref()

  const find = async (token: string): Promise<TokenRecord | null> => {
    const hash = hashToken(token)
    const key = Buffer.from(hash).toString('base64')
    if (performance.now() - asked_at > TRUST_MS) await refresh()
    const remembered = known.get(key)
    const before = changes
    const record = remembered ?? (await store.findToken(hash))
    if (record === null || !timingSafeEqual(record.hash, hash)) return null
    // what was read before a change must not be remembered after it
    if (before === changes) known.set(key, record)
    return record
  }

  return {
    async open(token, enrolling = false) {
      const record = token.length > MAX_TOKEN_LENGTH ? null : await find(token)
      if (record === null) throw new ApiError('token_unknown', 'this token is not known here')
      if (record.revoked_at !== null) throw new ApiError('token_revoked', 'this token was revoked')
      const over = (record.expires_at !== null && record.expires_at <= now()) || record.uses_left === 0
      if (over && !(enrolling && record.scope === 'enrolment')) {
        throw new ApiError('token_expired', 'the life time of this token is over, or all its uses are')
      }
      const { scope, token_id, site_id, expires_at } = record
      return { scope, token_id, site_id, expires_at, agent_id: scope === 'agent' ? record.agent_id : null }
    },
    async refresh() {
      await asking?.catch(() => undefined)
      await refresh()
    },
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(poll),
  }
}
