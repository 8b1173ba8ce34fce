import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device } from '../../src/core/protocol/devices.ts'
import type { Metric, MetricItem, MetricPeriod } from '../../src/core/protocol/metrics.ts'
import type { DevicesFilter, NewAuditEvent, Store } from '../../src/core/store/store.ts'
import { describeAlerts } from './alerts-contract.ts'
import { describeCommands } from './commands-contract.ts'
import { describeLiveStore } from './live-contract.ts'
import {
  ADMIN,
  actions,
  at,
  DAY,
  enrolAgent,
  HOUR,
  hash,
  ingest,
  KNOCKER,
  listAll,
  MINUTE,
  NOW,
  newBatch,
  newRegistration,
  newToken,
  OFFLINE_AFTER,
  printer,
  rawMetrics,
} from './sample-batches.ts'

export interface OpenedStore {
  readonly store: Store
  /** Closes the store and removes what it left. */
  close(): Promise<void>
}

/** What every implementation of `Store` has to do; `open` gives an empty one for each test. */
export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore
    let store: Store
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.close())

    describeCommands(() => store)
    describeLiveStore(() => store)
    describeAlerts(() => store)

    describe('tokens', () => {
      it('are found by their hash, with what they open', async () => {
        const token = newToken({ scope: 'viewer', name: 'wall screen', expires_at: NOW + DAY })
        const made = await store.createToken(token, ADMIN, NOW)
        expect(made).toMatchObject({
          scope: 'viewer',
          name: 'wall screen',
          state: 'valid',
          created_by: 'root',
          uses: 0,
        })
        const found = await store.findToken(token.hash)
        expect(found).toMatchObject({
          token_id: made.token_id,
          scope: 'viewer',
          expires_at: NOW + DAY,
          revoked_at: null,
        })
        expect(Buffer.from(found?.hash ?? []).equals(Buffer.from(token.hash))).toBe(true)
        expect(await store.findToken(hash())).toBeNull()
      })

      it('are listed newest first, with their state', async () => {
        const expired = await store.createToken(newToken({ expires_at: NOW + 1 }), ADMIN, NOW)
        const revoked = await store.createToken(newToken(), ADMIN, NOW)
        await store.revokeToken(revoked.token_id, ADMIN, NOW)
        const used = await store.createToken(newToken({ max_uses: 1 }), ADMIN, NOW)
        await store.registerAgent(newRegistration(used.token_id), KNOCKER, NOW)
        const tokens = (await store.listTokens(NOW + 1)).filter((token) => token.scope === 'enrolment')
        expect(tokens.map((token) => [token.token_id, token.state])).toEqual([
          [used.token_id, 'used_up'],
          [revoked.token_id, 'revoked'],
          [expired.token_id, 'expired'],
        ])
      })

      it('revoking twice is revoking once', async () => {
        const token = newToken({ scope: 'admin' })
        const { token_id } = await store.createToken(token, ADMIN, NOW)
        const first = await store.revokeToken(token_id, ADMIN, NOW + 1)
        expect(first).toMatchObject({ state: 'revoked', revoked_at: at(NOW + 1) })
        expect(await store.revokeToken(token_id, ADMIN, NOW + 2)).toEqual(first)
        expect((await store.findToken(token.hash))?.revoked_at).toBe(NOW + 1)
        expect(await actions(store)).toEqual(['token_created', 'token_revoked'])
        expect(await store.revokeToken(randomUUID(), ADMIN, NOW)).toBeNull()
      })

      it('every change of them moves the version, nothing else does', async () => {
        const versions = [await store.tokensVersion()]
        const { token_id } = await store.createToken(newToken(), ADMIN, NOW)
        versions.push(await store.tokensVersion())
        const registration = newRegistration(token_id)
        await store.registerAgent(registration, KNOCKER, NOW)
        versions.push(await store.tokensVersion())
        await store.registerAgent({ ...registration, token_hash: hash() }, KNOCKER, NOW)
        versions.push(await store.tokensVersion())
        await store.revokeToken(token_id, ADMIN, NOW)
        versions.push(await store.tokensVersion())
        expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other))
        await ingest(store, newBatch(registration.new_agent_id, 'metrics', [printer('S1')]))
        await store.registerAgent(registration, KNOCKER, NOW)
        expect(await store.tokensVersion()).toBe(versions.at(-1))
      })

      it('there is enrolment while a token for it is valid, and once an agent has registered', async () => {
        expect(await store.hasEnrolment(NOW)).toBe(false)
        await store.createToken(newToken({ scope: 'admin' }), ADMIN, NOW)
        await store.createToken(newToken({ expires_at: NOW + 1000 }), ADMIN, NOW)
        expect(await store.hasEnrolment(NOW)).toBe(true)
        expect(await store.hasEnrolment(NOW + 1000)).toBe(false)
        const { token_id } = await store.createToken(newToken(), ADMIN, NOW)
        expect(await store.hasEnrolment(NOW + 1000)).toBe(true)
        await store.revokeToken(token_id, ADMIN, NOW)
        expect(await store.hasEnrolment(NOW + 1000)).toBe(false)
        await enrolAgent(store)
        expect(await store.hasEnrolment(NOW + DAY)).toBe(true)
      })
    })

    describe('registration', () => {
      const enrolment = async (more = {}) => (await store.createToken(newToken(more), ADMIN, NOW)).token_id

      it('makes the agent with a token of its own, and spends a use', async () => {
        const token_id = await enrolment({ max_uses: 2 })
        const registration = newRegistration(token_id, {
          request: { hostname: 'h', name: 'Berlin', platform: 'linux' },
        })
        const outcome = await store.registerAgent(registration, KNOCKER, NOW)
        expect(outcome).toEqual({ outcome: 'registered', agent_id: registration.new_agent_id, site_id: 'default' })
        expect(await store.findToken(registration.token_hash)).toMatchObject({
          scope: 'agent',
          agent_id: registration.new_agent_id,
          revoked_at: null,
        })
        expect(await store.findAgent(registration.new_agent_id, OFFLINE_AFTER, NOW)).toMatchObject({
          name: 'Berlin',
          hostname: 'h',
          platform: 'linux',
          status: 'offline',
          revoked: false,
          remote_address: '192.0.2.7',
          registered_at: at(NOW),
          last_seen: null,
        })
        const [token] = (await store.listTokens(NOW)).filter((each) => each.token_id === token_id)
        expect(token).toMatchObject({ uses: 1, state: 'valid' })
      })

      it('repeated with its key gives a fresh token, voids the former and costs nothing', async () => {
        const token_id = await enrolment({ max_uses: 1, expires_at: NOW + 10 })
        const first = newRegistration(token_id)
        await store.registerAgent(first, KNOCKER, NOW)
        const again = { ...first, new_agent_id: randomUUID(), token_hash: hash() }
        // used up and expired by now
        expect(await store.registerAgent(again, KNOCKER, NOW + 20)).toEqual({
          outcome: 'repeated',
          agent_id: first.new_agent_id,
          site_id: 'default',
        })
        expect(await store.findToken(first.token_hash)).toBeNull()
        expect(await store.findToken(again.token_hash)).toMatchObject({ agent_id: first.new_agent_id })
        const [token] = (await store.listTokens(NOW)).filter((each) => each.token_id === token_id)
        expect(token?.uses).toBe(1)
      })

      it('repeats with another token while that one is valid', async () => {
        const first = newRegistration(await enrolment())
        await store.registerAgent(first, KNOCKER, NOW)
        const other = await enrolment({ max_uses: 1, expires_at: NOW + 10 })
        const again = { ...first, enrolment_token_id: other, token_hash: hash() }
        expect(await store.registerAgent(again, KNOCKER, NOW)).toMatchObject({ outcome: 'repeated' })
        expect(await store.registerAgent({ ...again, token_hash: hash() }, KNOCKER, NOW + 10)).toEqual({
          outcome: 'token_expired',
        })
        expect(await store.findToken(again.token_hash)).not.toBeNull()
      })

      it('refuses what is expired, used up or revoked, and keeps a record', async () => {
        const expired = await enrolment({ expires_at: NOW })
        const used = await enrolment({ max_uses: 1 })
        await store.registerAgent(newRegistration(used), KNOCKER, NOW)
        const revoked = await enrolment()
        await store.revokeToken(revoked, ADMIN, NOW)
        const outcomes = []
        for (const token_id of [expired, used, revoked]) {
          outcomes.push((await store.registerAgent(newRegistration(token_id), KNOCKER, NOW)).outcome)
        }
        expect(outcomes).toEqual(['token_expired', 'token_expired', 'token_revoked'])
        const { items } = await store.listAudit({ limit: 10, action: 'agent_registration_refused' })
        expect(items.map((entry) => [entry.outcome, entry.ip_address])).toEqual(Array(3).fill(['denied', '192.0.2.7']))
        expect((await store.listAgents({ limit: 10, offlineAfterMs: OFFLINE_AFTER }, NOW)).items).toHaveLength(1)
      })

      it('does not hand out an agent_id twice', async () => {
        const token_id = await enrolment()
        await store.registerAgent(newRegistration(token_id, { request: { agent_id: 'site-1' } }), KNOCKER, NOW)
        const other = newRegistration(token_id, { request: { agent_id: 'site-1' } })
        expect(await store.registerAgent(other, KNOCKER, NOW)).toEqual({ outcome: 'agent_exists' })
        expect(await store.findToken(other.token_hash)).toBeNull()
      })

      it('the same key does not speak for another agent', async () => {
        const first = newRegistration(await enrolment(), { request: { agent_id: 'site-1' } })
        await store.registerAgent(first, KNOCKER, NOW)
        const other = { ...first, token_hash: hash(), request: { agent_id: 'site-2' } }
        expect(await store.registerAgent(other, KNOCKER, NOW)).toEqual({ outcome: 'agent_mismatch' })
        expect(await store.findToken(first.token_hash)).not.toBeNull()
      })

      it('an agent whose token is revoked is barred until a token names it', async () => {
        const token_id = await enrolment()
        const first = newRegistration(token_id, { request: { agent_id: 'site-1' } })
        await store.registerAgent(first, KNOCKER, NOW)
        const agentToken = await store.findToken(first.token_hash)
        await store.revokeToken(agentToken?.token_id as string, ADMIN, NOW)
        expect(await store.findAgent('site-1', OFFLINE_AFTER, NOW)).toMatchObject({ revoked: true })
        expect(await store.findToken(first.token_hash)).toMatchObject({ revoked_at: NOW })

        const again = { ...first, token_hash: hash() }
        expect(await store.registerAgent(again, KNOCKER, NOW)).toEqual({ outcome: 'agent_revoked' })

        const named = await enrolment({ agent_id: 'site-1', max_uses: 1 })
        const lifted = { ...first, enrolment_token_id: named, token_hash: hash() }
        expect(await store.registerAgent(lifted, KNOCKER, NOW)).toMatchObject({ outcome: 'taken_over' })
        expect(await store.findAgent('site-1', OFFLINE_AFTER, NOW)).toMatchObject({ revoked: false })
        expect(await store.findToken(lifted.token_hash)).toMatchObject({ agent_id: 'site-1', revoked_at: null })
        expect(await store.findToken(first.token_hash)).toBeNull()
        // the answer was lost on the way
        expect(await store.registerAgent({ ...lifted, token_hash: hash() }, KNOCKER, NOW)).toMatchObject({
          outcome: 'repeated',
        })
      })

      it('a named token takes over the agent that it names, and no other', async () => {
        const first = newRegistration(await enrolment(), { request: { agent_id: 'site-1' } })
        await store.registerAgent(first, KNOCKER, NOW)
        const named = await enrolment({ agent_id: 'site-1' })
        const wrong = newRegistration(named, { request: { agent_id: 'site-2' } })
        expect(await store.registerAgent(wrong, KNOCKER, NOW)).toEqual({ outcome: 'agent_mismatch' })
        const right = newRegistration(named, { request: {} })
        expect(await store.registerAgent(right, KNOCKER, NOW)).toMatchObject({
          outcome: 'taken_over',
          agent_id: 'site-1',
        })
        expect(await store.findToken(first.token_hash)).toBeNull()
        // the former key opens nothing any more
        expect(await store.registerAgent({ ...first, token_hash: hash() }, KNOCKER, NOW)).toEqual({
          outcome: 'agent_exists',
        })
        expect(await actions(store, 'agent_taken_over')).toHaveLength(1)
      })
    })

    describe('agents', () => {
      const beat = (agent_id: string, received_at: number, request = {}, clock_offset_ms: number | null = null) => ({
        agent_id,
        received_at,
        remote_address: '192.0.2.9',
        clock_offset_ms,
        request,
      })

      it('heartbeats tell how they are; one that came late does not turn that back', async () => {
        const agent_id = await enrolAgent(store)
        await store.recordHeartbeats([
          beat(agent_id, NOW, { memory_mb: 12.5, last_error: 'no route', agent_version: '1.1', queue_length: 3 }, -40),
          beat(agent_id, NOW - 1000, { memory_mb: 99, agent_version: '1.0' }),
          beat('nobody', NOW),
        ])
        expect(await store.findAgent(agent_id, OFFLINE_AFTER, NOW)).toMatchObject({
          memory_mb: 12.5,
          last_error: 'no route',
          agent_version: '1.1',
          queue_length: 3,
          clock_offset_ms: -40,
          last_seen: at(NOW),
          remote_address: '192.0.2.9',
          hostname: null,
        })
        await store.recordHeartbeats([beat(agent_id, NOW + 1, { last_error: null })])
        expect(await store.findAgent(agent_id, OFFLINE_AFTER, NOW)).toMatchObject({ last_error: null, memory_mb: 12.5 })
        expect(await store.findAgent('nobody', OFFLINE_AFTER, NOW)).toBeNull()
      })

      it('what they report of themselves stands beside what is known of them', async () => {
        const agent_id = await enrolAgent(store)
        const show = async () => {
          const found = await store.findAgent(agent_id, OFFLINE_AFTER, NOW)
          const { items } = await store.listAgents({ limit: 10, offlineAfterMs: OFFLINE_AFTER }, NOW)
          expect(items[0]?.reported_status).toBe(found?.reported_status)
          expect(items[0]?.reported_devices_count).toBe(found?.reported_devices_count)
          return found
        }
        expect(await show()).toMatchObject({ reported_status: null, reported_devices_count: null })
        await store.recordHeartbeats([beat(agent_id, NOW, { status: 'paused', devices_count: 25 })])
        await store.recordHeartbeats([beat(agent_id, NOW - 1000, { status: 'active', devices_count: 1 })])
        const told = { reported_status: 'paused', reported_devices_count: 25, status: 'active', devices_count: 0 }
        expect(await show()).toMatchObject(told)
        await store.recordHeartbeats([beat(agent_id, NOW + 1000, {})])
        expect(await show()).toMatchObject(told)
      })

      it('keys that no schema names are kept', async () => {
        const { token_id } = await store.createToken(newToken(), ADMIN, NOW)
        const request = {
          hostname: 'h',
          go_version: 'go1.22',
          deep: { list: [1, null, 'ü'] },
          registration_key: 'k'.repeat(16),
        }
        const registration = newRegistration(token_id, { request })
        await store.registerAgent(registration, KNOCKER, NOW)
        const agent_id = registration.new_agent_id
        const other = async () => (await store.findAgent(agent_id, OFFLINE_AFTER, NOW))?.other
        const registered = { go_version: 'go1.22', deep: { list: [1, null, 'ü'] } }
        expect(await other()).toEqual(registered)
        const more = JSON.parse('{"deep": 7, "__proto__": {"x": 1}, "token": "secret"}')
        await store.recordHeartbeats([beat(agent_id, NOW, { memory_mb: 5, ...more })])
        expect(JSON.stringify(await other())).toBe(
          '{"go_version":"go1.22","deep":7,"__proto__":{"x":1},"token":"(hidden)"}',
        )
        await store.recordHeartbeats([beat(agent_id, NOW + 1, { memory_mb: 5 })])
        expect(await other()).toMatchObject({ deep: 7 })
        await store.recordHeartbeats([beat(agent_id, NOW + 2, { newer: null })])
        expect(await other()).toEqual({ ...registered, newer: null })
        const { items } = await store.listAgents({ limit: 10, offlineAfterMs: OFFLINE_AFTER }, NOW)
        expect(items[0]).not.toHaveProperty('other')
      })

      it('their health is the last heartbeat of each five minutes, oldest first', async () => {
        const [agent_id, neighbour] = [await enrolAgent(store), await enrolAgent(store)]
        await store.recordHeartbeats([
          beat(agent_id, NOW + 6 * MINUTE, { cpu_percent: 3 }),
          beat(agent_id, NOW, { memory_mb: 10 }),
          beat(
            agent_id,
            NOW + 4 * MINUTE,
            { memory_mb: 12.5, status: 'active', devices_count: 4, last_error: 'no route', disk_free_mb: 9 },
            -40,
          ),
          beat(agent_id, NOW + 2 * MINUTE, { memory_mb: 11 }),
          beat(agent_id, NOW + 61 * MINUTE, { queue_length: 7, queue_age_seconds: 1.5, uptime_seconds: 60 }),
          beat(neighbour, NOW, { memory_mb: 99 }),
        ])
        const list = async (query: object = {}) =>
          (await store.listAgentHealth({ agent_id, limit: 10, ...query }))?.items
        const all = await list()
        const nothing = {
          reported_status: null,
          reported_devices_count: null,
          uptime_seconds: null,
          memory_mb: null,
          cpu_percent: null,
          queue_length: null,
          queue_age_seconds: null,
          last_error: null,
          clock_offset_ms: null,
          other: {},
        }
        expect(all).toEqual([
          {
            ...nothing,
            period_start: at(NOW),
            received_at: at(NOW + 4 * MINUTE),
            reported_status: 'active',
            reported_devices_count: 4,
            memory_mb: 12.5,
            last_error: 'no route',
            clock_offset_ms: -40,
            other: { disk_free_mb: 9 },
          },
          { ...nothing, period_start: at(NOW + 5 * MINUTE), received_at: at(NOW + 6 * MINUTE), cpu_percent: 3 },
          {
            ...nothing,
            period_start: at(NOW + HOUR),
            received_at: at(NOW + 61 * MINUTE),
            queue_length: 7,
            queue_age_seconds: 1.5,
            uptime_seconds: 60,
          },
        ])
        expect(await list({ from: NOW + 4 * MINUTE, to: NOW + 6 * MINUTE })).toEqual(all?.slice(0, 1))
        expect(await list({ from: NOW + 4 * MINUTE + 1 })).toEqual(all?.slice(1))
        expect(await list({ to: NOW + 4 * MINUTE })).toEqual([])
        const first = await store.listAgentHealth({ agent_id, limit: 2, from: NOW })
        const rest = await store.listAgentHealth({
          agent_id,
          limit: 2,
          from: NOW,
          cursor: first?.next_cursor as string,
        })
        expect([...(first?.items ?? []), ...(rest?.items ?? [])]).toEqual(all)
        expect(rest?.next_cursor).toBeNull()
        const elsewhere = store.listAgentHealth({ agent_id: neighbour, limit: 2, cursor: first?.next_cursor as string })
        await expect(elsewhere).rejects.toMatchObject({ code: 'bad_cursor' })
        expect(await store.listAgentHealth({ agent_id: 'nobody', limit: 1 })).toBeNull()
      })

      it('are active, inactive or offline by what was heard of them', async () => {
        const [silent, gone, idle, scanning, uploading] = await Promise.all(
          ['a', 'b', 'c', 'd', 'e'].map((id) => enrolAgent(store, id)),
        )
        await store.recordHeartbeats([
          beat(gone as string, NOW - OFFLINE_AFTER - 1, { last_scan: at(NOW - HOUR) }),
          beat(idle as string, NOW - OFFLINE_AFTER, { last_scan: at(NOW - DAY - 1) }),
          beat(scanning as string, NOW, { last_scan: at(NOW - DAY) }),
        ])
        await ingest(store, newBatch(uploading as string, 'metrics', [printer('S1')]))
        const { items } = await store.listAgents({ limit: 10, offlineAfterMs: OFFLINE_AFTER }, NOW)
        const status = Object.fromEntries(items.map((agent) => [agent.agent_id, agent.status]))
        expect(status).toEqual({ a: 'offline', b: 'offline', c: 'inactive', d: 'active', e: 'active' })
        expect(silent).toBe('a')
        const filtered = await store.listAgents({ limit: 1, status: 'active', offlineAfterMs: OFFLINE_AFTER }, NOW)
        const rest = await store.listAgents(
          { limit: 1, status: 'active', offlineAfterMs: OFFLINE_AFTER, cursor: filtered.next_cursor as string },
          NOW,
        )
        expect([...filtered.items, ...rest.items].map((agent) => agent.agent_id).sort()).toEqual(['d', 'e'])
        expect(rest.next_cursor).toBeNull()
        const counts = await store.count(OFFLINE_AFTER, NOW)
        expect(counts).toMatchObject({ agents: { active: 2, inactive: 1, offline: 2 }, devices: 1 })
        expect(counts.size_bytes).toBeGreaterThan(0)
      })

      it('count what they brought', async () => {
        const agent_id = await enrolAgent(store)
        const items = [printer('S1'), printer('S2'), printer('S2', { page_count: 101 })]
        await ingest(store, newBatch(agent_id, 'metrics', items), newBatch(agent_id, 'metrics', items))
        expect(await store.findAgent(agent_id, OFFLINE_AFTER, NOW)).toMatchObject({
          devices_count: 2,
          metrics_count: 3,
          last_upload: at(NOW),
          last_seen: at(NOW),
        })
      })
    })

    describe('batches', () => {
      const journal_id = randomUUID()

      it('the same batch again gives the first answer and changes nothing', async () => {
        const agent_id = await enrolAgent(store)
        const batch = newBatch(agent_id, 'metrics', [printer('S1'), printer('S2')], { journal_id, seq: 1 })
        const [first] = await ingest(store, batch)
        expect(first).toEqual({
          outcome: 'stored',
          received: 2,
          stored: 2,
          duplicates: 0,
          passed_over: 0,
          stored_at: NOW,
          last_seq: 1,
        })
        const before = await listAll(store)
        const [again] = await ingest(store, { ...batch, received_at: NOW + HOUR })
        expect(again).toEqual({ ...first, outcome: 'repeated' })
        expect(await listAll(store)).toEqual(before)
        expect(await store.lastSeq(agent_id, journal_id.toUpperCase())).toBe(1)
        expect(await store.lastSeq(agent_id, randomUUID())).toBeNull()
        expect(await store.lastSeq('nobody', journal_id)).toBeNull()
      })

      it('the same key with other content is a fork, recorded once', async () => {
        const agent_id = await enrolAgent(store)
        await ingest(store, newBatch(agent_id, 'metrics', [printer('S1')], { journal_id, seq: 1 }))
        const fork = newBatch(agent_id, 'metrics', [printer('S9')], { journal_id, seq: 1 })
        for (let i = 0; i < 3; i += 1) {
          expect(await ingest(store, fork)).toEqual([{ outcome: 'journal_fork', last_seq: 1 }])
        }
        expect(await actions(store, 'journal_fork')).toHaveLength(1)
        expect(await listAll(store)).toHaveLength(1)
      })

      it('the same journal of another agent is another journal', async () => {
        const [one, other] = [await enrolAgent(store), await enrolAgent(store)]
        await ingest(store, newBatch(one, 'metrics', [printer('S1')], { journal_id, seq: 1 }))
        expect(await store.lastSeq(other, journal_id)).toBeNull()
        const [outcome] = await ingest(store, newBatch(other, 'metrics', [printer('S2')], { journal_id, seq: 1 }))
        expect(outcome).toMatchObject({ outcome: 'stored', last_seq: 1 })
      })

      it('tells how far a journal is held without a gap, whatever came behind it', async () => {
        const agent_id = await enrolAgent(store)
        const send = async (seq: number) => {
          const [outcome] = await ingest(
            store,
            newBatch(agent_id, 'metrics', [printer(`S${seq}`)], { journal_id, seq }),
          )
          return outcome?.outcome === 'stored' ? outcome.last_seq : outcome
        }
        const told: unknown[] = []
        for (const seq of [31, 3, 1, 4, 2, 5]) told.push(await send(seq))
        expect(told).toEqual([0, 0, 1, 1, 4, 5])
        expect(await store.lastSeq(agent_id, journal_id)).toBe(5)
      })

      it('one that is refused does not disturb the others, and leaves nothing', async () => {
        const [one, other] = [await enrolAgent(store), await enrolAgent(store)]
        const reading_id = randomUUID()
        await ingest(store, newBatch(one, 'metrics', [printer('S1', { reading_id })]))
        const before = await actions(store)
        const outcomes = await ingest(
          store,
          newBatch(other, 'metrics', [printer('NEW1'), printer('NEW2', { reading_id })], { journal_id, seq: 1 }),
          newBatch('nobody', 'metrics', [printer('NEW3')]),
          newBatch(other, 'metrics', [printer('S3')], { journal_id, seq: 2 }),
        )
        expect(outcomes[0]).toMatchObject({ outcome: 'invalid_items', items: [{ index: 1, reading_id }] })
        expect(outcomes[1]).toEqual({ outcome: 'agent_unknown' })
        expect(outcomes[2]).toMatchObject({ outcome: 'stored', last_seq: 0 })
        expect((await listAll(store)).map((device) => device.serial).sort()).toEqual(['S1', 'S3'])
        expect((await actions(store)).slice(before.length)).toEqual(['device_discovered'])
        // what was made up for the refused batch is not remembered
        const [again] = await ingest(store, newBatch(other, 'metrics', [printer('NEW1')]))
        expect(again).toMatchObject({ outcome: 'stored', stored: 1 })
        expect((await listAll(store)).map((device) => device.serial).sort()).toEqual(['NEW1', 'S1', 'S3'])
      })

      it('a reading without an id is the same one when agent, time and content are', async () => {
        const [one, other] = [await enrolAgent(store), await enrolAgent(store)]
        const item = printer('S1')
        const send = async (agent: string, ...items: MetricItem[]) =>
          (await ingest(store, newBatch(agent, 'metrics', items)))[0]
        expect(await send(one, item)).toMatchObject({ stored: 1, duplicates: 0 })
        expect(await send(one, item, { ...item, page_count: 101 })).toMatchObject({ stored: 2, duplicates: 1 })
        expect(await send(other, item)).toMatchObject({ stored: 1, duplicates: 0 })
        const [device] = await listAll(store)
        const readings = await rawMetrics(store, device?.device_id as string)
        expect(readings).toHaveLength(3)
        for (const { reading_id } of readings) expect(reading_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8/)
      })

      it('keeps a reading as it was said', async () => {
        const agent_id = await enrolAgent(store)
        const reading_id = '0197F2B0-0000-7000-8000-0000000000AA'
        const item = {
          ...printer('S1', { reading_id, sampled_at: '2026-01-15T13:00:00.123456+02:00' }),
          color_pages: null,
          scan_count: 0,
          device_id: 'S1',
          supplies: [{ kind: 'toner', color: 'black', level: { state: 'some' } }],
          new_word: { deep: [1, null, 'ü\u0000'] },
        }
        await ingest(store, newBatch(agent_id, 'metrics', [item], { clock_offset_ms: 250 }))
        const [device] = await listAll(store)
        const [reading] = await rawMetrics(store, device?.device_id as string)
        const { device_id: _, ...said } = item
        expect(reading).toEqual({
          ...said,
          reading_id: reading_id.toLowerCase(),
          device_id: device?.device_id,
          agent_id,
          sampled_at: '2026-01-15T11:00:00.123Z',
          received_at: at(NOW),
          clock_offset_ms: 250,
          time_mark: null,
        })
      })

      it.each([
        ['a plain one', at(NOW - HOUR), null, null, at(NOW - HOUR), null],
        ['an agent ahead of us', at(NOW + 6 * MINUTE), null, null, at(NOW + 6 * MINUTE), 'future'],
        ['just within tolerance', at(NOW + 5 * MINUTE), null, null, at(NOW + 5 * MINUTE), null],
        ['a clock known to be off', at(NOW - HOUR), null, -301_000, at(NOW - HOUR), 'clock_offset'],
        ['none, with one of the batch', null, NOW - DAY, null, at(NOW - DAY), null],
        ['none at all', null, null, null, at(NOW), 'missing'],
        ['no time', 'yesterday', NOW - DAY, null, at(NOW), 'unreadable'],
        ['a year of five digits', '9999-12-31T23:59:59-02:00', null, null, at(NOW), 'unreadable'],
        ['a year before all others', '0000-01-01T00:00:00+02:00', null, null, at(NOW), 'unreadable'],
        ['long ago', '1970-01-01T00:00:00Z', null, null, '1970-01-01T00:00:00.000Z', 'past'],
      ])('no reading is refused for its time: %s', async (_, sampled_at, batch_time, offset, stored, mark) => {
        const agent_id = await enrolAgent(store)
        const item = printer('S1', { sampled_at })
        await ingest(store, newBatch(agent_id, 'metrics', [item], { batch_time, clock_offset_ms: offset }))
        const [device] = await listAll(store)
        const [reading] = await rawMetrics(store, device?.device_id as string)
        expect(reading).toMatchObject({ sampled_at: stored, time_mark: mark, received_at: at(NOW) })
      })

      it('takes the clock offset of the last heartbeat where the batch has none', async () => {
        const agent_id = await enrolAgent(store)
        await store.recordHeartbeats([
          { agent_id, received_at: NOW, remote_address: null, clock_offset_ms: 400_000, request: {} },
        ])
        await ingest(store, newBatch(agent_id, 'metrics', [printer('S1')]))
        const [device] = await listAll(store)
        const [reading] = await rawMetrics(store, device?.device_id as string)
        expect(reading).toMatchObject({ clock_offset_ms: 400_000, time_mark: 'clock_offset' })
      })
    })

    describe('devices', () => {
      it('the newest reading tells the state, an older one only when it was first seen', async () => {
        const agent_id = await enrolAgent(store)
        const send = (kind: 'devices' | 'metrics', more: object) =>
          ingest(store, newBatch(agent_id, kind, [printer('S1', more)]))
        await send('devices', { page_count: 100, location: 'Hall', sampled_at: at(NOW - HOUR) })
        await send('metrics', {
          page_count: 120,
          status: 'printing',
          sampled_at: at(NOW - MINUTE),
          supplies: [
            { level: { state: 'percent', percent: 40 } },
            { level: { state: 'percent', percent: 7.9 } },
            { level: { state: 'low' } },
            { level: { state: 'percent', percent: 400 } },
          ],
        })
        await send('devices', { page_count: 50, status: 'error', location: 'Attic', sampled_at: at(NOW - DAY) })
        const [device] = await listAll(store)
        expect(device).toMatchObject({
          page_count: 120,
          status: 'printing',
          location: 'Hall',
          lowest_supply: 7,
          first_seen: at(NOW - DAY),
          last_seen: at(NOW - MINUTE),
        })
        const detail = await store.findDevice(device?.device_id as string)
        expect(detail?.snapshot).toMatchObject({ page_count: 120, status: 'printing', location: 'Hall' })
        await send('metrics', { page_count: null, sampled_at: at(NOW) })
        expect((await listAll(store))[0]).toMatchObject({ page_count: 120, last_seen: at(NOW), lowest_supply: 7 })
      })

      describe('that do not answer', () => {
        const read = {
          page_count: 100,
          hostname: 'p1',
          ip: '10.0.0.1',
          location: 'Hall',
          sampled_at: at(NOW - HOUR),
          supplies: [{ level: { state: 'percent', percent: 40 } }],
        }
        const open = async () => {
          const agent_id = await enrolAgent(store)
          const send = async (kind: 'devices' | 'metrics', more: object, agent = agent_id) => {
            const [outcome] = await ingest(store, newBatch(agent, kind, [printer('S1', more)]))
            const [device] = await listAll(store)
            return { outcome, device: device as Device }
          }
          return { send, device: (await send('devices', read)).device }
        }
        const silence = (minutes: number, more: object = {}) => ({
          status: 'offline',
          offline_reason: 'silent',
          sampled_at: at(NOW - minutes * MINUTE),
          ...more,
        })

        it.each(['devices', 'metrics'] as const)(
          'are offline with the reason, and else as they were (%s)',
          async (kind) => {
            const { send, device } = await open()
            const facts = {
              page_count: 5,
              hostname: 'other',
              ip: '10.0.0.9',
              location: null,
              firmware: '2',
              supplies: [{ level: { state: 'percent', percent: 1 } }],
            }
            const { outcome, device: silent } = await send(kind, silence(30, facts))
            expect(outcome).toMatchObject({ outcome: 'stored', stored: 1, passed_over: 0 })
            expect(silent).toEqual({ ...device, status: 'offline', offline_reason: 'silent' })
            const detail = await store.findDevice(device.device_id)
            expect(detail?.snapshot).toMatchObject({ status: 'idle', page_count: 100 })
            expect(detail?.identities.map(({ kind: each }) => each)).toEqual(['address', 'serial'])
            const readings = await rawMetrics(store, device.device_id)
            expect(readings.map(({ status, offline_reason }) => [status, offline_reason])).toEqual(
              kind === 'metrics' ? [['offline', 'silent']] : [],
            )
            expect((await send(kind, silence(29, { offline_reason: 'refused' }))).device.offline_reason).toBe('refused')
            expect((await send(kind, silence(28, { offline_reason: undefined }))).device).toMatchObject({
              status: 'offline',
              offline_reason: null,
            })
          },
        )

        it('a later reading clears that, an earlier one that comes late does not', async () => {
          const { send } = await open()
          await send('metrics', silence(30))
          const late = await send('metrics', { page_count: 110, status: 'printing', sampled_at: at(NOW - 40 * MINUTE) })
          expect(late.device).toMatchObject({
            status: 'offline',
            offline_reason: 'silent',
            page_count: 110,
            last_seen: at(NOW - 40 * MINUTE),
          })
          const back = await send('metrics', { page_count: 120, status: 'warmup', sampled_at: at(NOW - 20 * MINUTE) })
          expect(back.device).toMatchObject({ status: 'warmup', offline_reason: null, page_count: 120 })
          const older = await send('metrics', silence(25))
          expect(older.device).toEqual(back.device)
        })

        it('one that answers without telling its status is not offline any more', async () => {
          const { send } = await open()
          await send('metrics', silence(30))
          const { device } = await send('metrics', { status: null, sampled_at: at(NOW) })
          expect(device).toMatchObject({ status: null, offline_reason: null, last_seen: at(NOW) })
        })

        it('a reason says nothing where the status is another one', async () => {
          const { send } = await open()
          const { device } = await send('metrics', { offline_reason: 'silent', sampled_at: at(NOW) })
          expect(device).toMatchObject({ status: 'idle', offline_reason: null })
        })

        it('leave their address to the printer that answers there now', async () => {
          const { send, device } = await open()
          await send('metrics', { serial: 'S2', ip: read.ip, sampled_at: at(NOW - 40 * MINUTE) })
          const before = await actions(store)
          await send('metrics', silence(30, { ip: read.ip, offline_reason: 'moved' }))
          const [moved, other] = await listAll(store)
          expect(moved).toMatchObject({ device_id: device.device_id, ip: null, offline_reason: 'moved' })
          expect(other).toMatchObject({ serial: 'S2', ip: read.ip, status: 'idle' })
          expect(await actions(store)).toEqual(before)
        })

        it('one that was never read is known by what names it', async () => {
          const agent_id = await enrolAgent(store)
          await ingest(store, newBatch(agent_id, 'metrics', [printer('S2', { ip: '10.0.0.1' })]))
          await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', silence(5, { ip: '10.0.0.1' }))]))
          const devices = await listAll(store)
          expect(devices.map(({ serial, ip, status, model }) => [serial, ip, status, model]).sort()).toEqual([
            ['S1', null, 'offline', 'LaserJet M404dn'],
            ['S2', '10.0.0.1', 'idle', 'LaserJet M404dn'],
          ])
        })

        it("one that was never read is nobody's until an agent reads it, however old that reading is", async () => {
          const [one, other] = [await enrolAgent(store), await enrolAgent(store)]
          const send = async (agent: string, more: object) => {
            const batch = newBatch(agent, 'devices', [printer('S1', { page_count: null, ...more })])
            expect(await ingest(store, batch)).toMatchObject([{ stored: 1, passed_over: 0 }])
            return (await listAll(store))[0] as Device
          }
          const never = { agent_id: null, first_seen: null, last_seen: null }
          expect(await send(one, silence(5))).toMatchObject({ ...never, status: 'offline', offline_reason: 'silent' })
          expect(await send(other, silence(4, { offline_reason: 'refused' }))).toMatchObject({
            ...never,
            offline_reason: 'refused',
          })
          const silent = await listAll(store)
          const detail = await store.findDevice(silent[0]?.device_id as string)
          expect(detail).toMatchObject({ agents: [], snapshot: {} })
          for (const seen_since of [NOW - 30 * DAY, 0, -DAY])
            expect((await store.listDevices({ limit: 1, seen_since })).items).toEqual([])
          // read before anybody found it silent
          const times = { first_seen: at(NOW - 10 * MINUTE), last_seen: at(NOW - 10 * MINUTE) }
          expect(await send(other, { page_count: 7, sampled_at: times.last_seen })).toMatchObject({
            ...times,
            agent_id: other,
            page_count: 7,
            status: 'offline',
          })
          const late = newBatch(one, 'devices', [printer('S1', { page_count: 9, sampled_at: at(NOW) })])
          expect(await ingest(store, late)).toMatchObject([{ stored: 0, passed_over: 1 }])
          expect((await listAll(store))[0]).toMatchObject({ ...times, agent_id: other, page_count: 7 })
          expect(await actions(store, 'device_reassigned', 'device_claimed')).toEqual(['device_claimed'])
        })

        it('one that was never read takes nothing from one that was', async () => {
          const agent_id = await enrolAgent(store)
          const mac_address = '00:1b:a9:01:02:03'
          await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', { mac_address })]))
          await ingest(store, newBatch(agent_id, 'metrics', [printer('S2', silence(0, { mac_address }))]))
          expect(await listAll(store)).toMatchObject([
            { serial: 'S1', mac_address },
            { serial: 'S2', mac_address: null, agent_id: null },
          ])
          const found = await store.listDevices({ limit: 10, mac_address })
          expect(found.items.map(({ serial }) => serial)).toEqual(['S1'])
          // nor does it keep from one what is read of another, however late
          await ingest(
            store,
            newBatch(agent_id, 'metrics', [printer('S3', silence(0, { ip: null, mac_address: '001ba9010204' }))]),
          )
          const card = { mac_address: '00:1b:a9:01:02:04', sampled_at: at(NOW - HOUR) }
          await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', card)]))
          expect((await store.listDevices({ limit: 10, mac_address: card.mac_address })).items).toEqual([])
          expect(await actions(store, 'device_identity_moved')).toHaveLength(1)
        })

        it('that an agent cannot reach the device of another changes nothing of it, however long ago that was', async () => {
          const { send, device } = await open()
          const other = await enrolAgent(store)
          const late = newBatch(
            other,
            'devices',
            [printer('S1', { status: 'offline', sampled_at: at(NOW + 3 * DAY) })],
            {
              received_at: NOW + 3 * DAY,
            },
          )
          expect(await ingest(store, late)).toMatchObject([{ outcome: 'stored', stored: 0, passed_over: 1 }])
          expect(await listAll(store)).toEqual([device])
          expect(await actions(store, 'device_claimed', 'device_reassigned')).toEqual([])
          const { outcome } = await send('metrics', silence(1), other)
          expect(outcome).toMatchObject({ stored: 1, passed_over: 0 })
          expect(await listAll(store)).toEqual([device])
          expect(await rawMetrics(store, device.device_id)).toMatchObject([{ status: 'offline', of_other_agent: true }])
        })
      })

      it('a light reading leaves what it does not tell', async () => {
        const agent_id = await enrolAgent(store)
        const send = async (item: MetricItem) => {
          await ingest(store, newBatch(agent_id, 'metrics', [item]))
          return (await listAll(store))[0] as Device
        }
        const before = await send(
          printer('S1', {
            hostname: 'p1',
            ip: '10.0.0.1',
            port: 161,
            printer_index: 1,
            firmware: '1.0',
            location: 'Hall',
            contact: 'desk',
            asset_number: 'A7',
            mac_address: '00:1b:a9:01:02:03',
            color_pages: 7,
            supplies: [{ level: { state: 'percent', percent: 40 } }],
          }),
        )
        expect(before.lowest_supply).toBe(40)
        const light = { serial: 'S1', status: 'printing', page_count: 101, uptime_seconds: 5, sampled_at: at(NOW) }
        const after = await send(light)
        expect(after).toEqual({ ...before, status: 'printing', page_count: 101, last_seen: at(NOW) })
        const detail = await store.findDevice(after.device_id)
        expect(detail?.snapshot).toMatchObject({ page_count: 101 })
        // told that there are none
        const none = await send({ ...light, supplies: null, sampled_at: at(NOW + 1) })
        expect(none).toEqual({ ...after, lowest_supply: null, last_seen: at(NOW) })
      })

      it('an item of the device of another agent is passed over, and the repeat says so too', async () => {
        const [one, other] = [await enrolAgent(store), await enrolAgent(store)]
        await ingest(store, newBatch(one, 'devices', [printer('S1')]))
        const items = [printer('S1', { page_count: 7, sampled_at: at(NOW) }), printer('S2')]
        const batch = newBatch(other, 'devices', items, { journal_id: randomUUID(), seq: 1 })
        const [first] = await ingest(store, batch)
        expect(first).toMatchObject({ outcome: 'stored', received: 2, stored: 1, duplicates: 0, passed_over: 1 })
        expect((await listAll(store))[0]).toMatchObject({ page_count: 100 })
        expect(await ingest(store, batch)).toEqual([{ ...first, outcome: 'repeated' }])
        // readings of others are held
        const [metrics] = await ingest(store, newBatch(other, 'metrics', items))
        expect(metrics).toMatchObject({ outcome: 'stored', stored: 2, passed_over: 0 })
      })

      it('a clock that runs ahead does not freeze them', async () => {
        const agent_id = await enrolAgent(store)
        await ingest(
          store,
          newBatch(agent_id, 'metrics', [printer('S1', { sampled_at: '2031-01-01T00:00:00Z', page_count: 1 })]),
        )
        const later = { received_at: NOW + HOUR }
        await ingest(
          store,
          newBatch(agent_id, 'metrics', [printer('S1', { sampled_at: at(NOW + HOUR), page_count: 2 })], later),
        )
        expect((await listAll(store))[0]).toMatchObject({ page_count: 2, last_seen: at(NOW + HOUR) })
      })

      it('a clock of the server that ran ahead does not freeze them, nor the agent', async () => {
        const agent_id = await enrolAgent(store)
        const ahead = NOW + 365 * DAY
        // no time is told: the arrival stands in
        const send = (kind: 'devices' | 'metrics', more: object, received_at: number) =>
          ingest(store, newBatch(agent_id, kind, [printer('S1', { sampled_at: null, ...more })], { received_at }))
        const beat = (received_at: number, request: object) =>
          store.recordHeartbeats([{ agent_id, received_at, remote_address: null, clock_offset_ms: null, request }])
        await send('devices', { page_count: 1, location: 'Hall' }, ahead)
        await send('metrics', { status: 'offline', offline_reason: 'silent' }, ahead)
        await beat(ahead, { hostname: 'before', last_scan: at(ahead) })
        expect(await store.findAgent(agent_id, OFFLINE_AFTER, NOW)).toMatchObject({ status: 'offline' })

        await send('metrics', { page_count: 2 }, NOW)
        const show = async () => {
          const [device] = await listAll(store)
          return { device, detail: await store.findDevice(device?.device_id as string) }
        }
        const read = { page_count: 2, status: 'idle', offline_reason: null, last_seen: at(NOW), received_at: at(NOW) }
        expect((await show()).device).toMatchObject({ ...read, first_seen: at(NOW) })
        expect((await show()).detail?.snapshot).toMatchObject({ page_count: 2, location: 'Hall' })
        await send('metrics', { status: 'offline', offline_reason: 'refused' }, NOW + MINUTE)
        expect((await show()).device).toMatchObject({ status: 'offline', offline_reason: 'refused' })
        await send('devices', { page_count: 3, location: 'Attic' }, NOW + 2 * MINUTE)
        expect((await show()).detail?.snapshot).toMatchObject({ page_count: 3, location: 'Attic' })
        const upload = { last_seen: at(NOW + 2 * MINUTE), last_upload: at(NOW + 2 * MINUTE), status: 'active' }
        const now = NOW + 2 * MINUTE
        expect(await store.findAgent(agent_id, OFFLINE_AFTER, now)).toMatchObject({ ...upload, hostname: 'before' })

        await beat(now + 1, { hostname: 'after', last_scan: at(NOW) })
        expect(await store.findAgent(agent_id, OFFLINE_AFTER, now)).toMatchObject({
          hostname: 'after',
          last_scan: at(NOW),
          last_seen: at(now + 1),
        })
        // two that came out of order are something else
        await beat(now, { hostname: 'between' })
        expect(await store.findAgent(agent_id, OFFLINE_AFTER, now)).toMatchObject({ hostname: 'after' })
      })

      it('a clock of the server that ran ahead keeps no address, and no device from the agent that reads it', async () => {
        const [one, other] = [await enrolAgent(store), await enrolAgent(store)]
        const [ip, ahead] = ['10.0.0.1', NOW + 365 * DAY]
        const send = (agent: string, serial: string, received_at: number) =>
          ingest(store, newBatch(agent, 'metrics', [printer(serial, { ip, sampled_at: null })], { received_at }))
        await send(one, 'S1', ahead)
        await send(one, 'S2', NOW)
        expect((await store.listDevices({ limit: 10, ip })).items.map(({ serial }) => serial)).toEqual(['S2'])
        await send(other, 'S1', NOW)
        expect((await store.listDevices({ limit: 10, serial: 'S1' })).items).toMatchObject([{ agent_id: other, ip }])
      })

      it('levels of all of them come in pages', async () => {
        const agent_id = await enrolAgent(store)
        const percent = (value: number, more: object = {}) => ({ level: { state: 'percent', percent: value }, ...more })
        const supplies = [
          percent(40, { index: 7, kind: 'toner', color: 'black' }),
          percent(1, { index: 7 }),
          percent(12.5),
          { level: { state: 'some' } },
          percent(101),
          { index: 9 },
        ]
        const items = Array.from({ length: 5 }, (_, i) => printer(`S${i}`, { location: `Room ${i}`, page_count: i }))
        await ingest(store, newBatch(agent_id, 'devices', [{ ...items[0], supplies }, ...items.slice(1)]))
        const newer = { sampled_at: at(NOW), location: undefined }
        await ingest(
          store,
          newBatch(agent_id, 'metrics', [
            { ...printer('S1', newer), supplies: [percent(90, { index: 1 })] },
            { ...printer('S0', newer), page_count: 70 },
          ]),
        )
        const walk = async (limit: number) => {
          const found: unknown[] = []
          let cursor: string | null = null
          do {
            const page: Awaited<ReturnType<Store['listDeviceLevels']>> = await store.listDeviceLevels({
              limit,
              ...(cursor !== null && { cursor }),
            })
            found.push(...page.items)
            cursor = page.next_cursor
          } while (cursor !== null)
          return found
        }
        const devices = await store.listDevices({ limit: 10, sort: 'location' })
        const facts = devices.items.map(({ device_id, manufacturer, model, serial, location, page_count }) => ({
          device_id,
          agent_id,
          manufacturer,
          model,
          serial,
          location,
          page_count,
        }))
        const levels = [
          [
            { supply: '7', kind: 'toner', color: 'black', percent: 40 },
            { supply: '3', kind: '', color: '', percent: 12.5 },
          ],
          [{ supply: '1', kind: '', color: '', percent: 90 }],
        ]
        const all = facts.map((each, i) => ({ ...each, supplies: levels[i] ?? [] }))
        expect(all[0]).toMatchObject({ page_count: 70, location: 'Room 0' })
        for (const limit of [1, 2, 5, 100]) expect(await walk(limit)).toEqual(all)
        await ingest(
          store,
          newBatch(agent_id, 'metrics', [{ ...printer('S1'), sampled_at: at(NOW + 1), supplies: [percent(80)] }], {
            received_at: NOW + 1,
          }),
        )
        const changed = [{ supply: '1', kind: '', color: '', percent: 80 }]
        expect(await walk(2)).toEqual(
          all.map((each, i) => (i === 1 ? { ...each, page_count: 100, supplies: changed } : each)),
        )
        const { next_cursor } = await store.listDevices({ limit: 2, sort: 'serial' })
        const wrong = store.listDeviceLevels({ limit: 2, cursor: next_cursor as string })
        await expect(wrong).rejects.toMatchObject({ code: 'bad_cursor' })
      })

      it('are found by any spelling of the MAC address, and by the id of one that was merged', async () => {
        const agent_id = await enrolAgent(store)
        const mac_address = '00-1B-A9-01-02-03'
        await ingest(store, newBatch(agent_id, 'metrics', [{ ...printer('', { mac_address }), serial: null }]))
        await ingest(store, newBatch(agent_id, 'metrics', [printer('S1')]))
        const [nameless, named] = await listAll(store)
        await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', { mac_address, sampled_at: at(NOW) })]))
        const found = await store.findDevice(nameless?.device_id as string)
        expect(found).toMatchObject({ device_id: named?.device_id, merged: [nameless?.device_id], serial: 'S1' })
        const page = await store.listDevices({ limit: 10, mac_address: '001BA9010203' })
        expect(page.items.map((device) => device.device_id)).toEqual([named?.device_id])
        // the history of both
        expect(await rawMetrics(store, nameless?.device_id as string)).toHaveLength(3)
        expect(await actions(store, 'device_merged')).toHaveLength(1)
        expect(await store.findDevice(randomUUID())).toBeNull()
      })

      describe('lists', () => {
        const makers = ['Brother', 'HP', 'hp', null, 'Canon', 'HP', null]
        beforeEach(async () => {
          const [one, other] = [await enrolAgent(store, 'one'), await enrolAgent(store, 'other')]
          const items = makers.map((manufacturer, i) =>
            printer(`SN10${i}`, {
              manufacturer,
              model: `M_${i % 2}%`,
              ip: `10.0.0.${i}`,
              page_count: i === 3 ? null : 1000 - (i % 3),
              status: i % 2 === 0 ? 'idle' : 'error',
              sampled_at: at(NOW - i * MINUTE),
              ...(i < 4 && { supplies: [{ level: { state: 'percent', percent: i * 10 } }] }),
            }),
          )
          await ingest(store, newBatch(one, 'devices', items.slice(0, 5)), newBatch(other, 'devices', items.slice(5)))
        })

        const serials = async (query: Partial<DevicesFilter>) =>
          (await store.listDevices({ limit: 100, ...query })).items.map((device) => Number(device.serial?.slice(4)))

        const expectPages = async (sort: NonNullable<DevicesFilter['sort']>, limits: readonly number[]) => {
          const whole = await store.listDevices({ limit: 100, sort })
          for (const limit of limits) {
            const pages: Device[] = []
            let cursor: string | null = null
            do {
              const page = await store.listDevices({ limit, sort, ...(cursor !== null && { cursor }) })
              pages.push(...page.items)
              cursor = page.next_cursor
            } while (cursor !== null)
            expect(pages).toEqual(whole.items)
          }
        }

        it.each([
          [{}, [0, 1, 2, 3, 4, 5, 6]],
          [{ agent_id: 'other' }, [5, 6]],
          [{ agent_id: 'nobody' }, []],
          [{ manufacturer: 'hP' }, [1, 2, 5]],
          [{ model: 'm_1%' }, [1, 3, 5]],
          [{ serial: 'SN104' }, [4]],
          [{ ip: '10.0.0.6' }, [6]],
          [{ status: 'error', manufacturer: 'HP' }, [1, 5]],
          [{ search: 'sn10' }, [0, 1, 2, 3, 4, 5, 6]],
          [{ search: '_1%' }, [1, 3, 5]],
          [{ search: '0_0' }, []],
          [{ search: "'; DROP TABLE devices" }, []],
          [{ supply_below: 20 }, [0, 1]],
          [{ seen_since: NOW - 2 * MINUTE }, [0, 1, 2]],
          [{ site_id: 'elsewhere' }, []],
          [{ sort: 'last_seen' as const }, [6, 5, 4, 3, 2, 1, 0]],
          [{ sort: 'serial' as const }, [0, 1, 2, 3, 4, 5, 6]],
        ])('%o', async (query, expected) => {
          const found = await serials(query)
          expect('sort' in query ? found : found.sort()).toEqual(expected)
        })

        it('null comes last either way', async () => {
          expect((await serials({ sort: 'manufacturer' })).slice(-2)).toEqual([3, 6])
          expect((await serials({ sort: '-manufacturer' })).slice(-2)).toEqual([3, 6])
          expect((await serials({ sort: '-lowest_supply' })).slice(0, 4)).toEqual([3, 2, 1, 0])
        })

        it('so do the times of those that were never read', async () => {
          const silent = [7, 8, 9].map((i) => printer(`SN10${i}`, { status: 'offline' }))
          await ingest(store, newBatch(await enrolAgent(store, 'third'), 'devices', silent))
          for (const name of ['first_seen', 'last_seen'] as const) {
            expect(await serials({ sort: name })).toEqual([6, 5, 4, 3, 2, 1, 0, 7, 8, 9])
            expect(await serials({ sort: `-${name}` })).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
            for (const sort of [name, `-${name}` as const]) await expectPages(sort, [1, 2, 7, 8])
          }
        })

        it('pages join to the whole list', async () => {
          const sorts = [
            'manufacturer',
            '-manufacturer',
            'page_count',
            '-page_count',
            '-last_seen',
            'location',
          ] as const
          for (const sort of sorts) await expectPages(sort, [1, 2, 3, 7])
        })

        it.each([
          ['of another order', { sort: 'model' as const }],
          ['of other filters', { manufacturer: 'HP' }],
          ['no cursor', { cursor: 'bm9uc2Vuc2U' }],
          ['empty JSON', { cursor: Buffer.from('[]').toString('base64url') }],
          ['null', { cursor: Buffer.from('null').toString('base64url') }],
        ])('refuses a cursor: %s', async (_, query) => {
          const { next_cursor } = await store.listDevices({ limit: 2, sort: 'serial' })
          const wrong = { limit: 2, sort: 'serial' as const, cursor: next_cursor as string, ...query }
          await expect(store.listDevices(wrong)).rejects.toMatchObject({ name: 'StoreError', code: 'bad_cursor' })
        })
      })
    })

    describe('metrics', () => {
      const send = async (times: readonly number[], more = (_: number): object => ({})) => {
        const agent_id = await enrolAgent(store)
        const items = times.map((time, i) => printer('S1', { sampled_at: at(time), page_count: 100 + i, ...more(i) }))
        await ingest(store, newBatch(agent_id, 'metrics', items))
        return (await listAll(store))[0]?.device_id as string
      }
      const walk = async (device_id: string, more: object, limit: number) => {
        const found: (Metric | MetricPeriod)[] = []
        let cursor: string | null = null
        do {
          const query = { device_id, resolution: 'raw' as const, ...more, limit, ...(cursor !== null && { cursor }) }
          const page: Awaited<ReturnType<Store['listMetrics']>> = await store.listMetrics(query)
          found.push(...(page?.items ?? []))
          cursor = page?.next_cursor ?? null
        } while (cursor !== null)
        return found
      }

      it('raw ones come in the order of time, from in, to out', async () => {
        const times = [3, 1, 2, 2, 5, 4].map((hours) => NOW - 10 * HOUR + hours * HOUR)
        const device_id = await send(times)
        const counts = (items: object[]) => items.map((item) => (item as { page_count: number }).page_count)
        expect(counts(await walk(device_id, {}, 100))).toEqual([101, 102, 103, 100, 105, 104])
        expect(counts(await walk(device_id, {}, 1))).toEqual([101, 102, 103, 100, 105, 104])
        const part = { from: NOW - 8 * HOUR, to: NOW - 6 * HOUR }
        expect(counts(await walk(device_id, part, 2))).toEqual([102, 103, 100])
        expect(await store.listMetrics({ device_id: randomUUID(), resolution: 'raw', limit: 1 })).toBeNull()
      })

      it('an hour has the first and the last of each counter', async () => {
        const start = Date.UTC(2026, 0, 15, 9)
        const minutes = [0, 20, 59, 60, 180]
        const percents = [30, 20, 25, undefined, 10]
        const device_id = await send(
          minutes.map((minute) => start + minute * MINUTE),
          (i) => ({
            ...(i === 1 && { page_count: null, status: null, scan_count: 4 }),
            ...(percents[i] !== undefined && { supplies: [{ level: { state: 'percent', percent: percents[i] } }] }),
          }),
        )
        const expected = [
          {
            period_start: '2026-01-15T09:00:00.000Z',
            readings: 3,
            counters: { page_count: { first: 100, last: 102, pages: 2 }, scan_count: { first: 4, last: 4, pages: 0 } },
            lowest_supply: 20,
            last_status: 'idle',
          },
          {
            period_start: '2026-01-15T10:00:00.000Z',
            readings: 1,
            counters: { page_count: { first: 103, last: 103, pages: 1 } },
            lowest_supply: null,
            last_status: 'idle',
          },
          {
            period_start: '2026-01-15T11:00:00.000Z',
            readings: 0,
            counters: {},
            lowest_supply: null,
            states: { idle: 3600 },
            last_status: null,
          },
          {
            period_start: '2026-01-15T12:00:00.000Z',
            readings: 1,
            counters: { page_count: { first: 104, last: 104, pages: 1 } },
            lowest_supply: 10,
            last_status: 'idle',
          },
          { period_start: '2026-01-15T13:00:00.000Z', readings: 0, counters: {}, states: { idle: 3600 } },
        ]
        for (const limit of [1, 2, 3, 10])
          expect(await walk(device_id, { resolution: 'hour' }, limit)).toMatchObject(expected)
        const days = await walk(device_id, { resolution: 'day', from: start + MINUTE }, 10)
        expect(days).toMatchObject([{ period_start: '2026-01-15T00:00:00.000Z', readings: 4, lowest_supply: 10 }])
      })
    })

    describe('audit', () => {
      const event = (more: Partial<NewAuditEvent> = {}): NewAuditEvent => ({
        event_id: null,
        actor: { type: 'agent', id: 'site-1', ip_address: '192.0.2.1' },
        agent_id: 'site-1',
        action: 'scan_initiated',
        resource_type: 'network',
        resource_id: '192.0.2.0/24',
        outcome: 'success',
        details: { method: 'snmp' },
        occurred_at: NOW - MINUTE,
        recorded_at: NOW,
        ...more,
      })

      it('keeps who, from where, what, when and the outcome', async () => {
        const event_id = randomUUID()
        expect(await store.recordAudit([event({ event_id })])).toBe(1)
        const { items } = await store.listAudit({ limit: 1 })
        expect(items[0]).toEqual({
          seq: 1,
          event_id,
          occurred_at: at(NOW - MINUTE),
          recorded_at: at(NOW),
          site_id: 'default',
          actor_type: 'agent',
          actor: 'site-1',
          agent_id: 'site-1',
          action: 'scan_initiated',
          resource_type: 'network',
          resource_id: '192.0.2.0/24',
          outcome: 'success',
          ip_address: '192.0.2.1',
          details: { method: 'snmp' },
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        })
      })

      it('an event that an agent repeats is one event; an access is one each time', async () => {
        const event_id = randomUUID()
        const events = [event(), event(), event({ event_id }), event({ event_id: event_id.toUpperCase() })]
        expect(await store.recordAudit(events)).toBe(2)
        expect(await store.recordAudit([event(), event({ details: { method: 'ping' } })])).toBe(1)
        const access = event({ actor: { type: 'token', id: 't', ip_address: null }, action: 'device_viewed' })
        expect(await store.recordAudit([access, access])).toBe(2)
      })

      it('is filtered, and comes newest first in pages', async () => {
        await store.recordAudit(
          Array.from({ length: 10 }, (_, i) =>
            event({
              event_id: randomUUID(),
              agent_id: i % 2 === 0 ? 'even' : 'odd',
              action: i < 5 ? 'early' : 'late',
              resource_id: `r${i}`,
              recorded_at: NOW + i,
            }),
          ),
        )
        const find = async (query: object) => {
          const found: (string | null)[] = []
          let cursor: string | null = null
          do {
            const page: Awaited<ReturnType<Store['listAudit']>> = await store.listAudit({
              limit: 2,
              ...query,
              ...(cursor !== null && { cursor }),
            })
            found.push(...page.items.map((entry) => entry.resource_id))
            cursor = page.next_cursor
          } while (cursor !== null)
          return found.join(' ')
        }
        expect(await find({})).toBe('r9 r8 r7 r6 r5 r4 r3 r2 r1 r0')
        expect(await find({ agent_id: 'odd' })).toBe('r9 r7 r5 r3 r1')
        expect(await find({ action: 'early', agent_id: 'even' })).toBe('r4 r2 r0')
        expect(await find({ actor: 'site-1', from: NOW + 2, to: NOW + 5 })).toBe('r4 r3 r2')
        expect(await find({ resource_type: 'network', resource_id: 'r7' })).toBe('r7')
        expect(await find({ resource_type: 'device' })).toBe('')
      })

      it('large details are cut, with a mark', async () => {
        await store.recordAudit([event({ details: { text: 'ä'.repeat(20_000) } })])
        const [entry] = (await store.listAudit({ limit: 1 })).items
        expect(entry?.details).toMatchObject({ cut: true, bytes: 40_011 })
        expect(JSON.stringify(entry?.details).length).toBeLessThan(16_384)
      })
    })

    it('checks out after all that', async () => {
      const agent_id = await enrolAgent(store)
      await ingest(store, newBatch(agent_id, 'metrics', [printer('S1')]))
      const report = await store.check()
      expect(report.problems).toEqual([])
      expect(report.rows).toMatchObject({ agents: 1, devices: 1, metrics_history: 1 })
    })

    it('can be tried whether it takes what is written', async () => {
      await store.tryWrite(NOW)
      await store.tryWrite(NOW + 1)
      expect((await store.check()).problems).toEqual([])
      await store.close()
      await expect(store.tryWrite(NOW)).rejects.toMatchObject({ name: 'StoreError', code: 'closed' })
    })

    it('says so after it was closed', async () => {
      await store.close()
      await expect(store.listTokens(NOW)).rejects.toMatchObject({ name: 'StoreError', code: 'closed' })
      await store.close()
    })
  })
}
