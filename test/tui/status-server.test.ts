import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFolder, linesOf, runCli } from '../cli/run-cli.ts'
import { startFleetServer, TOKEN } from './fleet-server.ts'
import { makeAgent, makeAlert, makeDevice, makeDevices } from './made-up-fleet.ts'

const ENV = { PRINTMASTER_TOKEN: TOKEN }
const FLEET = {
  agents: [
    makeAgent(),
    makeAgent({ agent_id: 'agent-2', name: 'De\u001b[31mpot', status: 'offline', status_reason: 'silent' }),
  ],
  devices: [makeDevice(), makeDevice({ device_id: 'device-2', lowest_supply: 3 })],
  alerts: [makeAlert()],
} as const

test('not on a terminal: one answer, as a table, as JSON, as lines', async () => {
  const server = await startFleetServer(FLEET)
  const flags = ['status', '--server', server.url]
  const table = await runCli(flags, { env: ENV })
  expect([table.code, table.stderr]).toEqual([0, ''])
  expect(table.stdout).toContain(
    'Agents     2: 1 active, 1 offline\nPrinters   2: 2 idle\nAlerts     1 open, 1 of them critical\n',
  )
  expect(table.stdout).toMatch(/^critical {2}agent {4}Depot .* offline: it fell silent$/m)
  expect(table.stdout).not.toContain('\u001b')
  const json = await runCli([...flags, '--json'], { env: ENV })
  expect(JSON.parse(json.stdout)).toMatchObject({
    counts: { agents: { active: 1, inactive: 0, offline: 1 }, printers: { idle: 2 } },
    ...FLEET,
  })
  // the server may as well stand in the environment
  const lines = await runCli(['status', '--format', 'ndjson'], { env: { ...ENV, PRINTMASTER_SERVER: server.url } })
  expect(linesOf(lines.stdout).map((line) => JSON.parse(line).row)).toEqual([
    'agent',
    'agent',
    'device',
    'device',
    'alert',
  ])
  expect(server.asked.some((what) => what.startsWith('hello'))).toBe(false)
})

test('as CSV: agents, printers and alerts by the names that people know, nothing that a spreadsheet would run', async () => {
  const devices = [makeDevice({ location: '=1+1', lowest_supply: 3 }), makeDevice({ device_id: 'device-2' })]
  const server = await startFleetServer({ ...FLEET, devices })
  const { code, stdout } = await runCli(['status', '--server', server.url, '--format', 'csv'], { env: ENV })
  expect(code).toBe(0)
  expect(stdout.split('\r\n')).toEqual([
    'row,id,name,address,status,severity,what,agent,serial,location,lowest_supply,page_count,since,last_seen',
    'agent,agent-1,Branch office,10.0.0.2,active,ok,,,,,,,2025-11-03T17:00:00.000Z,2025-11-03T17:59:48.000Z',
    'agent,agent-2,Depot,10.0.0.2,offline,critical,it fell silent,,,,,,2025-11-03T17:00:00.000Z,2025-11-03T17:59:48.000Z',
    `device,device-1,HP LaserJet M607,10.0.0.7,idle,critical,lowest supply 3%,Branch office,S1,"'=1+1",3,48213,,2025-11-03T17:57:00.000Z`,
    'device,device-2,HP LaserJet M607,10.0.0.7,idle,ok,,Branch office,S1,Hall,78,48213,,2025-11-03T17:57:00.000Z',
    `alert,alert-1,HP LaserJet M607,10.0.0.7,open,critical,HP LaserJet M607: paper jam,Branch office,S1,"'=1+1",,,2025-11-03T17:30:00.000Z,`,
    '',
  ])
})

test.each([
  [
    0,
    { agents: [makeAgent()], devices: [makeDevice()] },
    /^PRINTMASTER OK - 1 agent, 1 printer \| agents=1 offline=0 /,
  ],
  [
    1,
    { agents: [makeAgent()], devices: [makeDevice({ lowest_supply: 15 })] },
    /^PRINTMASTER WARNING - .*lowest supply 15%/,
  ],
  [2, FLEET, /^PRINTMASTER CRITICAL - 2 agents, 2 printers: agent Depot offline: it fell silent; printer /],
  [3, {}, /^PRINTMASTER UNKNOWN - no agent has ever reported/],
])('--exit-code %i', async (code, fleet, line) => {
  const server = await startFleetServer(fleet as never)
  const outcome = await runCli(['status', '--server', server.url, '--exit-code'], { env: ENV })
  expect([outcome.code, outcome.stdout]).toEqual([code, expect.stringMatching(line)])
})

test('more printers than a page holds', async () => {
  const server = await startFleetServer({ agents: [makeAgent()], devices: makeDevices(2500) })
  const { stdout } = await runCli(['status', '--server', server.url, '--json'], { env: ENV })
  expect(JSON.parse(stdout).devices).toHaveLength(2500)
})

test('what goes wrong: one line, and unknown for monitoring', async () => {
  const server = await startFleetServer(FLEET)
  const flags = ['status', '--server', server.url]
  const none = await runCli(flags)
  expect([none.code, linesOf(none.stderr)]).toEqual([2, [expect.stringMatching(/--server wants a viewer token/)]])
  const wrong = await runCli(flags, { env: { PRINTMASTER_TOKEN: 'wrong' } })
  expect([wrong.code, linesOf(wrong.stderr)]).toEqual([1, [expect.stringMatching(/token_unknown/)]])
  await server.stop()
  const away = await runCli([...flags, '--exit-code'], { env: ENV })
  expect([away.code, away.stdout]).toEqual([
    3,
    expect.stringMatching(/^PRINTMASTER UNKNOWN - cannot reach .*nothing listens/),
  ])
  await server.start()
  for (const [odd, sentence] of [
    [['--once'], /--once goes with a server only/],
    [['--format', 'ndjson'], /--format ndjson goes with a server only/],
    [['--format', 'csv'], /--format csv goes with a server only/],
    [['--local', '--server', server.url], /--server=\S+ and --local exclude each other/],
    [['--server', 'http://printers.example'], /the token could be read on the way/],
  ] as const) {
    const outcome = await runCli(['status', ...odd], { env: ENV })
    expect([outcome.code, linesOf(outcome.stderr)]).toEqual([2, [expect.stringMatching(sentence)]])
  }
})

test('who only asks does not pay for the view', async () => {
  const server = await startFleetServer(FLEET)
  const folder = createFolder()
  const list = join(folder, 'loaded')
  const preload = join(folder, 'preload.mjs')
  writeFileSync(
    preload,
    `import { registerHooks } from 'node:module'
     import { appendFileSync } from 'node:fs'
     registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(list)}, url + '\\n'); return next(url, context) } })`,
  )
  const env = { ...ENV, NODE_OPTIONS: `--import=${preload}` }
  for (const args of [
    ['scan', '--help'],
    ['status', '--help'],
    ['status', '--server', server.url, '--json'],
  ]) {
    writeFileSync(list, '')
    const { code } = await runCli(args, { env })
    expect(code).toBe(0)
    const loaded = linesOf(readFileSync(list, 'utf8')).filter(
      (url) => url.startsWith('file:') && url.includes('/dist/'),
    )
    expect(loaded.length).toBeGreaterThan(1)
    const texts = loaded.map((url) => readFileSync(new URL(url), 'utf8'))
    expect(
      texts.filter((text) => text.includes('react.transitional.element')),
      args.join(' '),
    ).toEqual([])
  }
})
