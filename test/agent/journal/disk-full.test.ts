import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BOTH, expectError, LIMITS, makeDirectory, NOW, openAt, sendAll } from './open-temporary.ts'

/** A file system of this size, which only root may make. */
function mountSmall(directory: string, kib: number): boolean {
  mkdirSync(directory)
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', directory]).status === 0
}

const TEXT = 'x'.repeat(900)

describe('a full disk', () => {
  it('takes nothing by halves, says so, and goes on when there is room', ({ skip }) => {
    const disk = join(makeDirectory(), 'disk')
    if (!mountSmall(disk, 4096)) return skip('no permission to mount a small file system')
    onTestFinished(() => void execFileSync('umount', ['-l', disk]))
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(1_500_000))
    const journal = openAt(join(disk, 'journal.db'))
    journal.remember('agent_id', 'site-1')

    let n = 0
    const recordTwo = () => {
      journal.record(
        {
          readings: [
            { n, text: TEXT },
            { n: n + 1, text: TEXT },
          ],
          events: [{ action: 'x' }],
        },
        NOW,
      )
      n += 2
    }
    recordTwo()
    const flying = journal.nextBatch(BOTH, LIMITS, NOW)
    const error = expectError(() => {
      for (;;) recordTwo()
    })
    expect(error.code).toBe('full')
    expect(error.message).toBe(
      `the disk that holds the journal ${journal.path} is full: nothing is recorded until there is room`,
    )
    expect([journal.isTaking, journal.retry()]).toEqual([false, false])
    for (let i = 0; i < 5; i += 1) expect(expectError(() => recordTwo()).code).toBe('full')
    // looking works, and so do answers of the server, or they are harmless
    expect(journal.count(NOW)).toMatchObject({ queue_length: n, events_waiting: n / 2 })
    expect(journal.recall('agent_id')).toBe('site-1')
    expect(journal.nextBatch(BOTH, LIMITS, NOW)).toEqual(flying)
    let acknowledged = 2
    try {
      if (flying) journal.acknowledge(flying, NOW)
    } catch {
      acknowledged = 0
      expect(journal.nextBatch(BOTH, LIMITS, NOW)).toEqual(flying)
    }

    rmSync(ballast)
    expect(journal.retry()).toBe(true)
    expect(journal.isTaking).toBe(true)
    for (let i = 0; i < 50; i += 1) recordTwo()
    expect(sendAll(journal, 'n')).toEqual(Array.from({ length: n - acknowledged }, (_, i) => i + acknowledged))
    expect(journal.count(NOW)).toMatchObject({ queue_length: 0, events_waiting: n / 2 })
  })
})
