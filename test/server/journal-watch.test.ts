import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createJournalWatch } from '../../src/core/server/journal-watch.ts'
import { startTestServer } from './start-test-server.ts'

const ALIVE_MS = 90_000

describe('journals of one agent', () => {
  /** Hears of them, one second after the other. Each answer is the journals that are told of. */
  const listen = (journals: string, step_ms = 1000) => {
    const watch = createJournalWatch(ALIVE_MS)
    return [...journals].map((journal_id, i) =>
      watch
        .hear('site-1', journal_id, i * step_ms, '192.0.2.1')
        .map((each) => each.journal_id)
        .join(''),
    )
  }

  test.each([
    ['one journal', 'aaaa', ['', '', '', '']],
    ['a change of journal', 'aaabbb', ['', '', '', '', '', '']],
    ['two changes', 'aabbcc', ['', '', '', '', '', '']],
    ['two machines', 'abab', ['', '', 'b', 'a']],
    ['the older one comes back once, and is silent again', 'aabab', ['', '', '', 'b', 'a']],
    ['three machines', 'abcabc', ['', '', '', 'bc', 'ca', 'ab']],
    ['case does not count', 'aAbB', ['', '', '', '']],
  ])('%s', (_, journals, told) => {
    expect(listen(journals)).toEqual(told)
  })

  test('who is silent for longer than that is gone', () => {
    expect(listen('aba', ALIVE_MS)).toEqual(['', '', ''])
    expect(listen('aba', ALIVE_MS / 2)).toEqual(['', '', 'b'])
    const watch = createJournalWatch(ALIVE_MS)
    for (const [i, journal_id] of [...'abab'].entries()) watch.hear('site-1', journal_id, i, '192.0.2.1')
    // one of both was stopped
    expect(watch.hear('site-1', 'b', ALIVE_MS + 2, '192.0.2.1')).toHaveLength(1)
    expect(watch.hear('site-1', 'b', ALIVE_MS + 3, '192.0.2.1')).toEqual([])
  })

  test('a slow batch of the former journal counts from when it came', () => {
    const watch = createJournalWatch(ALIVE_MS)
    expect(watch.hear('site-1', 'a', 1000, '192.0.2.1')).toEqual([])
    expect(watch.hear('site-1', 'b', 5000, '192.0.2.1')).toEqual([])
    expect(watch.hear('site-1', 'a', 4000, '192.0.2.1')).toEqual([])
  })

  test('other agents have nothing to do with it', () => {
    const watch = createJournalWatch(ALIVE_MS)
    for (const [i, agent] of ['site-1', 'site-2', 'site-1', 'site-2'].entries()) {
      expect(watch.hear(agent, `of ${agent}`, i, '192.0.2.1')).toEqual([])
    }
  })

  test('two of them are news once, in either order, and an agent no more than once an hour', () => {
    const watch = createJournalWatch(ALIVE_MS)
    const HOUR = 3_600_000
    expect(watch.isNews('site-1', 'a', ['b'], 0)).toBe(true)
    expect(watch.isNews('site-1', 'B', ['A'], HOUR)).toBe(false)
    expect(watch.isNews('site-2', 'a', ['b'], 1)).toBe(true)
    expect(watch.isNews('site-1', 'c', ['a', 'b'], HOUR - 1)).toBe(false)
    expect(watch.isNews('site-1', 'c', ['a', 'b'], HOUR)).toBe(true)
    for (const other of ['a', 'b']) expect(watch.isNews('site-1', 'c', [other], 3 * HOUR)).toBe(false)
    // however many journals one agent makes up, they are forgotten before those of others
    for (let i = 0; i < 20_000; i++) watch.isNews('site-1', `j${i}`, ['a'], i * HOUR)
    expect(watch.isNews('site-2', 'a', ['b'], 2 * HOUR)).toBe(false)
  })

  test('many journals of one agent take no more room than a few', () => {
    const watch = createJournalWatch(ALIVE_MS)
    for (let i = 0; i < 1000; i++) watch.hear('site-1', `j${i}`, i, '192.0.2.1')
    for (let i = 0; i < 1000; i++) {
      expect(watch.hear('site-1', `j${i}`, 1000 + i, '192.0.2.1').length).toBeLessThan(8)
    }
  })
})

describe('a machine that was copied', () => {
  test('is told by its heartbeat, and recorded once; one that began a new journal is not', async () => {
    let now = Date.parse('2026-03-01T12:00:00Z')
    const server = await startTestServer({ now: () => now, monotonic: () => now })
    const { agent_id, token } = await server.enrol()
    const [one, other] = [randomUUID(), randomUUID()]
    const beat = async (journal_id: string) => {
      now += 10_000
      const { status, body } = await server.call('/api/v1/agents/heartbeat', { token, body: { journal_id } })
      expect(status).toBe(200)
      return body.other_journal
    }
    const bring = async (journal_id: string, seq: number) => {
      now += 10_000
      const body = { journal_id, seq, metrics: [{ serial: 'A' }] }
      expect((await server.call('/api/v1/metrics/batch', { token, body })).status).toBe(200)
    }
    const recorded = async () => (await server.store.listAudit({ limit: 10, agent_id, action: 'agent_cloned' })).items
    await bring(one, 1)
    expect([await beat(one), await beat(other), await beat(other)]).toEqual([undefined, undefined, undefined])
    expect(await recorded()).toEqual([])
    // the copy brings a batch
    await bring(one, 2)
    expect([await beat(other), await beat(one.toUpperCase())]).toEqual([true, true])
    await expect.poll(recorded).toMatchObject([
      {
        actor: agent_id,
        resource_type: 'agent',
        resource_id: agent_id,
        outcome: 'failure',
        details: {
          journals: [
            { journal_id: one, ip_address: '127.0.0.1' },
            { journal_id: other, ip_address: '127.0.0.1' },
          ],
        },
      },
    ])
    expect(server.log.filter(({ level }) => level === 'warn')).toHaveLength(1)
    now += 91_000
    expect(await beat(one)).toBeUndefined()
  })

  test('a clock of the server that is set back or forward makes no copy of a machine, and hides none', async () => {
    let [now, monotonic] = [Date.parse('2026-03-01T12:00:00Z'), 5000]
    const server = await startTestServer({ now: () => now, monotonic: () => monotonic })
    const { token } = await server.enrol()
    const beat = async (journal_id: string, set = 0) => {
      now += 10_000 + set
      monotonic += 10_000
      return (await server.call('/api/v1/agents/heartbeat', { token, body: { journal_id } })).body.other_journal
    }
    const [one, other] = [randomUUID(), randomUUID()]
    for (let i = 0; i < 3; i++) await beat(one)
    const set = [await beat(other, -25_000), await beat(other), await beat(other, 3_600_000)]
    expect(set).toEqual([undefined, undefined, undefined])
    expect([await beat(one, 3_600_000), await beat(other, -7_200_000)]).toEqual([true, true])
  })
})
