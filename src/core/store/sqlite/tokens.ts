import { randomUUID } from 'node:crypto'
import type { Scope, Token } from '../../protocol/tokens.ts'
import { type Actor, DEFAULT_SITE, type NewToken, type TokenRecord } from '../store.ts'
import { utcText, utcTextOrNull } from '../utc-text.ts'
import type { AuditLog } from './audit-log.ts'
import type { Changes } from './changes.ts'
import type { Meta } from './meta.ts'
import type { Database } from './open-database.ts'

export type Tokens = ReturnType<typeof prepareTokens>

export interface TokenRow {
  readonly id: number
  readonly token_id: string
  readonly scope: Scope
  readonly site_id: string
  readonly hash: Uint8Array
  readonly name: string | null
  readonly agent: number | null
  readonly agent_id: string | null
  readonly takes_over: string | null
  readonly created_at: number
  readonly created_by: string
  readonly expires_at: number | null
  readonly max_uses: number | null
  readonly uses: number
  readonly revoked_at: number | null
}

const SELECT = 'SELECT tokens.*, agents.agent_id FROM tokens LEFT JOIN agents ON agents.id = tokens.agent'

export function prepareTokens(db: Database, meta: Meta, audit: AuditLog, changes: Changes) {
  const insert = db.prepare(
    `INSERT INTO tokens (token_id, scope, site_id, hash, name, agent, takes_over, created_at, created_by, expires_at, max_uses)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const byHash = db.prepare<[Uint8Array], TokenRow>(`${SELECT} WHERE tokens.hash = ?`)
  const byId = db.prepare<[string], TokenRow>(`${SELECT} WHERE tokens.token_id = ?`)
  const all = db.prepare<[], TokenRow>(`${SELECT} ORDER BY tokens.id DESC`)
  const revoke = db.prepare('UPDATE tokens SET revoked_at = ? WHERE id = ?')
  const bar = db.prepare('UPDATE agents SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?')
  const use = db.prepare('UPDATE tokens SET uses = uses + 1 WHERE id = ?')
  const voidOfAgent = db.prepare("DELETE FROM tokens WHERE agent = ? AND scope = 'agent'")
  const ended = db
    .prepare<[string, number], string>(
      `SELECT value FROM json_each(?) LEFT JOIN tokens ON token_id = value
       WHERE token_id IS NULL OR revoked_at IS NOT NULL OR expires_at <= ?`,
    )
    .pluck()
  const anyAgent = db.prepare('SELECT 1 FROM agents LIMIT 1')
  const anyEnrolment = db.prepare(
    `SELECT 1 FROM tokens WHERE scope = 'enrolment' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
       AND (max_uses IS NULL OR uses < max_uses) LIMIT 1`,
  )

  return {
    create(token: NewToken, actor: Actor, now: number): Token {
      const token_id = randomUUID()
      const { scope, hash, name, agent_id, expires_at, max_uses, site_id = DEFAULT_SITE } = token
      insert.run(token_id, scope, site_id, hash, name, null, agent_id, now, actor.id, expires_at, max_uses)
      meta.bumpTokensVersion()
      audit.append({
        actor,
        site_id,
        agent_id,
        action: 'token_created',
        resource_type: 'token',
        resource_id: token_id,
        outcome: 'success',
        details: { scope, name, expires_at: utcTextOrNull(expires_at), max_uses },
        occurred_at: now,
        recorded_at: now,
      })
      return renderToken(byId.get(token_id) as TokenRow, now)
    },

    /** The token of an agent, in place of those it had: they open nothing any more and are not known. */
    replaceOfAgent(agent: number, site_id: string, hash: Uint8Array, created_by: string, now: number): void {
      voidOfAgent.run(agent)
      insert.run(randomUUID(), 'agent', site_id, hash, null, agent, null, now, created_by, null, null)
      meta.bumpTokensVersion()
    },

    spendUse: (id: number) => void use.run(id),

    revoke(token_id: string, actor: Actor, now: number): Token | null {
      const row = byId.get(token_id)
      if (row === undefined) return null
      if (row.revoked_at !== null) return renderToken(row, now)
      revoke.run(now, row.id)
      if (row.scope === 'agent' && row.agent !== null) {
        bar.run(now, row.agent)
        changes.note('agent', row.agent, now)
      }
      meta.bumpTokensVersion()
      audit.append({
        actor,
        site_id: row.site_id,
        agent_id: row.agent_id ?? row.takes_over,
        action: 'token_revoked',
        resource_type: 'token',
        resource_id: token_id,
        outcome: 'success',
        details: { scope: row.scope, name: row.name },
        occurred_at: now,
        recorded_at: now,
      })
      return renderToken({ ...row, revoked_at: now }, now)
    },

    list: (now: number): Token[] => all.all().map((row) => renderToken(row, now)),

    find(hash: Uint8Array): TokenRecord | null {
      const row = byHash.get(hash)
      if (row === undefined) return null
      const { token_id, scope, site_id, expires_at, revoked_at } = row
      const agent_id = row.agent_id ?? row.takes_over
      return { token_id, scope, site_id, hash: row.hash, agent_id, expires_at, uses_left: usesLeft(row), revoked_at }
    },

    /** Of these those that open nothing any more. */
    findEnded: (token_ids: readonly string[], now: number): string[] => ended.all(JSON.stringify(token_ids), now),

    findRow: (token_id: string): TokenRow | undefined => byId.get(token_id),

    hasEnrolment: (now: number): boolean => anyAgent.get() !== undefined || anyEnrolment.get(now) !== undefined,
  }
}

/** Null for any number. */
export const usesLeft = (row: TokenRow): number | null =>
  row.max_uses === null ? null : Math.max(0, row.max_uses - row.uses)

export function tokenState(row: TokenRow, now: number): Token['state'] {
  if (row.revoked_at !== null) return 'revoked'
  if (row.expires_at !== null && row.expires_at <= now) return 'expired'
  return usesLeft(row) === 0 ? 'used_up' : 'valid'
}

function renderToken(row: TokenRow, now: number): Token {
  return {
    token_id: row.token_id,
    scope: row.scope,
    site_id: row.site_id,
    name: row.name,
    agent_id: row.agent_id ?? row.takes_over,
    created_at: utcText(row.created_at),
    created_by: row.created_by,
    expires_at: utcTextOrNull(row.expires_at),
    max_uses: row.max_uses,
    uses: row.uses,
    revoked_at: utcTextOrNull(row.revoked_at),
    state: tokenState(row, now),
  }
}
