import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FastClock } from '../../fast-clock.ts'
import { startFaultProxy } from '../../fault-proxy.ts'
import { createDirectory, startTestServer, type TestServer } from '../../server/start-test-server.ts'
import { compareSides } from './compare-sides.ts'
import { optionsFor, playFleet } from './fleet.ts'
import { drain, pass, startLogged } from './run-site.ts'

const HOUR_MS = 3_600_000
async function compare(server: TestServer, journals: readonly string[]) {
  return compareSides(journals, server.options.database)
}

test('hours of one site: the server holds every reading of the journal, and no other', {
  timeout: 240_000,
}, async () => {
  const clock = new FastClock(600)
  const server = await startTestServer({ now: () => clock.now() })
  const { token } = await server.makeToken('enrolment')
  const { player, addresses } = await playFleet('127.81.1.', 8, { speed: 1, now: () => clock.now() })
  onTestFinished(() => player.close())
  const journal = join(createDirectory(), 'journal.db')
  const agent = await startLogged(
    optionsFor({ journal, targets: addresses, port: player.port, url: server.url, enrolment: token }),
    clock,
  )
  await pass(clock, 4 * HOUR_MS)
  await drain(agent)
  const sides = await compare(server, [journal])
  expect(sides.faults).toEqual([])
  // 8 printers every five minutes make 96 an hour
  expect(sides.journalled).toBeGreaterThan(250)
  expect(sides.held + sides.waiting).toBe(sides.journalled)
  expect(sides.waiting).toBeLessThan(20)
})

test('a bad line and a clock that jumps: nothing is lost, nothing double', { timeout: 240_000 }, async () => {
  const clock = new FastClock(600)
  const server = await startTestServer({ now: () => Date.now() })
  const proxy = await startFaultProxy(Number(new URL(server.url).port), 11)
  onTestFinished(() => proxy.close())
  const { token } = await server.makeToken('enrolment')
  const { player, addresses } = await playFleet('127.81.2.', 6, { speed: 1, now: () => clock.now() })
  onTestFinished(() => player.close())
  const journal = join(createDirectory(), 'journal.db')
  const agent = await startLogged(
    optionsFor({ journal, targets: addresses, port: player.port, url: proxy.url, enrolment: token }),
    clock,
  )
  const faults = ['drop_answer', 'duplicate', 'reorder', 'cut_up', 'cut_down'] as const
  for (const fault of faults) {
    proxy.set({ [fault]: 0.4 })
    await pass(clock, HOUR_MS / 3)
    proxy.heal()
  }
  clock.jump(40 * 24 * HOUR_MS)
  await pass(clock, HOUR_MS / 4)
  clock.jump(-80 * 24 * HOUR_MS)
  proxy.set({ refuse: true })
  await pass(clock, HOUR_MS / 4)
  proxy.set({ refuse: false, bytes_per_second: 20_000 })
  await pass(clock, HOUR_MS / 4)
  proxy.heal()
  await drain(agent)
  const sides = await compare(server, [journal])
  expect(sides.faults).toEqual([])
  expect(sides.journalled).toBeGreaterThan(100)
  for (const fault of faults) expect(proxy.counts[fault], fault).toBeGreaterThan(0)
})

test.each([5, 25])('%i agents to one server', { timeout: 240_000 }, async (count) => {
  const clock = new FastClock(count === 5 ? 300 : 120)
  const server = await startTestServer({ now: () => clock.now() })
  const { token } = await server.makeToken('enrolment')
  const perSite = 3
  const { player, addresses } = await playFleet(`127.81.${count}.`, count * perSite, {
    speed: 1,
    now: () => clock.now(),
  })
  onTestFinished(() => player.close())
  const directory = createDirectory()
  const journals = Array.from({ length: count }, (_, i) => join(directory, `${i}`, 'journal.db'))
  const agents = await Promise.all(
    journals.map((journal, i) =>
      startLogged(
        optionsFor({
          journal,
          targets: addresses.slice(i * perSite, (i + 1) * perSite),
          port: player.port,
          url: server.url,
          enrolment: token,
        }),
        clock,
      ),
    ),
  )
  await pass(clock, HOUR_MS / 2)
  const { token: viewer } = await server.makeToken('viewer')
  const list = async (): Promise<string[]> => {
    const { body } = await server.call('/api/v1/agents/list', { token: viewer })
    return body.agents.map(({ status }: { status: string }) => status)
  }
  // three heartbeats are missed within a second of this clock's time, where the machine has other things to do
  await vi.waitFor(async () => expect(await list()).toEqual(Array(count).fill('active')), {
    timeout: 30_000,
    interval: 1000,
  })
  await Promise.all(agents.map((agent) => drain(agent)))
  const sides = await compare(server, journals)
  expect(sides.faults).toEqual([])
  expect(sides.held + sides.waiting).toBeGreaterThanOrEqual(sides.journalled)
  expect(sides.held).toBeGreaterThan(count * perSite * 4)
})
