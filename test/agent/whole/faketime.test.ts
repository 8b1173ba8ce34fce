import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Database from 'better-sqlite3'
import { request } from 'undici'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { AgentStatusPage } from '../../../src/core/agent/agent-facts.ts'
import { createToken, startServerProcess } from '../../server/server-process.ts'
import { createDirectory } from '../../server/start-test-server.ts'
import { compareSides } from './compare-sides.ts'
import { playFleet } from './fleet.ts'

const ROOT = new URL('../../..', import.meta.url).pathname
const MULTIARCH = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string] ?? ''
const LIBRARY = `/usr/lib/${MULTIARCH}/faketime/libfaketime.so.1`
const PRINTERS = 4
const DAY_MS = 86_400_000

test('the clock of the built agent is set forward and back: readings go on, in order, and all of them arrive', {
  timeout: 300_000,
}, async ({ skip }) => {
  if (!existsSync(LIBRARY)) return skip('libfaketime is not installed')
  const directory = createDirectory()
  const { player, addresses } = await playFleet('127.85.1.', PRINTERS, { speed: 600 })
  onTestFinished(() => player.close())
  const enrolment = createToken(directory, 'enrolment')
  const server = await startServerProcess(directory)
  onTestFinished(async () => void (await server.end('SIGKILL')))
  const config = join(directory, 'config.ini')
  writeFileSync(
    config,
    `[scan]\ntargets = ${addresses.join(', ')}\n[snmp]\nport = ${player.port}\n[reading]\ninterval = 10s\n` +
      `[server]\nenabled = yes\nurl = ${server.url}\nenrolment_token = ${enrolment}\nupload_interval = 5\n` +
      `heartbeat_interval = 10\n[journal]\npath = journal.db\n[agent]\nhealth_port = 0\n`,
    { mode: 0o600 },
  )
  const offset = join(directory, 'offset')
  const setClock = (text: string) => writeFileSync(offset, `${text}\n`)
  setClock('+0')
  const agent = spawn(process.execPath, [join(ROOT, 'bin/run.js'), 'agent', '--config', config, '--json'], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_NO_CACHE: '1',
      // as the system does it: what counts time that goes by is not set with the clock
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void agent.kill('SIGKILL'))
  const url = await readHealthUrl(agent)
  const status = async () => (await (await request(`${url}/status`)).body.json()) as AgentStatusPage
  const countHeld = () => readCount(directory)
  let held = 0
  for (const jump of ['+0', '+40d', '-400d']) {
    setClock(jump)
    await vi.waitFor(async () => expect(countHeld()).toBeGreaterThanOrEqual(held + PRINTERS), {
      timeout: 90_000,
      interval: 200,
    })
    held = countHeld()
    expect((await status()).uplink.state).toBe('connected')
  }
  await vi.waitFor(async () => expect((await status()).journal.queue_length).toBe(0), {
    timeout: 20_000,
    interval: 100,
  })
  const exited = once(agent, 'exit')
  agent.kill('SIGTERM')
  expect((await exited)[0]).toBe(0)
  expect(await server.end('SIGTERM')).toBe(0)
  const sides = await compareSides([join(directory, 'journal.db')], join(directory, 'printmaster.db'))
  expect(sides.faults).toEqual([])
  expect(sides.held).toBeGreaterThanOrEqual(3 * PRINTERS)
  // the clock was what the test said it was
  const { first, last } = readSpan(directory)
  expect(Date.now() - first).toBeGreaterThan(399 * DAY_MS)
  expect(last - Date.now()).toBeGreaterThan(39 * DAY_MS)
})

async function readHealthUrl(agent: ChildProcess): Promise<string> {
  let complaints = ''
  agent.stderr?.on('data', (bytes: Buffer) => {
    complaints += bytes
  })
  const line = await Promise.race([
    once(createInterface({ input: agent.stdout as NodeJS.ReadableStream }), 'line').then(([text]) => text as string),
    once(agent, 'exit').then(([code]) => Promise.reject(new Error(`the agent ended with ${code}: ${complaints}`))),
  ])
  return (JSON.parse(line) as { health_url: string }).health_url
}

/** Readings that the server holds, read beside it. */
const readCount = (directory: string) => ask<{ count: number }>(directory, 'count(*) AS count').count

/** The first and the last moment that any of them is of. */
const readSpan = (directory: string) =>
  ask<{ first: number; last: number }>(directory, 'min(sampled_at) AS first, max(sampled_at) AS last')

function ask<Row>(directory: string, columns: string): Row {
  const db = new Database(join(directory, 'printmaster.db'), { readonly: true })
  try {
    return db.prepare<[], Row>(`SELECT ${columns} FROM metrics_history`).get() as Row
  } finally {
    db.close()
  }
}
