import { expect, test } from 'vitest'
import { createRandom } from '../../src/core/snmp/player/random.ts'
import { makeDirectory } from '../store/open-temporary.ts'
import { runRetentionKillRounds } from './kill-rounds.ts'

test('killed twenty times: no reading is lost before its archive is there, none counts twice', async () => {
  const found = await runRetentionKillRounds(await makeDirectory(), 20, createRandom(11))
  expect(found.faults).toEqual([])
  expect(found.kills).toBeGreaterThan(10)
  expect(found.archived).toBeGreaterThan(40_000)
  console.log(`retention killed: ${JSON.stringify(found)}`)
}, 240_000)
