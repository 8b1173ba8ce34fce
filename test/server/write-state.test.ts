import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createWriteState } from '../../src/core/server/write-state.ts'

/** A log that tells when a line was written. */
function openLog() {
  const written = new EventTarget()
  const lines: string[] = []
  const write = (fields: { reason?: string }, message: string) => {
    lines.push(fields.reason === undefined ? message : `${message}: ${fields.reason}`)
    written.dispatchEvent(new Event('line'))
  }
  return { log: { error: write, warn: write, info: write, debug: write }, lines, written }
}

test('after a write that failed the database is tried until it takes one', async () => {
  const { log, lines, written } = openLog()
  let tries = 0
  const tryWrite = async () => {
    tries += 1
    if (tries < 3) throw new Error('full')
  }
  const state = createWriteState(tryWrite, log, 1)
  expect(state.works).toBe(true)
  state.tell(true)
  state.tell(false)
  state.tell(false)
  expect([state.works, tries]).toEqual([false, 0])
  await once(written, 'line')
  expect([state.works, tries]).toEqual([false, 1])
  await once(written, 'line')
  expect([state.works, tries]).toEqual([true, 3])
  expect(lines).toEqual([
    'the database refuses writes: not ready until it takes one',
    'the database refuses writes: not ready until it takes one: full',
    'the database takes writes again',
  ])
})

test('a write that works ends the tries, and a new failure begins them again', async () => {
  const { log, lines, written } = openLog()
  let fails = true
  let tries = 0
  const tryWrite = async () => {
    tries += 1
    if (fails) throw new Error('full')
  }
  const state = createWriteState(tryWrite, log, 1)
  state.tell(false)
  state.tell(true)
  expect([state.works, tries]).toEqual([true, 0])
  fails = false
  state.tell(false)
  await once(written, 'line')
  expect([state.works, tries]).toEqual([true, 1])
  expect(lines).toHaveLength(4)
})

test('each reason is logged once, until a write works again', () => {
  const { log, lines } = openLog()
  const state = createWriteState(async () => undefined, log)
  for (const reason of ['locked', 'locked', 'moved', 'locked', 'moved']) state.tell(false, reason)
  state.tell(true)
  state.tell(false, 'locked')
  state.close()
  expect(lines.map((line) => line.replace(/.*: /, ''))).toEqual([
    'locked',
    'moved',
    'the database takes writes again',
    'locked',
  ])
})

test('asked whether it works it writes, for all who ask at one time; one that is known to fail is not asked', async () => {
  const { log, lines } = openLog()
  let fails = false
  let tries = 0
  const state = createWriteState(async () => {
    tries += 1
    if (fails) throw new Error('moved')
  }, log)
  expect([await state.check(), await state.check(), state.works, tries, lines.length]).toEqual([true, true, true, 2, 0])
  fails = true
  expect([await Promise.all([state.check(), state.check(), state.check()]), tries]).toEqual([[false, false, false], 3])
  expect([await state.check(), tries, lines.length]).toEqual([false, 3, 1])
  state.close()
})
