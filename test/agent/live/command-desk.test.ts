import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createCommandDesk } from '../../../src/core/agent/commands/command-desk.ts'
import { openJournal } from '../../../src/core/agent/journal/open-journal.ts'
import { systemClock } from '../../../src/core/lifecycle/clock.ts'
import type { CommandUpdate } from '../../../src/core/protocol/commands.ts'
import { createDirectory } from '../../server/start-test-server.ts'

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 })

/** A desk whose commands all have to wait for something. */
function openDesk() {
  const journal = openJournal(join(createDirectory(), 'journal.db'), { size_mb: 100, days: 30, now: Date.now() })
  const stop = new AbortController()
  onTestFinished(() => {
    stop.abort()
    journal.close()
  })
  const told: CommandUpdate[] = []
  const quiet = () => undefined
  const obstacle = Promise.withResolvers<void>()
  let isInTheWay = true
  const run = vi.fn(async () => ({ state: 'succeeded', message: null }) as const)
  const desk = createCommandDesk({
    journal,
    clock: systemClock,
    log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
    signal: stop.signal,
    runners: { scan_now: run, read_device: run, reload_config: run, send_diagnostics: run },
    findObstacle: () => (isInTheWay ? obstacle.promise : null),
    async tellCommand(update) {
      told.push(update)
      return 'taken'
    },
  })
  desk.onConnected(new Date().toISOString())
  return {
    journal,
    desk,
    told,
    run,
    clear() {
      isInTheWay = false
      obstacle.resolve()
    },
    ask(seconds: number) {
      const command_id = randomUUID()
      const expires_at = new Date(Date.now() + seconds * 1000).toISOString()
      desk.take({ command_id, kind: 'scan_now', params: {}, expires_at })
      return command_id
    },
  }
}

it('a command that has to wait is not begun meanwhile, and runs once when nothing is in its way', async () => {
  const { desk, journal, told, run, clear, ask } = openDesk()
  const command_id = ask(60)
  await new Promise((resolve) => setImmediate(resolve))
  expect(journal.findCommand(command_id)).toMatchObject({ state: 'waiting' })
  expect(told).toEqual([])
  clear()
  await until(() => expect(told.at(-1)).toMatchObject({ command_id, state: 'succeeded' }))
  await desk.idle
  expect(run).toHaveBeenCalledTimes(1)
})

it('one that waited too long expires and is never begun', async () => {
  const { desk, told, run, clear, ask } = openDesk()
  const command_id = ask(0.3)
  await until(() => expect(told.at(-1)).toMatchObject({ command_id, state: 'expired' }))
  expect(told.at(-1)?.message).toBe('what had to be over first was not over in time')
  clear()
  await desk.idle
  expect(run).not.toHaveBeenCalled()
})
