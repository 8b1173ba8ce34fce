import { describe, expect, it, vi } from 'vitest'
import { type FaultProxy, type LineState, type RequestFaults, startFaultProxy } from '../../fault-proxy.ts'
import { startTestServer } from '../../server/start-test-server.ts'
import { openUplink, recordDevice } from './open-uplink.ts'
import { listReadings } from './server-readings.ts'

const TIMES = { connect_ms: 1000, small_ms: 1000, batch_ms: 1500 }

async function setUp(seed: number) {
  const server = await startTestServer()
  const proxy = await startFaultProxy(Number(new URL(server.url).port), seed)
  const { token } = await server.makeToken('enrolment')
  const agent = openUplink(proxy.url, token, { parts: { times: TIMES } })
  return { server, proxy, agent }
}

/** Lets the line be bad while readings come in, then heals it. */
async function live(
  { proxy, agent }: Awaited<ReturnType<typeof setUp>>,
  changes: Partial<LineState & RequestFaults>,
  struck: (proxy: FaultProxy) => boolean,
): Promise<number[]> {
  const readings = agent.record(3)
  await agent.becomes('connected')
  proxy.set(changes)
  // several rounds, so that what is late meets what is new
  for (let round = 0; round < 400; round++) {
    if (round >= 8 && struck(proxy)) break
    readings.push(...agent.record(5))
    recordDevice(agent, round % 3)
    agent.uplink.upload('metrics')
    agent.uplink.upload('devices')
    await agent.clock.sleep(2000, new AbortController().signal)
  }
  expect(struck(proxy)).toBe(true)
  proxy.heal()
  readings.push(...agent.record(2))
  agent.uplink.upload('metrics')
  await agent.drained()
  await agent.becomes('connected')
  return readings
}

describe('every reading once, whatever the line does', () => {
  it.each<[string, Partial<LineState & RequestFaults>, (proxy: FaultProxy) => boolean]>([
    ['requests cut', { cut_up: 0.6 }, ({ counts }) => counts.cut_up > 5],
    ['answers cut', { cut_down: 0.6 }, ({ counts }) => counts.cut_down > 5],
    ['answers lost', { drop_answer: 0.6 }, ({ counts }) => counts.drop_answer > 5],
    ['requests twice', { duplicate: 1 }, ({ counts }) => counts.duplicate > 10],
    ['requests late', { reorder: 0.5 }, ({ counts }) => counts.reorder > 5],
    [
      'all of it',
      { cut_up: 0.15, cut_down: 0.15, drop_answer: 0.2, duplicate: 0.2, reorder: 0.15 },
      ({ counts }) =>
        Math.min(counts.cut_up, counts.cut_down, counts.drop_answer, counts.duplicate, counts.reorder) > 1,
    ],
    ['no line at all', { refuse: true }, () => true],
    ['a line that stalls', { stall: true }, () => true],
    ['a slow line', { bytes_per_second: 20_000 }, () => true],
  ])('%s', { timeout: 60_000 }, async (_, changes, struck) => {
    const setup = await setUp(11)
    const readings = await live(setup, changes, struck)
    expect(await listReadings(setup.server)).toEqual(readings)
    expect(setup.agent.forks()).toBe(0)
    expect(setup.agent.journal.listQuarantined(1)).toEqual([])
  })

  it('says once that the server is gone, and once that it is back', async () => {
    const { proxy, agent } = await setUp(1)
    await agent.becomes('connected')
    proxy.set({ refuse: true })
    await agent.becomes('waiting')
    expect(agent.uplink.facts().reason).toBe('the connection was cut')
    const { connections } = proxy.counts
    await vi.waitFor(() => expect(proxy.counts.connections).toBeGreaterThan(connections + 5), { timeout: 20_000 })
    proxy.heal()
    await agent.becomes('connected')
    expect(agent.log.map(({ message }) => message)).toEqual([
      'registered with the server',
      'the server takes readings',
      'readings do not get to the server now; they are kept and tried again',
      'the server takes readings',
    ])
  })

  it('goes by time that passes, not by a clock that jumps', async () => {
    const { server, agent } = await setUp(1)
    await agent.becomes('connected')
    const readings: number[] = []
    for (const days of [400, -800, 3, -30]) {
      agent.clock.jump(days * 86_400_000)
      readings.push(...agent.record(2))
      const before = agent.clock.monotonic()
      await agent.drained()
      // its schedule is 20 seconds, and the jumps are days
      expect(agent.clock.monotonic() - before).toBeLessThan(3_600_000)
    }
    expect(await listReadings(server)).toEqual(readings)
  })
})
