import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { BatchKind } from '../../src/core/protocol/batches.ts'
import type { DeviceItem } from '../../src/core/protocol/devices.ts'
import type { MetricItem } from '../../src/core/protocol/metrics.ts'
import { composeItems } from '../../src/core/store/compose-items.ts'
import type { Actor, BatchOutcome, CheckedBatch, NewToken, Registration, Store } from '../../src/core/store/store.ts'

export const NOW = Date.UTC(2026, 0, 15, 12)
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const OFFLINE_AFTER = 90_000

export const ADMIN: Actor = { type: 'local', id: 'root', ip_address: null }
export const KNOCKER: Actor = { type: 'token', id: 'enrolment', ip_address: '192.0.2.7' }

export const at = (time: number) => new Date(time).toISOString()
export const hash = () => randomBytes(32)

export function newToken(more: Partial<NewToken> = {}): NewToken {
  return { scope: 'enrolment', hash: hash(), name: null, agent_id: null, expires_at: null, max_uses: null, ...more }
}

export function newRegistration(enrolment_token_id: string, more: Partial<Registration> = {}): Registration {
  return {
    enrolment_token_id,
    registration_key_hash: hash(),
    new_agent_id: randomUUID(),
    token_hash: hash(),
    request: { hostname: 'site-a' },
    ...more,
  }
}

/** A store with one agent more. */
export async function enrolAgent(store: Store, agent_id: string = randomUUID(), now = NOW): Promise<string> {
  const { token_id } = await store.createToken(newToken(), ADMIN, now)
  const done = await store.registerAgent(newRegistration(token_id, { request: { agent_id } }), KNOCKER, now)
  if (done.outcome !== 'registered') throw new Error(`not registered: ${done.outcome}`)
  return agent_id
}

export function newBatch(
  agent_id: string,
  kind: BatchKind,
  items: readonly (DeviceItem | MetricItem)[],
  more: Partial<CheckedBatch> = {},
): CheckedBatch {
  return {
    kind,
    agent_id,
    journal_id: null,
    seq: null,
    content_hash: createHash('sha256')
      .update(JSON.stringify([kind, items]))
      .digest(),
    received_at: NOW,
    batch_time: null,
    clock_offset_ms: null,
    items: composeItems(kind, items),
    other: null,
    ip_address: '192.0.2.7',
    ...more,
  }
}

export async function ingest(store: Store, ...batches: CheckedBatch[]): Promise<BatchOutcome[]> {
  return store.ingestBatches(batches)
}

export async function listAll(store: Store) {
  return (await store.listDevices({ limit: 1000, sort: 'first_seen' })).items
}

export async function rawMetrics(store: Store, device_id: string) {
  const page = await store.listMetrics({ device_id, resolution: 'raw', limit: 5000 })
  if (page === null) throw new Error(`no device ${device_id}`)
  return page.items as readonly Record<string, unknown>[]
}

/** The actions on record, oldest first. */
export async function actions(store: Store, ...wanted: string[]): Promise<string[]> {
  const { items } = await store.listAudit({ limit: 1000 })
  const all = items.map((entry) => entry.action).reverse()
  return wanted.length === 0 ? all : all.filter((action) => wanted.includes(action))
}

export const printer = (serial: string, more: Partial<MetricItem> = {}): MetricItem => ({
  manufacturer: 'HP',
  model: 'LaserJet M404dn',
  serial,
  page_count: 100,
  status: 'idle',
  sampled_at: at(NOW - MINUTE),
  ...more,
})
