import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { judgeAgent } from '../../src/cli/status-judge.ts'
import type { LocalStatus } from '../../src/cli/status-local.ts'
import { formatAgentStatus } from '../../src/cli/status-text.ts'
import type { AgentStatusPage } from '../../src/core/agent/agent-facts.ts'
import { openJournal } from '../../src/core/agent/journal/open-journal.ts'
import type { KnownPrinter } from '../../src/core/agent/known-printer.ts'
import { measureText } from '../../src/core/output/fit-text.ts'
import { play } from './play.ts'
import { createFolder, linesOf, runCli } from './run-cli.ts'
import { startAgentCli, writeAgentConfig } from './start-agent.ts'

const NOW = Date.parse('2025-11-03T18:00:00Z')
const PLAIN = { color: false, unicode: true, width: 80 }

const PAGE: AgentStatusPage = {
  agent_id: 'agent-001',
  name: 'Branch office',
  agent_version: '1.2.3',
  hostname: 'box',
  pid: 812,
  started_at: '2025-10-30T06:00:00Z',
  uptime_seconds: 388_800,
  memory_mb: 85.2,
  cpu_percent: 0.4,
  uplink: {
    state: 'connected',
    since: '2025-11-03T17:00:00Z',
    channel: 'http',
    url: 'https://printers.example:9090',
    reason: null,
    last_heartbeat: '2025-11-03T17:59:48Z',
    last_upload: '2025-11-03T17:57:00Z',
  },
  printers: { total: 25, online: 25, offline: {} },
  discovery: { is_running: false, last: '2025-11-03T14:40:00Z', next: '2025-11-03T18:34:00Z' },
  journal: {
    journal_id: '0199a8c0-0000-7000-8000-000000000001',
    path: '/var/lib/printmaster-agent/journal.db',
    state: 'taking',
    bytes: 14_200_000,
    limit_bytes: 1_024_000_000,
    queue_length: 0,
    queue_age_seconds: 0,
    quarantined: 0,
    thinned: 0,
    dropped: 0,
    events_dropped: 0,
  },
  last_error: null,
  known_printers: [],
}

const running = (changes: Partial<AgentStatusPage> = {}): LocalStatus => ({ running: true, ...PAGE, ...changes })

const gone = (address: string, offline_reason: KnownPrinter['offline_reason']) => ({
  address,
  port: 161,
  manufacturer: 'HP',
  model: 'Color LaserJet Managed Flow MFP E87650 with a very long name',
  serial: 'S\u001b[31m1',
  state: 'offline' as const,
  offline_reason,
})

test('all is well: a few lines for people', () => {
  expect(formatAgentStatus(running(), PLAIN, NOW)).toBe(
    `Agent       agent-001 (Branch office), version 1.2.3, pid 812, up for 4 days, 85
            MB, 0.4 % of a core
Server      connected to https://printers.example:9090
Sent        readings 3 min ago, heartbeat 12 s ago
Waiting     nothing
Printers    25 printers, 25 online
Search      3 h 20 min ago, next in 34 min
Journal     /var/lib/printmaster-agent/journal.db, 14.2 of 1,024 MB
`,
  )
})

test('what is wrong is named, offline printers with their reason; nothing is wider than 80 columns', () => {
  const status = running({
    uplink: { ...PAGE.uplink, state: 'waiting', reason: `cannot reach it ${'and on it goes '.repeat(12)}` },
    printers: { total: 25, online: 23, offline: { silent: 1, wrong_credentials: 1 } },
    journal: {
      ...PAGE.journal,
      queue_length: 1234,
      queue_age_seconds: 7200,
      quarantined: 2,
      dropped: 7,
      events_dropped: 1300,
      path: `/${'x'.repeat(200)}`,
    },
    last_error: 'printer\u001b[2J says no',
    known_printers: [
      gone('10.20.30.140', 'silent'),
      { ...gone('10.20.30.141', null), state: 'online' },
      gone('2001:db8:1111:2222:3333:4444:5555:6666', 'wrong_credentials'),
    ],
  })
  const text = formatAgentStatus(status, PLAIN, NOW)
  const lines = linesOf(text)
  expect(Math.max(...lines.map(measureText))).toBeLessThanOrEqual(80)
  expect(text).not.toContain('\u001b')
  expect(text).toContain('Waiting     1,234 readings, the oldest for 2 h\n')
  expect(text).toContain('25 printers, 23 online; offline: 1 silent, 1 wrong credentials\n')
  expect(text).toMatch(/^! 2 of 25 printers offline$/m)
  expect(text).toMatch(/^! 2 readings that the server will not have$/m)
  expect(text).toContain('7 lost, 1,300 audit events lost\n')
  expect(text).toMatch(/^! 7 readings lost for want of room$/m)
  expect(text).toMatch(/^10\.20\.30\.140 +silent +HP Color/m)
  expect(text).not.toContain('10.20.30.141')
  expect(formatAgentStatus(status, { ...PLAIN, color: true }, NOW)).toContain('\u001b[33m! 2 of 25')
})

test.each<[what: string, changes: Partial<AgentStatusPage>, code: number, line: string]>([
  ['all well', {}, 0, 'OK - 25 printers; connected to https://printers.example:9090'],
  ['alone', { uplink: { ...PAGE.uplink, state: 'off', url: null } }, 0, 'OK - 25 printers; no server'],
  [
    'just started',
    { uplink: { ...PAGE.uplink, state: 'waiting' } },
    0,
    'OK - 25 printers; waiting for https://printers.example:9090',
  ],
  [
    'a printer offline',
    { printers: { total: 25, online: 24, offline: { silent: 1 } } },
    1,
    'WARNING - 1 of 25 printers offline',
  ],
  [
    'the server away',
    { uplink: { ...PAGE.uplink, state: 'waiting', reason: 'nothing | listens there' } },
    1,
    'WARNING - waiting for https://printers.example:9090: nothing / listens there',
  ],
  [
    'refused readings',
    { journal: { ...PAGE.journal, quarantined: 1 } },
    1,
    'WARNING - 1 reading that the server will not have',
  ],
  [
    'halted',
    { uplink: { ...PAGE.uplink, state: 'halted', reason: 'revoked' } },
    2,
    'CRITICAL - uplink halted: revoked',
  ],
  [
    'full and a printer offline',
    { journal: { ...PAGE.journal, state: 'full' }, printers: { total: 25, online: 24, offline: { silent: 1 } } },
    2,
    'CRITICAL - the journal is full and takes no readings; 1 of 25 printers offline',
  ],
])('for a monitoring system: %s', (_what, changes, code, line) => {
  const verdict = judgeAgent(running(changes))
  expect(verdict.code).toBe(code)
  expect(verdict.line.split(' | ', 1)).toEqual([`PRINTMASTER ${line}`])
})

test('an agent that runs: text, JSON, and one line; --local says the same', async () => {
  const player = await play([{ address: '127.0.32.1', name: 'color-laser' }])
  const free = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => free.once('listening', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  const config = writeAgentConfig(
    `[scan]\ntargets = 127.0.32.1\n[snmp]\nport = ${player.port}\n[agent]\nhealth_port = ${port}\n`,
  )
  const agent = await startAgentCli(config)
  await agent.logged('a printer appeared')
  const text = await runCli(['status', '--config', config])
  expect([text.code, text.stderr]).toEqual([0, ''])
  expect(text.stdout).toContain(`Agent       ${agent.agent_id}`)
  expect(text.stdout).toContain('Printers    1 printer, 1 online\n')
  expect(text.stdout).not.toContain('\u001b')
  for (const flags of [['--json'], ['--local', '--format', 'json']]) {
    const json = await runCli(['status', '--config', config, ...flags])
    expect(JSON.parse(json.stdout)).toMatchObject({
      running: true,
      agent_id: agent.agent_id,
      pid: agent.cli.process.pid,
      known_printers: [{ address: '127.0.32.1', state: 'online' }],
    })
  }
  const line = await runCli(['status', '--exit-code', '--config', config])
  expect([line.code, line.stdout]).toEqual([0, expect.stringMatching(/^PRINTMASTER OK - 1 printer; no server \| /)])
  agent.cli.process.kill('SIGTERM')
  await agent.cli.end()
  const after = await runCli(['status', '--exit-code', '--config', config, '--journal', agent.journal])
  expect([after.code, after.stdout]).toEqual([
    2,
    expect.stringMatching(/^PRINTMASTER CRITICAL - the agent is not running \| printers=1 /),
  ])
})

/** A journal with one printer that is offline and one reading that waits. */
function makeJournal(): string {
  const path = join(createFolder(), 'journal.db')
  const journal = openJournal(path, { size_mb: 50, days: 30, now: NOW })
  const times = { state_since: NOW, first_seen: NOW, last_seen: NOW, last_full: NOW }
  const { address, port, manufacturer, model, serial } = gone('10.0.0.7', 'silent')
  const printer: KnownPrinter = {
    ...{ id: '00000000-0000-7000-8000-000000000001', address, port, manufacturer, model, serial },
    ...{ printer_index: 1, mac_address: null, device_id: null, misses: 3, state: 'offline', offline_reason: 'silent' },
    ...times,
  }
  journal.remember('agent_id', 'agent-007')
  journal.remember('halted', 'token_revoked')
  journal.record({ printers: [printer], readings: [{ serial: 'S1' }] }, NOW)
  journal.close()
  return path
}

test('no agent: its journal, and that it is not running', async () => {
  const journal = makeJournal()
  const config = writeAgentConfig('[agent]\nhealth_port = 9\n')
  const flags = ['--config', config, '--journal', journal]
  const text = await runCli(['status', ...flags])
  expect([text.code, text.stderr]).toEqual([0, 'the agent is not running; this is its journal\n'])
  expect(text.stdout).toContain('Agent       agent-007\n')
  expect(text.stdout).toContain('1 printer, 0 online; offline: 1 silent\n')
  expect(text.stdout).toMatch(/^Waiting {5}1 reading, the oldest for /m)
  expect(text.stdout).toMatch(/^! uplink halted: .*revoked/m)
  const json = await runCli(['status', '--json', ...flags])
  expect(JSON.parse(json.stdout)).toMatchObject({
    running: false,
    agent_id: 'agent-007',
    printers: { total: 1, online: 0, offline: { silent: 1 } },
    journal: { queue_length: 1, limit_bytes: 50_000_000 },
    known_printers: [{ address: '10.0.0.7', offline_reason: 'silent' }],
  })
})

test('an agent without a page, and another program in its place: it cannot be told', async () => {
  const flags = ['status', '--exit-code', '--journal', makeJournal()]
  const none = await runCli(flags, { env: { PRINTMASTER_AGENT_HEALTH_PORT: 'none' } })
  // what the journal says is bad enough
  expect([none.code, none.stdout]).toEqual([
    2,
    expect.stringMatching(/CRITICAL - .*health_port names no port; uplink halted/),
  ])
  const other = createServer((_request, answer) => answer.end('{}')).listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const config = writeAgentConfig(`[agent]\nhealth_port = ${port}\n`)
  const journal = join(createFolder(), 'journal.db')
  openJournal(journal, { size_mb: 50, days: 30, now: NOW }).close()
  const stranger = await runCli(['status', '--exit-code', '--config', config, '--journal', journal])
  expect([stranger.code, stranger.stdout]).toEqual([
    3,
    expect.stringContaining(`UNKNOWN - what answers at http://127.0.0.1:${port} is no agent | `),
  ])
})

test('neither agent nor journal: one line, exit 1; with --exit-code unknown', async () => {
  const flags = ['--config', writeAgentConfig('[agent]\nhealth_port = 9\n'), '--journal', '/no/such/journal.db']
  const plain = await runCli(['status', ...flags])
  expect([plain.code, linesOf(plain.stderr)]).toEqual([
    1,
    [expect.stringMatching(/the agent is not running, and there is no journal '\/no\/such\/journal\.db'/)],
  ])
  const monitored = await runCli(['status', '--exit-code', ...flags])
  expect([monitored.code, monitored.stdout]).toEqual([3, expect.stringMatching(/^PRINTMASTER UNKNOWN - /)])
  expect((await runCli(['status', '--exit-code', '--json'])).code).toBe(3)
})
