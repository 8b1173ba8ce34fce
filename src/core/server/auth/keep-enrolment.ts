import type { Secret } from '../../model/secret.ts'
import type { Actor, Store } from '../../store/store.ts'
import { hashToken } from './hash-token.ts'

const CONFIG: Actor = { type: 'server', id: 'config', ip_address: null }

/**
 * Makes the enrolment token of the config one of the store's, and revokes those that stood in the config before: a token
 * that leaked is changed there, and has to end there.
 */
export async function keepEnrolmentToken(store: Store, token: Secret | null, now: number): Promise<void> {
  const hash = token === null ? null : hashToken(token.reveal())
  const current = hash === null ? null : await store.findToken(hash)
  for (const { token_id, created_by, state } of await store.listTokens(now)) {
    if (created_by !== CONFIG.id || token_id === current?.token_id || state === 'revoked') continue
    await store.revokeToken(token_id, CONFIG, now)
  }
  if (hash === null || current !== null) return
  const made = { scope: 'enrolment', hash, name: 'config', agent_id: null, expires_at: null, max_uses: null } as const
  await store.createToken(made, CONFIG, now)
}
