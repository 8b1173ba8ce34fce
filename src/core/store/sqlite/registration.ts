import {
  AGENT_FACT_NAMES,
  AGENT_INTERVAL_NAMES,
  type RegisterRequest,
  RegisterRequestSchema,
} from '../../protocol/agents.ts'
import { pickOtherKeys } from '../../protocol/other-keys.ts'
import type { Actor, Registration, RegistrationOutcome } from '../store.ts'
import type { AuditLog } from './audit-log.ts'
import type { Changes } from './changes.ts'
import type { Database } from './open-database.ts'
import { type TokenRow, type Tokens, tokenState } from './tokens.ts'

interface AgentRow {
  readonly id: number
  readonly agent_id: string
  readonly site_id: string
  readonly enrolled_with: number | null
  readonly revoked_at: number | null
}

type Refusal = Exclude<RegistrationOutcome['outcome'], 'registered' | 'repeated' | 'taken_over'>
type Verdict =
  | { readonly outcome: 'registered'; readonly agent_id: string }
  | { readonly outcome: 'repeated' | 'taken_over'; readonly agent: AgentRow }
  | { readonly outcome: Refusal; readonly agent_id: string | null }

const ACTIONS = {
  registered: 'agent_registered',
  repeated: 'agent_reregistered',
  taken_over: 'agent_taken_over',
} as const

export function prepareRegistration(db: Database, tokens: Tokens, audit: AuditLog, changes: Changes) {
  const select = 'SELECT id, agent_id, site_id, enrolled_with, revoked_at FROM agents'
  const byKey = db.prepare<[Uint8Array], AgentRow>(`${select} WHERE registration_key_hash = ?`)
  const byId = db.prepare<[string], AgentRow>(`${select} WHERE agent_id = ?`)
  const insert = db.prepare(
    'INSERT INTO agents (agent_id, site_id, registration_key_hash, enrolled_with, registered_at) VALUES (?, ?, ?, ?, ?)',
  )
  const takeOver = db.prepare(
    'UPDATE agents SET registration_key_hash = ?, enrolled_with = ?, revoked_at = NULL WHERE id = ?',
  )
  // a name that people gave stays
  const setFacts = db.prepare(
    `UPDATE agents SET name = coalesce(name, @name), hostname = coalesce(@hostname, hostname), ip = coalesce(@ip, ip),
       remote_address = coalesce(@remote_address, remote_address), platform = coalesce(@platform, platform),
       os_version = coalesce(@os_version, os_version), architecture = coalesce(@architecture, architecture),
       agent_version = coalesce(@agent_version, agent_version),
       protocol_version = coalesce(@protocol_version, protocol_version),
       registration_other = coalesce(@other, registration_other),
       heartbeat_interval_seconds = coalesce(@heartbeat_interval_seconds, heartbeat_interval_seconds),
       upload_interval_seconds = coalesce(@upload_interval_seconds, upload_interval_seconds),
       discovery_interval_seconds = coalesce(@discovery_interval_seconds, discovery_interval_seconds)
     WHERE id = @id`,
  )

  /** What is to be done, before anything is. The holder of the key is the agent itself: it costs no use. */
  const judge = (registration: Registration, token: TokenRow | undefined, now: number): Verdict => {
    const { registration_key_hash: key, request, new_agent_id } = registration
    const wanted = request.agent_id ?? null
    if (token === undefined || token.scope !== 'enrolment' || token.revoked_at !== null) {
      return { outcome: 'token_revoked', agent_id: wanted }
    }
    const isValid = tokenState(token, now) === 'valid'
    const holder = key === null ? undefined : byKey.get(key)
    if (holder !== undefined) {
      const { agent_id } = holder
      const names = wanted ?? agent_id
      if (names !== agent_id || (token.takes_over ?? agent_id) !== agent_id)
        return { outcome: 'agent_mismatch', agent_id }
      if (holder.revoked_at === null && (isValid || holder.enrolled_with === token.id)) {
        return { outcome: 'repeated', agent: holder }
      }
      if (!isValid) return { outcome: holder.revoked_at === null ? 'token_expired' : 'agent_revoked', agent_id }
      return token.takes_over === null
        ? { outcome: 'agent_revoked', agent_id }
        : { outcome: 'taken_over', agent: holder }
    }
    if (!isValid) return { outcome: 'token_expired', agent_id: wanted }
    if (token.takes_over !== null && wanted !== null && wanted !== token.takes_over) {
      return { outcome: 'agent_mismatch', agent_id: wanted }
    }
    const agent_id = token.takes_over ?? wanted ?? new_agent_id
    const existing = byId.get(agent_id)
    if (existing === undefined) return { outcome: 'registered', agent_id }
    if (token.takes_over !== null) return { outcome: 'taken_over', agent: existing }
    return { outcome: 'agent_exists', agent_id }
  }

  return (registration: Registration, actor: Actor, now: number): RegistrationOutcome => {
    const { enrolment_token_id, registration_key_hash: key, token_hash, request } = registration
    const token = tokens.findRow(enrolment_token_id)
    const verdict = judge(registration, token, now)
    const record = (agent_id: string | null, action: string, outcome: string, details: Record<string, unknown>) =>
      audit.append({
        actor,
        ...(token && { site_id: token.site_id }),
        agent_id,
        action,
        resource_type: 'agent',
        resource_id: agent_id,
        outcome,
        details: { token_id: enrolment_token_id, ...details },
        occurred_at: now,
        recorded_at: now,
      })
    if ('agent_id' in verdict && verdict.outcome !== 'registered') {
      record(verdict.agent_id, 'agent_registration_refused', 'denied', { reason: verdict.outcome })
      return { outcome: verdict.outcome }
    }

    const enrolment = token as TokenRow
    let id: number
    let agent_id: string
    let site_id: string
    if (verdict.outcome === 'registered') {
      ;({ agent_id } = verdict)
      ;({ site_id } = enrolment)
      id = Number(insert.run(agent_id, site_id, key, enrolment.id, now).lastInsertRowid)
    } else {
      ;({ id, agent_id, site_id } = (verdict as { agent: AgentRow }).agent)
      if (verdict.outcome === 'taken_over') takeOver.run(key, enrolment.id, id)
    }
    if (verdict.outcome !== 'repeated') tokens.spendUse(enrolment.id)
    tokens.replaceOfAgent(id, site_id, token_hash, agent_id, now)
    const other = renderOther(request, RegisterRequestSchema.properties)
    const intervals = Object.fromEntries(AGENT_INTERVAL_NAMES.map((name) => [name, request[name] ?? null]))
    setFacts.run({ ...readFacts(request), ...intervals, remote_address: actor.ip_address, other, id })
    changes.note('agent', id, now)
    record(agent_id, ACTIONS[verdict.outcome], 'success', readFacts(request))
    return { outcome: verdict.outcome, agent_id, site_id }
  }
}

/** JSON of the keys that a schema does not name; null when there are none. */
export function renderOther(request: Readonly<Record<string, unknown>>, named: object): string | null {
  const other = pickOtherKeys(request, named)
  return other === null ? null : JSON.stringify(other)
}

export type AgentFacts = Record<(typeof AGENT_FACT_NAMES)[number], string | null>

/** What an agent says of itself and its machine; null for what it does not say, or says with an empty text. */
export function readFacts(request: Pick<RegisterRequest, (typeof AGENT_FACT_NAMES)[number]>): AgentFacts {
  return Object.fromEntries(AGENT_FACT_NAMES.map((name) => [name, request[name] || null])) as AgentFacts
}
