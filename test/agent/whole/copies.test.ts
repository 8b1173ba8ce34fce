import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FastClock } from '../../fast-clock.ts'
import { createDirectory, startTestServer, type TestServer } from '../../server/start-test-server.ts'
import { compareSides } from './compare-sides.ts'
import { optionsFor, playFleet } from './fleet.ts'
import { drain, type LoggedAgent, pass, startLogged } from './run-site.ts'

const HOUR_MS = 3_600_000

/** A site with three printers, whose agent has been at work for a while and was then shut down. */
async function workSomeTime(net: string) {
  const clock = new FastClock(600)
  const server = await startTestServer({ now: () => clock.now() })
  const { token } = await server.makeToken('enrolment')
  const { player, addresses } = await playFleet(net, 3, { speed: 1, now: () => clock.now() })
  onTestFinished(() => player.close())
  const directory = createDirectory()
  const journal = join(directory, 'first', 'journal.db')
  const setup = { targets: addresses, port: player.port, url: server.url, enrolment: token }
  const first = await startLogged(optionsFor({ journal, ...setup }), clock)
  await pass(clock, HOUR_MS / 4)
  const { agent_id } = first.facts()
  await drain(first)
  const copy = join(directory, 'second', 'journal.db')
  mkdirSync(join(directory, 'second'))
  copyFileSync(journal, copy)
  return { clock, server, setup, journal, copy, agent_id }
}

async function listAgents(server: TestServer): Promise<string[]> {
  const { token } = await server.makeToken('viewer')
  const { body } = await server.call('/api/v1/agents/list', { token })
  return body.agents.map(({ agent_id }: { agent_id: string }) => agent_id).sort()
}

const isTold = (agent: LoggedAgent) => agent.lines.some(({ message }) => message.startsWith('another machine'))

test.each([
  { what: 'the same machine-id', machine: 'machine' },
  { what: 'a machine-id of its own', machine: 'another machine' },
])(
  'two machines cloned from one image, with $what: the later one becomes another agent, and nothing is lost',
  {
    timeout: 180_000,
  },
  async ({ machine }) => {
    const { clock, server, setup, journal, copy, agent_id } = await workSomeTime(
      machine === 'machine' ? '127.84.1.' : '127.84.2.',
    )
    const original = await startLogged(optionsFor({ journal, ...setup }), clock)
    await pass(clock, HOUR_MS / 6)
    const clone = await startLogged(optionsFor({ journal: copy, ...setup }), clock, machine)
    await vi.waitFor(() => expect(clone.facts().agent_id).not.toBe(agent_id), { timeout: 90_000, interval: 10 })
    await pass(clock, HOUR_MS / 4)
    expect(original.facts().agent_id).toBe(agent_id)
    expect(await listAgents(server)).toEqual([agent_id, clone.facts().agent_id].sort())
    expect(original.facts().journal.journal_id).not.toBe(clone.facts().journal.journal_id)
    await drain(original)
    await drain(clone)
    const sides = await compareSides([journal, copy], server.options.database)
    // what was read before the copy was made is in both
    expect(sides.faults.filter((fault) => !fault.endsWith('is twice in the journals'))).toEqual([])
  },
)

test('a machine restored from a snapshot stays the agent it was, and loses nothing that its journal has', {
  timeout: 180_000,
}, async () => {
  const { clock, server, setup, journal, copy, agent_id } = await workSomeTime('127.84.3.')
  const later = await startLogged(optionsFor({ journal, ...setup }), clock)
  await pass(clock, HOUR_MS / 3)
  await drain(later)
  const restored = await startLogged(optionsFor({ journal: copy, ...setup }), clock)
  const former = restored.facts().journal.journal_id
  await pass(clock, HOUR_MS / 3)
  await drain(restored)
  expect(restored.lines.some(({ message }) => message.includes('numbering anew'))).toBe(true)
  expect(isTold(restored)).toBe(false)
  expect(await listAgents(server)).toEqual([agent_id])
  const sides = await compareSides([journal, copy], server.options.database)
  expect(sides.faults.filter((fault) => !fault.endsWith('is twice in the journals'))).toEqual([])
  expect(former).toBeTruthy()
})
