import { expect, test } from 'vitest'
import { createRandom } from '../../../src/core/snmp/player/random.ts'
import { createDirectory } from '../../server/start-test-server.ts'
import { runSiteKillRounds } from './kill-rounds.ts'

test('agent and server killed 20 times over a bad line: every journalled reading arrives, once', {
  timeout: 480_000,
}, async () => {
  const report = await runSiteKillRounds(createDirectory(), 20, createRandom(20_26))
  expect(report.faults).toEqual([])
  expect(report.kills.agent).toBeGreaterThan(5)
  expect(report.kills.server).toBeGreaterThan(5)
  expect(report.journalled).toBeGreaterThan(30)
  expect(report.held + report.waiting).toBeGreaterThanOrEqual(report.journalled)
})
