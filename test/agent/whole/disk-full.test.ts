import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FastClock } from '../../fast-clock.ts'
import { createDirectory, startTestServer } from '../../server/start-test-server.ts'
import { compareSides } from './compare-sides.ts'
import { optionsFor, playFleet } from './fleet.ts'
import { drain, pass, startLogged } from './run-site.ts'

const HOUR_MS = 3_600_000

test('the disk is full for a while: the agent says so once, goes on by itself, and what it journalled arrives', {
  timeout: 180_000,
}, async ({ skip }) => {
  const disk = join(createDirectory(), 'disk')
  mkdirSync(disk)
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk])
  if (status !== 0) return skip('no permission to mount a small file system')
  onTestFinished(() => void execFileSync('umount', ['-l', disk]))
  const clock = new FastClock(600)
  const server = await startTestServer({ now: () => clock.now() })
  const { token } = await server.makeToken('enrolment')
  const { player, addresses } = await playFleet('127.81.9.', 8, { speed: 1, now: () => clock.now() })
  onTestFinished(() => player.close())
  const journal = join(disk, 'journal.db')
  const agent = await startLogged(
    optionsFor({ journal, targets: addresses, port: player.port, url: server.url, enrolment: token }),
    clock,
  )
  await pass(clock, HOUR_MS / 4)
  const ballast = join(disk, 'ballast')
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096', 'status=none'])
  const becomes = (state: string) =>
    vi.waitFor(() => expect(agent.facts().journal.state).toBe(state), { timeout: 60_000, interval: 5 })
  await becomes('full')
  expect(agent.isHealthy()).toBe(true)
  await pass(clock, HOUR_MS / 4)
  const complaints = agent.lines.filter(({ message }) => message.startsWith('no printer is asked until'))
  expect(complaints).toHaveLength(1)
  rmSync(ballast)
  await becomes('taking')
  await pass(clock, HOUR_MS / 4)
  await drain(agent)
  const sides = await compareSides([journal], server.options.database)
  expect(sides.faults).toEqual([])
  expect(sides.held).toBeGreaterThan(20)
})
