import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ChannelOptions } from '../../src/core/alerts/alert-options.ts'
import { wordNotice } from '../../src/core/alerts/channels/word-notice.ts'
import { createAlertKeeper } from '../../src/core/alerts/keeper.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { ALERT_KINDS } from '../../src/core/protocol/alerts.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/core/store/store.ts'
import { FastClock } from '../fast-clock.ts'
import { enrolAgent, ingest, newBatch, printer } from '../store/sample-batches.ts'
import { createInbox, receiveHttp } from './receivers.ts'
import { at, RULES } from './sample-rows.ts'

function openStore(path?: string): { store: Store; path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'keeper-'))
  const file = path ?? join(directory, 'printmaster.db')
  const store = openSqliteStore(file)
  onTestFinished(async () => {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { store, path: file }
}

const hook = (name: string, port: number, more: Partial<ChannelOptions> = {}): ChannelOptions =>
  ({
    name,
    type: 'webhook',
    kinds: ALERT_KINDS,
    severity: 'warning',
    url: new Secret(`http://127.0.0.1:${port}/`),
    secret: null,
    ca: null,
    ...more,
  }) as ChannelOptions

function startKeeper(store: Store, clock: FastClock, channels: readonly ChannelOptions[] = []) {
  const problems: string[] = []
  const outcomes = createInbox<string>()
  const write = (fields: object, message: string) => void problems.push(`${message} ${JSON.stringify(fields)}`)
  const keeper = createAlertKeeper({
    client: { store },
    // no presence here: whoever is quiet for 90 seconds counts as gone
    options: { ...RULES, kinds: ['supply_low', 'supply_empty'], channels, offline_after_seconds: 90 },
    log: { error: write, warn: write, info: () => undefined },
    clock,
    onDelivery: (channel, outcome) => outcomes.add(`${channel} ${outcome}`),
  })
  const stop = new AbortController()
  const done = keeper.run(stop.signal)
  const close = async () => {
    stop.abort()
    await done
  }
  onTestFinished(close)
  return { keeper, problems, outcomes, close }
}

const supplies = (percent: number) => [
  { index: 1, kind: 'toner', color: 'black', level: { state: 'percent', percent } },
]

/** A reading that the agent takes at `time`. */
const read = (store: Store, agent_id: string, time: number, more: object) =>
  ingest(
    store,
    newBatch(agent_id, 'metrics', [printer('S1', { sampled_at: at(time), ...more })], {
      received_at: time,
    }),
  )

const eventsOf = (bodies: readonly { body: string }[]) =>
  bodies.map(({ body }) => {
    const { event, alert } = JSON.parse(body)
    return `${event} ${alert.kind}`
  })

describe('the keeper', () => {
  test('tells of what runs low and is over, to those who want to know', async () => {
    const { store } = openStore()
    const clock = new FastClock(20)
    const agent_id = await enrolAgent(store)
    const [all, critical] = [await receiveHttp(), await receiveHttp()]
    const { keeper, outcomes } = startKeeper(store, clock, [
      hook('all', all.port),
      hook('critical', critical.port, { severity: 'critical' }),
    ])
    await read(store, agent_id, clock.now(), { supplies: supplies(8) })
    keeper.poke()
    await all.waitFor(1)
    await read(store, agent_id, clock.now(), { supplies: supplies(0) })
    keeper.poke()
    await all.waitFor(3)
    expect(keeper.countOpen()).toMatchObject({ supply_low: 0, supply_empty: 1 })
    await read(store, agent_id, clock.now(), { supplies: supplies(100) })
    keeper.poke()
    await Promise.all([all.waitFor(4), critical.waitFor(2)])
    expect(eventsOf(all.received).toSorted()).toEqual([
      'closed supply_empty',
      'closed supply_low',
      'opened supply_empty',
      'opened supply_low',
    ])
    expect(eventsOf(critical.received)).toEqual(['opened supply_empty', 'closed supply_empty'])
    // that it is empty is no good news about what was low
    const told = all.received.map(({ body }) => JSON.parse(body))
    const words = (kind: string) => told.filter(({ alert }) => alert.kind === kind).map((each) => wordNotice(each))
    expect(words('supply_low').toSorted()[1]).toMatch(/^now empty: .* black toner is low/)
    expect(words('supply_empty').toSorted()[1]).toMatch(/^over: .* black toner is empty/)
    const { items } = await store.listAlerts({ limit: 10, state: 'closed', kind: 'supply_low' })
    expect(items).toMatchObject([{ details: { replaced_by: 'supply_empty' }, closed_at: expect.any(String) }])
    expect(new Set(await outcomes.waitFor(6))).toEqual(new Set(['all delivered', 'critical delivered']))
  })

  test('goes on after a restart: nothing twice, what changed meanwhile is noticed, what was not sent is', async () => {
    const { store } = openStore()
    const clock = new FastClock(20)
    const agent_id = await enrolAgent(store)
    const dead = await receiveHttp(() => 500)
    const first = startKeeper(store, clock, [hook('desk', dead.port)])
    await read(store, agent_id, clock.now(), { supplies: supplies(8) })
    first.keeper.poke()
    await first.outcomes.waitFor(1)
    await first.close()

    await read(store, agent_id, clock.now(), { supplies: supplies(9) })
    clock.jump(2 * 60_000)
    const live = await receiveHttp()
    const second = startKeeper(store, clock, [hook('desk', live.port)])
    await second.outcomes.waitFor(1)
    expect(second.keeper.countOpen().supply_low).toBe(1)
    await second.close()

    await read(store, agent_id, clock.now(), { supplies: supplies(90) })
    startKeeper(store, clock, [hook('desk', live.port)])
    await live.waitFor(2)
    expect(eventsOf(live.received)).toEqual(['opened supply_low', 'closed supply_low'])
    const key = ({ headers }: (typeof live.received)[number]) => headers['idempotency-key']
    expect(live.received.map(key)[0]).toBe(dead.received.map(key)[0])
    expect((await store.listAlerts({ limit: 10 })).items).toHaveLength(1)
  })

  test('one channel that never answers does not hold up the others', async () => {
    const { store } = openStore()
    const clock = new FastClock(20)
    const agent_id = await enrolAgent(store)
    const [stuck, quick] = [await receiveHttp(() => null), await receiveHttp()]
    const { keeper, close } = startKeeper(store, clock, [hook('a-stuck', stuck.port), hook('b-quick', quick.port)])
    await read(store, agent_id, clock.now(), { supplies: supplies(8) })
    keeper.poke()
    await stuck.waitFor(1)
    await read(store, agent_id, clock.now(), { supplies: supplies(50) })
    keeper.poke()
    await quick.waitFor(2)
    expect(stuck.received).toHaveLength(1)
    await close()
    // what was under way is not counted as tried
    expect(await store.nextDeliveries(1, clock.now(), 'a-stuck')).toMatchObject([{ event: 'opened', tries: 0 }])
  })

  test('what waits for a channel that config no longer has is given up', async () => {
    const { store } = openStore()
    const clock = new FastClock(20)
    const agent_id = await enrolAgent(store)
    const dead = await receiveHttp(() => 500)
    const first = startKeeper(store, clock, [hook('former', dead.port)])
    await read(store, agent_id, clock.now(), { supplies: supplies(8) })
    first.keeper.poke()
    await first.outcomes.waitFor(1)
    await first.close()
    const live = await receiveHttp()
    const second = startKeeper(store, clock, [hook('desk', live.port)])
    clock.jump(60 * 60_000)
    await read(store, agent_id, clock.now(), { supplies: supplies(0) })
    second.keeper.poke()
    await live.waitFor(1)
    await second.close()
    const third = startKeeper(store, clock, [hook('desk', live.port)])
    await read(store, agent_id, clock.now(), { supplies: supplies(100) })
    third.keeper.poke()
    await live.waitFor(2)
    await third.close()
    expect(await store.nextDeliveries(10, clock.now() + 86_400_000, 'former')).toEqual([])
  })

  test('a database that cannot be read is said once, and everything is judged when it is back', async () => {
    const { store } = openStore()
    const clock = new FastClock(200)
    const agent_id = await enrolAgent(store)
    await read(store, agent_id, clock.now(), { supplies: supplies(8) })
    let failures = 0
    const flaky: Store = {
      ...store,
      recordAlerts: (...args) => {
        failures += 1
        return failures <= 3 ? Promise.reject(new Error('disk full')) : store.recordAlerts(...args)
      },
    }
    const live = await receiveHttp()
    const { problems } = startKeeper(flaky, clock, [hook('desk', live.port)])
    await live.waitFor(1)
    expect(failures).toBeGreaterThan(3)
    expect(problems).toEqual(['alerts cannot be judged; trying again {"reason":"disk full"}'])
    expect((await store.listAlerts({ limit: 10, state: 'open' })).items).toHaveLength(1)
  })
})
