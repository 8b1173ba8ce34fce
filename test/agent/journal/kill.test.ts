import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { BOTH, itemsOf, LIMITS, makeDirectory, NOW, openAt } from './open-temporary.ts'

const CHILD = fileURLToPath(new URL('record-in-child.ts', import.meta.url))
const ROUNDS = 20

/** Runs the child, kills it `after` milliseconds from its first line, and gives the whole lines that it told. */
async function runAndKill(file: string, first: number, after: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, file, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  await wait(after)
  child.kill('SIGKILL')
  expect(await closed).toEqual([null, 'SIGKILL'])
  return text.split('\n').slice(0, -1)
}

it(`killed ${ROUNDS} times: what was recorded is there, once, and the batch on its way has the same bytes`, {
  timeout: 120_000,
}, async () => {
  const file = join(makeDirectory(), 'journal.db')
  const told: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const lines = await runAndKill(file, round * 1_000_000, (round * 37) % 150)
    const last = (word: string) => lines.findLastIndex((line) => line.startsWith(`${word} `) || line === word)
    for (const line of lines) {
      const [word, from, to] = line.split(' ')
      if (word === 'recorded') for (let n = Number(from); n <= Number(to); n += 1) told.push(n)
    }
    const journal = openAt(file)
    const acknowledged = lines.findLast((line) => line.startsWith('acknowledged '))
    const inDoubt = last('acknowledging') > last('acknowledged')
    const seq = Number(acknowledged?.split(' ')[1] ?? journal.last_acknowledged)
    expect(journal.last_acknowledged - seq).toBeLessThanOrEqual(inDoubt ? 1 : 0)
    expect(journal.last_acknowledged - seq).toBeGreaterThanOrEqual(0)
    const numbered = lines[last('numbered')]?.split(' ')[1]
    if (last('numbered') > last('acknowledging') && last('numbered') > last('numbering')) {
      const { body } = journal.nextBatch(BOTH, LIMITS, NOW) ?? { body: '' }
      expect(createHash('sha256').update(body).digest('hex')).toBe(numbered)
    }
    journal.close()
  }

  const journal = openAt(file)
  journal.renumber(null, NOW)
  const found: { n: number; reading_id: string }[] = []
  for (let batch = journal.nextBatch(BOTH, LIMITS, NOW); batch; batch = journal.nextBatch(BOTH, LIMITS, NOW)) {
    found.push(...(itemsOf(batch) as unknown as typeof found))
    journal.acknowledge(batch, NOW)
  }
  const numbers = found.map(({ n }) => n)
  expect(numbers).toEqual([...numbers].sort((one, other) => one - other))
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(new Set(found.map(({ reading_id }) => reading_id)).size).toBe(found.length)
  expect(told.length).toBeGreaterThan(ROUNDS * 3)
  expect(told.filter((n) => !numbers.includes(n))).toEqual([])
  // an occasion is there whole: at most one each round was recorded and not told any more
  expect(numbers.length % 3).toBe(0)
  expect(numbers.length - told.length).toBeLessThanOrEqual(3 * ROUNDS)
  expect(journal.count(NOW).events_waiting).toBe(numbers.length / 3)
})
