import { randomBytes } from 'node:crypto'
import type { Scope } from '../../protocol/tokens.ts'

/** A new token: `pm_SCOPE_` and 32 random bytes in base64url. The scope in it is for people; the store decides. */
export function makeToken(scope: Scope): string {
  return `pm_${scope}_${randomBytes(32).toString('base64url')}`
}
