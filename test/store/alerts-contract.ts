import { describe, expect, it } from 'vitest'
import type { Actor, AlertChange, Store } from '../../src/core/store/store.ts'
import {
  ADMIN,
  actions,
  at,
  DAY,
  enrolAgent,
  ingest,
  listAll,
  MINUTE,
  NOW,
  newBatch,
  printer,
} from './sample-batches.ts'

const DESK: Actor = { type: 'token', id: 'token-of-the-desk', ip_address: '192.0.2.9' }

const newChange = (more: Partial<AlertChange> = {}): AlertChange => ({
  change: 'open',
  kind: 'supply_low',
  severity: 'warning',
  agent_id: null,
  device_id: null,
  subject: 'black toner',
  message: 'black toner is low (5%)',
  details: { percent: 5 },
  at: NOW,
  ...more,
})

/** Alerts and their deliveries, for every implementation of `Store`. */
export function describeAlerts(readStore: () => Store): void {
  const setUp = async () => {
    const store = readStore()
    const agent_id = await enrolAgent(store)
    await ingest(store, newBatch(agent_id, 'metrics', [printer('S1'), printer('S2')]))
    const [one, two] = await listAll(store)
    return { store, agent_id, one: one?.device_id as string, two: two?.device_id as string }
  }
  const listOpen = async (store: Store) => (await store.listAlerts({ limit: 100, state: 'open' })).items
  const due = async (store: Store, now = NOW, channel?: string) =>
    (await store.nextDeliveries(100, now, channel)).map((each) => `${each.channel} ${each.event}`)

  describe('alerts', () => {
    it('are opened once and closed once, whichever agent reads the device by then', async () => {
      const { store, agent_id, one } = await setUp()
      const open = newChange({ agent_id, device_id: one })
      await store.recordAlerts([open, open], ['desk'], NOW)
      await store.recordAlerts([open], ['desk'], NOW + 1)
      const other = await enrolAgent(store)
      await store.recordAlerts([{ ...open, agent_id: other }], ['desk'], NOW + 2)
      const [alert, ...more] = await listOpen(store)
      expect(more).toEqual([])
      expect(alert).toEqual({
        alert_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        site_id: 'default',
        kind: 'supply_low',
        severity: 'warning',
        agent_id,
        device_id: one,
        subject: 'black toner',
        message: 'black toner is low (5%)',
        opened_at: at(NOW),
        closed_at: null,
        acknowledged_at: null,
        acknowledged_by: null,
        details: { percent: 5 },
      })
      const close = { ...open, change: 'close', agent_id: other, at: NOW + MINUTE } as const
      await store.recordAlerts([close, close], ['desk'], NOW + MINUTE)
      expect(await listOpen(store)).toEqual([])
      const { items } = await store.listAlerts({ limit: 10, closed_since: NOW + MINUTE })
      expect(items).toMatchObject([{ alert_id: alert?.alert_id, closed_at: at(NOW + MINUTE) }])
      expect((await store.listAlerts({ limit: 10, closed_since: NOW + MINUTE + 1 })).items).toEqual([])
    })

    it('of an agent and of its devices are not the same; of somebody unknown there is none', async () => {
      const { store, agent_id, one, two } = await setUp()
      const of = (more: Partial<AlertChange>) => newChange({ kind: 'device_error', subject: null, ...more })
      await store.recordAlerts(
        [
          of({ agent_id, kind: 'agent_offline' }),
          of({ agent_id, device_id: one }),
          of({ agent_id, device_id: two }),
          of({ agent_id: 'nobody' }),
          of({ device_id: 'nothing' }),
        ],
        [],
        NOW,
      )
      expect((await listOpen(store)).map(({ kind, device_id }) => [kind, device_id])).toEqual([
        ['device_error', two],
        ['device_error', one],
        ['agent_offline', null],
      ])
      await store.recordAlerts([of({ agent_id, kind: 'agent_offline', change: 'close' })], [], NOW)
      expect(await listOpen(store)).toHaveLength(2)
    })

    it('are listed by what one asks for, newest first, page by page', async () => {
      const { store, agent_id, one, two } = await setUp()
      const changes = Array.from({ length: 6 }, (_, i) =>
        newChange({
          agent_id,
          device_id: i % 2 === 0 ? one : two,
          subject: `supply ${i}`,
          kind: i < 3 ? 'supply_low' : 'supply_empty',
          severity: i < 3 ? 'warning' : 'critical',
          at: NOW + i,
        }),
      )
      await store.recordAlerts(changes, [], NOW)
      const subjects = async (query: object) =>
        (await store.listAlerts({ limit: 10, ...query })).items.map(({ subject }) => subject?.slice(-1)).join('')
      expect(await subjects({})).toBe('543210')
      expect(await subjects({ device_id: one })).toBe('420')
      expect(await subjects({ kind: 'supply_empty', device_id: two })).toBe('53')
      expect(await subjects({ severity: 'warning', agent_id })).toBe('210')
      expect(await subjects({ from: NOW + 1, to: NOW + 4 })).toBe('321')
      expect(await subjects({ state: 'closed' })).toBe('')
      expect(await subjects({ site_id: 'elsewhere' })).toBe('')
      const first = await store.listAlerts({ limit: 4 })
      const cursor = first.next_cursor as string
      expect(await subjects({ limit: 4, cursor })).toBe('10')
      await expect(store.listAlerts({ limit: 4, state: 'open', cursor })).rejects.toMatchObject({ code: 'bad_cursor' })
    })

    it('are acknowledged once, which is audited', async () => {
      const { store, agent_id, one } = await setUp()
      await store.recordAlerts([newChange({ agent_id, device_id: one })], ['desk'], NOW)
      const [{ alert_id } = { alert_id: '' }] = await listOpen(store)
      const seen = await store.acknowledgeAlert(alert_id, DESK, ['desk', 'night'], NOW + 1)
      expect(seen).toMatchObject({ acknowledged_at: at(NOW + 1), acknowledged_by: DESK.id, closed_at: null })
      expect(await store.acknowledgeAlert(alert_id, ADMIN, ['desk'], NOW + 2)).toEqual(seen)
      expect(await store.acknowledgeAlert('no-such', ADMIN, ['desk'], NOW + 2)).toBeNull()
      expect(await actions(store, 'alert_acknowledged')).toEqual(['alert_acknowledged'])
      const { items } = await store.listAudit({ limit: 1, resource_type: 'alert', resource_id: alert_id })
      expect(items[0]).toMatchObject({ actor: DESK.id, ip_address: DESK.ip_address, details: { kind: 'supply_low' } })
    })

    it('show up among the changes', async () => {
      const { store, agent_id, one } = await setUp()
      const query = { after: 0, limit: 1000, offlineAfterMs: 90_000 }
      const { seq } = await store.readChanges(query, NOW)
      await store.recordAlerts([newChange({ agent_id, device_id: one })], [], NOW)
      const opened = await store.readChanges({ ...query, after: seq }, NOW)
      expect(opened.alerts).toMatchObject([{ kind: 'supply_low', closed_at: null }])
      await store.acknowledgeAlert(opened.alerts[0]?.alert_id as string, DESK, [], NOW)
      const seen = await store.readChanges({ ...query, after: opened.seq }, NOW)
      expect(seen.alerts).toMatchObject([{ acknowledged_by: DESK.id }])
    })

    it('of a device that turns out to be another one are closed with the merge, and told', async () => {
      const store = readStore()
      const agent_id = await enrolAgent(store)
      const mac_address = '00:1b:a9:01:02:03'
      const early = at(NOW - 2 * MINUTE)
      await ingest(
        store,
        newBatch(agent_id, 'metrics', [
          printer('S1', { sampled_at: early }),
          { mac_address, ip: '10.0.0.7', sampled_at: early },
        ]),
      )
      const devices = await listAll(store)
      const open = devices.map(({ device_id }) => newChange({ agent_id, device_id }))
      await store.recordAlerts(open, ['desk'], NOW)
      await ingest(
        store,
        newBatch(agent_id, 'metrics', [printer('S1', { mac_address })], { received_at: NOW + MINUTE }),
      )
      const [survivor, ...others] = await listAll(store)
      expect(others).toEqual([])
      expect((await listOpen(store)).map(({ device_id }) => device_id)).toEqual([survivor?.device_id])
      expect((await due(store, NOW + MINUTE)).toSorted()).toEqual(['desk opened', 'desk opened'])
      for (const { delivery_id } of await store.nextDeliveries(10, NOW + MINUTE)) {
        await store.recordDelivery(delivery_id, { outcome: 'delivered' }, NOW + MINUTE)
      }
      expect(await due(store, NOW + MINUTE)).toEqual(['desk closed'])
    })
  })

  describe('deliveries', () => {
    it('go to the channels of the opening, one after the other for each alert, each once', async () => {
      const { store, agent_id, one } = await setUp()
      const open = newChange({ agent_id, device_id: one, channels: ['desk', 'night'] })
      await store.recordAlerts([open], ['all'], NOW)
      await store.recordAlerts([{ ...open, change: 'close', channels: ['desk', 'all'] }], [], NOW + 1)
      expect(await due(store, NOW - 1)).toEqual([])
      expect(await due(store, NOW + 1)).toEqual(['desk opened', 'night opened'])
      expect(await due(store, NOW + 1, 'night')).toEqual(['night opened'])
      const [first] = await store.nextDeliveries(1, NOW, 'desk')
      expect(first).toMatchObject({ event: 'opened', tries: 0, alert: { kind: 'supply_low', device_id: one } })
      await store.recordDelivery(first?.delivery_id as number, { outcome: 'delivered' }, NOW)
      expect(await due(store, NOW + 1)).toEqual(['night opened', 'desk closed'])
    })

    it('that failed come again at their time, with the tries; what ended does not', async () => {
      const { store, agent_id, one } = await setUp()
      await store.recordAlerts([newChange({ agent_id, device_id: one })], ['desk'], NOW)
      const [{ delivery_id } = { delivery_id: 0 }] = await store.nextDeliveries(1, NOW)
      await store.recordDelivery(delivery_id, { outcome: 'failed', error: 'no', next_try_at: NOW + MINUTE }, NOW)
      expect(await due(store, NOW + MINUTE - 1)).toEqual([])
      expect(await store.nextDeliveries(1, NOW + MINUTE)).toMatchObject([{ delivery_id, tries: 1 }])
      const [{ alert_id } = { alert_id: '' }] = (await store.listAlerts({ limit: 1 })).items
      const record = { channel: 'desk', event: 'opened', created_at: at(NOW), delivered_at: null, last_error: 'no' }
      expect(await store.listDeliveries(alert_id)).toEqual([
        { ...record, state: 'waiting', tries: 1, next_try_at: at(NOW + MINUTE), given_up_at: null },
      ])
      await store.recordDelivery(delivery_id, { outcome: 'given_up', error: 'no' }, NOW + MINUTE)
      expect(await store.listDeliveries(alert_id)).toEqual([
        { ...record, state: 'given_up', tries: 2, next_try_at: null, given_up_at: at(NOW + MINUTE) },
      ])
      expect(await store.listDeliveries('no-such')).toBe(null)
      await store.recordDelivery(delivery_id, { outcome: 'failed', error: 'no', next_try_at: NOW }, NOW + MINUTE)
      expect(await due(store, NOW + DAY)).toEqual([])
    })
  })

  describe('reports of devices', () => {
    it('tell supplies and alerts of the newest reading that has them, whatever came since', async () => {
      const { store, agent_id, one, two } = await setUp()
      const supplies = (percent: number) => [{ index: 1, kind: 'toner', level: { state: 'percent', percent } }]
      const old = { supplies: supplies(50), alerts: [], sampled_at: at(NOW - 50_000) }
      await ingest(store, newBatch(agent_id, 'devices', [printer('S1', old)]))
      const told = { supplies: supplies(9), alerts: [{ code: 'jam' }], sampled_at: at(NOW - 40_000) }
      await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', told)]))
      await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', { sampled_at: at(NOW - 30_000) })]))
      expect(await store.readDeviceReports([one, 'nothing', two])).toEqual([
        { device_id: one, supplies: supplies(9), alerts: [{ code: 'jam' }] },
        { device_id: two, supplies: null, alerts: null },
      ])
      const failed = { supplies: [], missing: [{ part: 'supplies', reason: 'timeout' }], sampled_at: at(NOW - 20_000) }
      await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', failed)]))
      expect(await store.readDeviceReports([one])).toMatchObject([{ supplies: null, alerts: [{ code: 'jam' }] }])
      const gone = { supplies: null, sampled_at: at(NOW - 10_000) }
      await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', gone)]))
      expect(await store.readDeviceReports([one])).toMatchObject([{ supplies: [] }])
    })

    it('readings of a clock that runs ahead count from their arrival', async () => {
      const { store, agent_id, one } = await setUp()
      const ahead = { supplies: [{ kind: 'toner' }], sampled_at: at(NOW + DAY) }
      await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', ahead)], { received_at: NOW - 5000 }))
      expect(await store.readDeviceReports([one])).toMatchObject([{ supplies: [{ kind: 'toner' }] }])
      const right = { supplies: [{ kind: 'ink' }], sampled_at: at(NOW) }
      await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', right)]))
      expect(await store.readDeviceReports([one])).toMatchObject([{ supplies: [{ kind: 'ink' }] }])
    })
  })
}
