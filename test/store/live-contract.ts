import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ChangesPage, PresenceDecision, SnapshotPage, Store } from '../../src/core/store/store.ts'
import {
  ADMIN,
  at,
  DAY,
  enrolAgent,
  ingest,
  MINUTE,
  NOW,
  newBatch,
  newRegistration,
  newToken,
  OFFLINE_AFTER,
  printer,
} from './sample-batches.ts'

/** Presence, what live views read, and the tokens of open sockets. */
export function describeLiveStore(open: () => Store): void {
  const store = () => open()
  const query = { offlineAfterMs: OFFLINE_AFTER }
  const changes = (after: number, limit = 1000) => store().readChanges({ ...query, after, limit }, NOW)
  const readAll = async (limit: number) => {
    const pages: SnapshotPage[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await store().readSnapshot({ ...query, limit, ...(cursor && { cursor }) }, NOW)
      pages.push(page)
      cursor = page.next_cursor
    }
    return pages
  }
  const newest = async () => {
    let page: ChangesPage
    let after = 0
    do {
      page = await changes(after)
      after = page.seq
    } while (page.agents.length + page.devices.length + page.alerts.length + page.gone_devices.length > 0)
    return after
  }
  const decide = (agent_id: string, more: Partial<PresenceDecision> = {}) =>
    store().recordPresence([
      { agent_id, status: 'active', reason: null, at: NOW, connection: 'websocket', ...more } as PresenceDecision,
    ])
  const show = async (agent_id: string) => {
    const agent = await store().findAgent(agent_id, OFFLINE_AFTER, NOW)
    return [agent?.status, agent?.status_reason, agent?.status_since, agent?.connection]
  }

  describe('presence', () => {
    it('stands over what was heard, in the list, its filter and the counts', async () => {
      const [one, other] = [await enrolAgent(store()), await enrolAgent(store())]
      expect(await show(one)).toEqual(['offline', null, null, null])
      await decide(one, { status: 'inactive', reason: 'no_scan', at: NOW - MINUTE })
      expect(await show(one)).toEqual(['inactive', 'no_scan', at(NOW - MINUTE), 'websocket'])
      const { items } = await store().listAgents({ ...query, limit: 10, status: 'inactive' }, NOW)
      expect(items.map(({ agent_id }) => agent_id)).toEqual([one])
      expect((await store().count(OFFLINE_AFTER, NOW)).agents).toEqual({ active: 0, inactive: 1, offline: 1 })
      expect(await show(other)).toEqual(['offline', null, null, null])
    })

    it('status_since moves with the status, not with reason or connection', async () => {
      const agent_id = await enrolAgent(store())
      await decide(agent_id)
      await decide(agent_id, { connection: 'http', at: NOW + 1000 })
      expect(await show(agent_id)).toEqual(['active', null, at(NOW), 'http'])
      await decide(agent_id, { status: 'offline', reason: 'silent', at: NOW + 2000 })
      await decide(agent_id, { status: 'offline', reason: 'no_heartbeat', at: NOW + 3000 })
      expect(await show(agent_id)).toEqual(['offline', 'no_heartbeat', at(NOW + 2000), 'websocket'])
    })

    it('each decision is a change; agents that are not there are passed over', async () => {
      const agent_id = await enrolAgent(store())
      const before = await newest()
      await decide('nobody')
      expect(await newest()).toBe(before)
      await decide(agent_id)
      expect((await changes(before)).agents).toMatchObject([{ agent_id, status: 'active', connection: 'websocket' }])
    })

    it('what the monitor needs is listed in the order of registration, behind a rowid', async () => {
      const [one, other] = [await enrolAgent(store(), 'one', NOW - DAY), await enrolAgent(store(), 'other')]
      const beat = {
        agent_id: one,
        received_at: NOW,
        remote_address: null,
        clock_offset_ms: null,
        request: { last_scan: at(NOW - MINUTE), heartbeat_interval_seconds: 30, discovery_interval_seconds: 600 },
      }
      await store().recordHeartbeats([beat])
      // left out, or null, it stays
      await store().recordHeartbeats([{ ...beat, request: { heartbeat_interval_seconds: null } }])
      await decide(one)
      const rows = await store().listPresence(0)
      expect(rows).toMatchObject([
        {
          agent_id: one,
          registered_at: NOW - DAY,
          status: 'active',
          status_since: NOW,
          status_reason: null,
          connection: 'websocket',
          last_seen: NOW,
          last_scan: NOW - MINUTE,
          last_upload: null,
          heartbeat_interval_seconds: 30,
          upload_interval_seconds: null,
          discovery_interval_seconds: 600,
        },
        { agent_id: other, status: null, last_seen: null },
      ])
      expect(await store().listPresence(rows[0]?.id as number)).toEqual(rows.slice(1))
      expect(await store().listPresence(rows[1]?.id as number)).toEqual([])
    })

    it('registration tells intervals as well', async () => {
      const { token_id } = await store().createToken(newToken(), ADMIN, NOW)
      const request = { agent_id: randomUUID(), upload_interval_seconds: 60 }
      await store().registerAgent(newRegistration(token_id, { request }), ADMIN, NOW)
      expect(await store().listPresence(0)).toMatchObject([{ upload_interval_seconds: 60 }])
      const detail = await store().findAgent(request.agent_id, OFFLINE_AFTER, NOW)
      expect(detail?.other).toEqual({})
    })
  })

  describe('changes', () => {
    it('of one row are one, with the row as it is now', async () => {
      const agent_id = await enrolAgent(store())
      const before = await newest()
      for (const page_count of [1, 2, 3]) {
        await ingest(store(), newBatch(agent_id, 'metrics', [printer('S1', { page_count, sampled_at: at(NOW) })]))
      }
      await ingest(store(), newBatch(agent_id, 'metrics', [printer('S2')]))
      const page = await changes(before)
      expect(page).toMatchObject({ isLost: false, gone_devices: [], alerts: [] })
      expect(page.agents).toMatchObject([{ agent_id, metrics_count: 4 }])
      const { items } = await store().listDevices({ limit: 10, sort: 'serial' })
      expect(page.devices.toSorted((a, b) => (String(a.serial) < String(b.serial) ? -1 : 1))).toEqual(items)
      expect(items[0]).toMatchObject({ serial: 'S1', page_count: 3 })
    })

    it('come in parts; behind the last one there is nothing', async () => {
      const agent_id = await enrolAgent(store())
      const items = Array.from({ length: 25 }, (_, i) => printer(`P${i}`))
      await ingest(store(), newBatch(agent_id, 'metrics', items))
      const seen = new Set<string>()
      let after = 0
      let parts = 0
      for (; parts < 100; parts++) {
        const page = await changes(after, 10)
        if (page.seq === after) break
        expect(page.seq).toBeGreaterThan(after)
        for (const { serial } of page.devices) seen.add(serial as string)
        after = page.seq
      }
      expect(seen.size).toBe(25)
      expect(parts).toBeGreaterThan(2)
      expect(await changes(after)).toEqual({
        ...{ seq: after, agents: [], devices: [], alerts: [], gone_devices: [], isLost: false },
      })
    })

    it('a device that was merged is told to be gone, the other one is shown', async () => {
      const agent_id = await enrolAgent(store())
      const mac_address = '00:11:22:33:44:55'
      await ingest(store(), newBatch(agent_id, 'metrics', [printer('M1'), { mac_address, sampled_at: at(NOW) }]))
      const before = await newest()
      const devices = (await store().listDevices({ limit: 10 })).items
      await ingest(store(), newBatch(agent_id, 'metrics', [printer('M1', { mac_address, sampled_at: at(NOW) })]))
      const page = await changes(before)
      expect(page.devices).toMatchObject([{ serial: 'M1', mac_address }])
      expect(page.gone_devices).toHaveLength(1)
      const ids = [page.devices[0]?.device_id as string, ...page.gone_devices]
      expect(ids.toSorted()).toEqual(devices.map(({ device_id }) => device_id).toSorted())
    })

    it('behind a number that was never given are lost', async () => {
      expect(await changes(0)).toMatchObject({ seq: 0, isLost: false })
      await enrolAgent(store())
      const last = await newest()
      expect((await changes(last)).isLost).toBe(false)
      expect(await changes(last + 1)).toMatchObject({ isLost: true, agents: [], devices: [] })
    })

    it('of one site alone where one is named', async () => {
      await enrolAgent(store())
      const filter = { ...query, after: 0, limit: 10 }
      expect((await store().readChanges({ ...filter, site_id: 'default' }, NOW)).agents).toHaveLength(1)
      expect((await store().readChanges({ ...filter, site_id: 'elsewhere' }, NOW)).agents).toEqual([])
    })
  })

  describe('snapshots', () => {
    it('of an empty store are one empty part', async () => {
      const nothing = { seq: 0, agents: [], devices: [], alerts: [], next_cursor: null }
      expect(await readAll(10)).toEqual([nothing])
    })

    it('hold all agents, devices and open alerts, each once, in parts of at most so many', async () => {
      const ids: string[] = []
      for (let i = 0; i < 5; i++) ids.push(await enrolAgent(store()))
      const printers = Array.from({ length: 7 }, (_, i) => printer(`D${i}`))
      await ingest(store(), newBatch(ids[0] as string, 'metrics', printers))
      const open = (agent_id: string) => ({
        ...{ change: 'open', kind: 'agent_offline', severity: 'critical', device_id: null, subject: null },
        ...{ agent_id, message: 'gone', details: {}, at: NOW },
      })
      await store().recordAlerts(ids.slice(0, 3).map(open) as never, [], NOW)
      const close = { ...open(ids[0] as string), change: 'close' }
      await store().recordAlerts([close] as never, [], NOW)
      for (const limit of [1, 2, 3, 5, 7, 100]) {
        const pages = await readAll(limit)
        const rows = (name: 'agents' | 'devices' | 'alerts') => pages.flatMap((page) => [...page[name]] as unknown[])
        expect(rows('agents')).toEqual((await store().listAgents({ ...query, limit: 100 }, NOW)).items)
        expect(rows('devices')).toEqual((await store().listDevices({ limit: 100, sort: 'first_seen' })).items)
        expect(rows('alerts')).toHaveLength(2)
        const largest = Math.max(
          ...pages.map(({ agents, devices, alerts }) => agents.length + devices.length + alerts.length),
        )
        expect(largest).toBeLessThanOrEqual(limit)
      }
    })

    it('tell the number of their beginning: what is written while they are read is behind it', async () => {
      const agent_id = await enrolAgent(store())
      await ingest(store(), newBatch(agent_id, 'metrics', [printer('A1'), printer('A2')]))
      const first = await store().readSnapshot({ ...query, limit: 1 }, NOW)
      const again = printer('A1', { page_count: 999, sampled_at: at(NOW) })
      await ingest(store(), newBatch(agent_id, 'metrics', [again, printer('A3')]))
      let { next_cursor } = first
      while (next_cursor !== null) {
        const page = await store().readSnapshot({ ...query, limit: 1, cursor: next_cursor }, NOW)
        expect(page.seq).toBe(first.seq)
        next_cursor = page.next_cursor
      }
      const { devices } = await changes(first.seq)
      expect(devices.map(({ serial, page_count }) => [serial, page_count]).toSorted()).toEqual([
        ['A1', 999],
        ['A3', 100],
      ])
    })

    it('take no cursor of another list', async () => {
      for (let i = 0; i < 3; i++) await enrolAgent(store())
      const { next_cursor } = await store().listAgents({ ...query, limit: 1 }, NOW)
      const wrong = store().readSnapshot({ ...query, limit: 1, cursor: next_cursor as string }, NOW)
      await expect(wrong).rejects.toMatchObject({ code: 'bad_cursor' })
    })
  })

  describe('tokens of open sockets', () => {
    it('have ended when they are revoked, expired, replaced or unknown', async () => {
      const make = (more: object = {}) => store().createToken(newToken({ scope: 'viewer', ...more }), ADMIN, NOW)
      const [valid, revoked, expired] = [await make(), await make(), await make({ expires_at: NOW + 10 })]
      await store().revokeToken(revoked.token_id, ADMIN, NOW)
      const enrolment = await store().createToken(newToken(), ADMIN, NOW)
      const registration = newRegistration(enrolment.token_id)
      await store().registerAgent(registration, ADMIN, NOW)
      const agent = (await store().findToken(registration.token_hash))?.token_id as string
      const ids = [valid, revoked, expired].map(({ token_id }) => token_id)
      const ended = async (now: number) => (await store().findEndedTokens([...ids, agent, 'unknown'], now)).toSorted()
      expect(await ended(NOW + 9)).toEqual([revoked.token_id, 'unknown'].toSorted())
      expect(await ended(NOW + 10)).toEqual([revoked.token_id, expired.token_id, 'unknown'].toSorted())
      await store().registerAgent({ ...registration, token_hash: newToken().hash }, ADMIN, NOW)
      expect(await ended(NOW)).toContain(agent)
      expect(await store().findEndedTokens([], NOW)).toEqual([])
    })
  })
}
