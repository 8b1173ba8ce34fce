import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createRandom } from '../../src/core/snmp/player/random.ts'
import { runKillRounds } from './kill-rounds.ts'

it('loses no batch that it answered, stores none twice and none half, however often it is killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-kill-'))
  const seed = Number(process.env.PRINTMASTER_TEST_SEED ?? Date.now() % 1_000_000)
  try {
    const report = await runKillRounds(directory, 20, createRandom(seed))
    console.log(`kill: seed ${seed}, ${JSON.stringify(report)}`)
    expect(report.faults).toEqual([])
    expect(report.answered).toBeGreaterThan(20)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 120_000)
