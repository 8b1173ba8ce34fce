import type { AuditBody } from '../../audit/audit-body.ts'
import { utcText } from '../utc-text.ts'
import type { Database } from './open-database.ts'

interface TokenRow {
  readonly token_id: string
  readonly scope: string
  readonly created_at: number
  readonly revoked_at: number | null
}

interface EntryRow {
  readonly action: string
  readonly recorded_at: number
  readonly body: string
}

/**
 * Tokens that open other doors than the audit log says, one sentence each. Agents write into the log as well, so what they
 * tell of tokens does not count. Tokens of agents come with a registration and have no entry of their own. Of what is older
 * than the oldest entry that was not let go, nothing can be said.
 */
export function checkTokens(db: Database): string[] {
  const tokens = db.prepare<[], TokenRow>('SELECT token_id, scope, created_at, revoked_at FROM tokens ORDER BY id')
  const findEntries = db.prepare<[string], EntryRow>(
    `SELECT action, recorded_at, body FROM audit_log
     WHERE resource_id = ? AND +resource_type = 'token' AND action IN ('token_created', 'token_revoked') ORDER BY seq`,
  )
  const hasStub = db.prepare('SELECT 1 FROM audit_stubs').get() !== undefined
  const first = db.prepare('SELECT recorded_at FROM audit_log ORDER BY seq LIMIT 1').pluck().get() as number | undefined
  const known = hasStub ? (first ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY
  return tokens.all().flatMap((token) => {
    const entries = findEntries.all(token.token_id).map(readEntry)
    const find = (action: string) => entries.find((entry) => entry.action === action && entry.actor_type !== 'agent')
    const [created, revoked] = [find('token_created'), find('token_revoked')]
    return [
      ...(created === undefined && token.created_at <= known ? [] : judgeScope(token, created)),
      ...(revoked === undefined && (token.revoked_at ?? known) <= known ? [] : judgeRevocation(token, revoked)),
    ]
  })
}

interface Entry {
  readonly action: string
  readonly recorded_at: number
  readonly actor_type: unknown
  readonly scope: unknown
}

/** A body that is no JSON is a fault of the chain, which is told there. */
function readEntry({ action, recorded_at, body }: EntryRow): Entry {
  try {
    const { actor_type, details } = JSON.parse(body) as AuditBody
    return { action, recorded_at, actor_type, scope: details?.scope }
  } catch {
    return { action, recorded_at, actor_type: null, scope: null }
  }
}

function judgeScope({ token_id, scope }: TokenRow, created: Entry | undefined): string[] {
  if (created !== undefined) {
    if (created.scope === scope) return []
    return [`The token ${token_id} opens as ${scope}, but the audit log says that it was made as ${created.scope}.`]
  }
  return scope === 'agent' ? [] : [`The token ${token_id} opens as ${scope}, but the audit log knows no making of it.`]
}

function judgeRevocation({ token_id, revoked_at }: TokenRow, revoked: Entry | undefined): string[] {
  if (revoked_at === (revoked?.recorded_at ?? null)) return []
  if (revoked === undefined) return [`The token ${token_id} is revoked, but the audit log does not say so.`]
  const state = revoked_at === null ? 'is not revoked' : `is revoked since ${utcText(revoked_at)}`
  return [`The token ${token_id} ${state}, but the audit log says that it was revoked ${utcText(revoked.recorded_at)}.`]
}
