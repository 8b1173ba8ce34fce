import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { createToken, startServerProcess } from '../server-process.ts'
import { fuzzRoutes } from './fuzz-routes.ts'
import { FUZZED_CHANNEL } from './generate-value.ts'

const REQUESTS = 50_000
/** What the runtime may keep for itself between the middle and the end. */
const SLACK_MEGABYTES = 96

it(`answers ${REQUESTS} requests made from its own schemas without a fault`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-fuzz-'))
  const seed = Number(process.env.PRINTMASTER_TEST_SEED ?? Date.now() % 1_000_000)
  const [admin, viewer, enrolment] = (['admin', 'viewer', 'enrolment'] as const).map((scope) =>
    createToken(directory, scope),
  ) as [string, string, string]
  const config = join(directory, 'config.ini')
  // nothing listens there
  writeFileSync(config, `[alerts.${FUZZED_CHANNEL}]\ntype = syslog\nhost = 127.0.0.1\nport = 9\n`)
  const server = await startServerProcess(directory, {
    PRINTMASTER_SECURITY_REQUESTS_PER_SECOND: '100000',
    PRINTMASTER_SECURITY_BURST: '100000',
    PRINTMASTER_CONFIG: config,
  })
  onTestFinished(async () => {
    if (server.child.exitCode === null && server.child.signalCode === null) await server.end('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })
  const registered = await request(`${server.url}/api/v1/agents/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${enrolment}`, 'content-type': 'application/json' },
    body: '{"agent_id":"fuzzed"}',
  })
  const { token: agent } = (await registered.body.json()) as { token: string }
  const report = await fuzzRoutes(server, { admin, viewer, enrolment, agent }, REQUESTS, seed)
  console.log(`fuzz: seed ${seed}, ${JSON.stringify(report)}`)
  expect(report.faults).toEqual([])
  expect(report.requests).toBe(REQUESTS)
  // a fuzz that is only ever refused would not get far into the program
  const neverTaken = Object.entries(report.operations).filter(([label, count]) => count === 0 && !label.includes('{'))
  expect(neverTaken).toEqual([])
  expect(report.megabytes[1]).toBeLessThan(report.megabytes[0] + SLACK_MEGABYTES)
  expect(server.child.exitCode).toBeNull()
  expect(await server.end('SIGTERM')).toBe(0)
}, 600_000)
