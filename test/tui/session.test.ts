import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeCertificate } from '../cli/make-certificate.ts'
import { createFolder } from '../cli/run-cli.ts'
import { ADMIN, type FleetServer, startFleetServer, TOKEN } from './fleet-server.ts'
import { makeAgent, makeAlert, makeDevice, makeDevices } from './made-up-fleet.ts'
import { openTerminal, PROGRAM, type Terminal } from './terminal.ts'

const FLEET = {
  agents: [makeAgent(), makeAgent({ agent_id: 'agent-2', name: 'Head office' })],
  devices: [
    makeDevice(),
    makeDevice({ device_id: 'device-2', model: 'OfficeJet', serial: 'S2', ip: '10.0.0.8', lowest_supply: 3 }),
    makeDevice({ device_id: 'device-3', manufacturer: 'Ricoh', model: 'MP C3004', ip: '10.0.0.9', status: 'error' }),
  ],
  alerts: [makeAlert()],
}

/** Starts the live view in a shell. */
async function look(
  server: Pick<FleetServer, 'url'>,
  flags = '',
  { token = TOKEN, width = 80, height = 24, env = {} as Record<string, string> } = {},
): Promise<Terminal> {
  const file = join(createFolder(), 'token')
  writeFileSync(file, token, { mode: 0o600 })
  const terminal = await openTerminal(width, height, env)
  await terminal.type('echo before')
  await terminal.shows(/^before$/m)
  await terminal.type(`${PROGRAM} status --server ${server.url} --token-file ${file} ${flags}; echo "ended $?"`)
  return terminal
}

/** The shell is as it was: its own screen, a cursor, and keys that come line by line. */
async function expectRestored(terminal: Terminal, code: number): Promise<void> {
  const screen = await terminal.shows(/^ended \d+$/m)
  expect(screen).toMatch(new RegExp(`^ended ${code}$`, 'm'))
  expect(screen).toMatch(/^before$/m)
  expect(await terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('0 1')
  await terminal.type('stty -a | tr ";" "\\n" | grep -c "[^-]icanon.*[^-]echo "')
  await terminal.shows(/^[1-9]$/m)
}

test('start, screens, one printer, back, quit: the terminal is as it was', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server)
  const overview = await terminal.shows(/live, heard/)
  expect(overview).toMatch(/^Agents +2: 2 active$/m)
  expect(overview).toMatch(/^Printers +3: 2 idle, 1 error$/m)
  expect(overview).toMatch(/^> critical +printer +HP OfficeJet.* lowest supply 3%/m)
  expect(await terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('1 0')
  await terminal.press('3')
  const printers = await terminal.shows(/\[3 Printers\]/)
  expect(printers).toMatch(/^3 printers by supply$/m)
  await terminal.press('/')
  await terminal.press('r', 'i', 'c')
  await terminal.shows(/^1 of 3 printers by supply, with "ric"$/m)
  server.answers.set('/devices/device-3', {
    ...makeDevice({ device_id: 'device-3' }),
    snapshot: { supplies: [{ index: 1, kind: 'toner', color: 'black', level: { state: 'percent', percent: 40 } }] },
  })
  await terminal.press('Enter')
  await terminal.press('Enter')
  await terminal.shows(/^black toner {2}▇+▁+ {2}40%$/m)
  await terminal.press('Escape')
  await terminal.shows(/^1 of 3 printers/m)
  await terminal.press('q')
  await expectRestored(terminal, 0)
})

test('an agent that drops is on the screen, in red, without a key', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server)
  await terminal.shows(/2 active/)
  const began = performance.now()
  server.send({ agents: [makeAgent({ status: 'offline', status_reason: 'disconnected' })] })
  await terminal.shows(/1 active, 1 offline/)
  expect(performance.now() - began).toBeLessThan(2000)
  expect(await terminal.capture(true)).toMatch(/\u001b\[[\d;]*31m[^\n]*critical|\u001b\[1m\u001b\[31m1 offline/)
  await terminal.press('C-c')
  await expectRestored(terminal, 0)
})

test('a lost connection is told, with the age of what is shown, and taken up again', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server)
  await terminal.shows(/live, heard/)
  await server.stop()
  const lost = await terminal.shows(/Connection lost\. What is shown is \d+ s old; trying again/)
  expect(lost).toContain('CONNECTION LOST')
  expect(lost).toContain('3: 2 idle, 1 error')
  await server.start()
  await terminal.shows(/live, heard/)
  await terminal.press('q')
  await expectRestored(terminal, 0)
})

test('without upgrades it says that it polls', async () => {
  const server = await startFleetServer(FLEET)
  server.takesUpgrades = false
  const terminal = await look(server)
  await terminal.shows(/Asked every few seconds, because there is no live channel/)
  await terminal.press('q')
  await expectRestored(terminal, 0)
})

test('suspended and taken up again: the shell has its terminal in between, the view comes back in the size of then', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server)
  await terminal.shows(/live, heard/)
  const ways = [() => terminal.press('C-z'), () => terminal.signal('SIGTSTP', ' status --server')]
  for (const [i, suspend] of ways.entries()) {
    await suspend()
    const shell = await terminal.shows(/Stopped/)
    expect(shell).toMatch(/^before$/m)
    expect(await terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('0 1')
    await terminal.type('clear; stty -a | tr ";" "\\n" | grep -c "[^-]icanon.*[^-]echo "; echo before')
    await terminal.shows(/^[1-9]$/m)
    await terminal.resize(100 + i, 30)
    await terminal.type('fg')
    await terminal.shows((screen) => {
      const lines = screen.replace(/\n$/, '').split('\n')
      const isWide = /^PrintMaster .*ago$/.test(lines[0] ?? '') && lines[0]?.length === 100 + i
      return isWide && lines.length === 30 && /q: quit$/.test(lines.at(-1) ?? '')
    })
    expect(await terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('1 0')
    await terminal.press('3')
    await terminal.shows(/\[3 Printers\]/)
    await terminal.press('1')
    await terminal.shows(/\[1 Overview\]/)
  }
  await terminal.press('q')
  await expect.poll(() => terminal.ask('#{alternate_on} #{cursor_flag}'), { timeout: 15_000 }).toBe('0 1')
  await terminal.type('echo after')
  await terminal.shows(/^after$/m)
})

test('stopped without a word and continued, the view takes its terminal again', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server)
  await terminal.shows(/live, heard/)
  await terminal.signal('SIGSTOP', ' status --server')
  await terminal.shows(/Stopped/)
  await terminal.type('fg')
  await terminal.shows(/^\[1 Overview\][\s\S]*q: quit\n$/m)
  await terminal.press('2')
  await terminal.shows(/\[2 Agents\]/)
  await terminal.press('q')
  await expect.poll(() => terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('0 1')
})

test('where no shell could bring it back, Ctrl-Z changes nothing', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await openTerminal()
  const file = join(createFolder(), 'token')
  writeFileSync(file, TOKEN, { mode: 0o600 })
  await terminal.type(`exec ${PROGRAM} status --server ${server.url} --token-file ${file}`)
  await terminal.shows(/live, heard/)
  await terminal.press('C-z')
  await terminal.press('2')
  await terminal.shows(/\[2 Agents\][\s\S]*q: quit\n$/)
})

test('who cannot connect is told why, whole, and nothing that is not known', async () => {
  const { certificate, key } = makeCertificate(createFolder(), 'printers')
  const https = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }).listen(0, '127.0.0.1')
  onTestFinished(() => void https.close())
  await once(https, 'listening')
  const url = `https://127.0.0.1:${(https.address() as AddressInfo).port}`
  const terminal = await look({ url })
  const screen = await terminal.shows(/NOT CONNECTED/)
  expect(screen.replaceAll(/\s+/g, ' ')).toMatch(/Cannot connect: its? .*certificate.* --ca FILE\. Trying again\./)
  expect(screen).toContain('Nothing is known yet.')
  expect(screen).not.toMatch(/Connection lost|none open|\b0\b(?!\.)/)
  await terminal.press('q')
  await expectRestored(terminal, 0)
})

test('a token that is refused at once ends it, with the reason on the terminal', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server, '', { token: 'wrong' })
  await expectRestored(terminal, 1)
  const screen = (await terminal.capture()).replaceAll('\n', '')
  expect(screen).toContain(`printmaster: ${server.url}: refused: token_unknown (token_unknown)`)
})

test('a resize draws anew, down to 80x24 and below', async () => {
  const server = await startFleetServer({ ...FLEET, devices: makeDevices(200) })
  const terminal = await look(server, '', { width: 160, height: 50 })
  await terminal.shows(/live, heard/)
  await terminal.press('3')
  const wide = await terminal.shows(/\[3 Printers\]/)
  expect(wide.split('\n').filter((line) => line.includes('LaserJet'))).toHaveLength(44)
  for (const [width, height] of [
    [80, 24],
    [60, 12],
    [120, 40],
  ] as const) {
    await terminal.resize(width, height)
    const screen = await terminal.shows((text) => {
      const lines = text.replace(/\n$/, '').split('\n')
      return (
        lines.length === height && /q: quit/.test(lines.at(-1) ?? '') && lines[0]?.startsWith('PrintMaster') === true
      )
    })
    expect(screen.split('\n').filter((line) => line.includes('LaserJet')).length).toBe(height - 6)
  }
  await terminal.press('q')
  await expectRestored(terminal, 0)
})

test('a window that was too small for anything leaves nothing behind', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server)
  await terminal.shows(/live, heard/)
  const withoutAge = (screen: string) => screen.replace(/ *live, heard.*/, '')
  const before = withoutAge(await terminal.capture())
  await terminal.resize(12, 4)
  // some frames, each drawn where the one before was thought to be
  let seen = 0
  await terminal.shows(() => ++seen > 4)
  await terminal.resize(80, 24)
  await terminal.shows(/q: quit\n$/)
  await terminal.shows((text) => withoutAge(text) === before)
  await terminal.press('q')
  await expectRestored(terminal, 0)
})

test('killed without a word, the terminal is as it was all the same', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server)
  await terminal.shows(/live, heard/)
  await terminal.signal('SIGKILL', ' status --server')
  await terminal.shows(/^before$/m)
  // the shell may have said what it says while the other screen was shown
  await terminal.press('Enter')
  expect(await terminal.ask('#{alternate_on}')).toBe('0')
  await terminal.type('stty -a | tr ";" "\\n" | grep -c "[^-]icanon.*[^-]echo "')
  await terminal.shows(/^[1-9]$/m)
  await expect.poll(() => terminal.ask('#{cursor_flag}')).toBe('1')
})

test.each(['SIGTERM', 'SIGHUP', 'SIGINT'])('%s leaves the terminal as it was', async (name) => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server)
  await terminal.shows(/live, heard/)
  await terminal.signal(name, ' status --server')
  await expectRestored(terminal, 130)
})

test('a crash is told in one line, on the terminal as it was', async () => {
  const server = await startFleetServer(FLEET)
  const preload = join(createFolder(), 'crash.mjs')
  writeFileSync(preload, "process.on('SIGUSR2', () => { throw new Error('it broke') })\n")
  const terminal = await look(server, '', { env: { NODE_OPTIONS: `--import=${preload}` } })
  await terminal.shows(/live, heard/)
  await terminal.signal('SIGUSR2', ' status --server')
  await expectRestored(terminal, 1)
  expect(await terminal.capture()).toMatch(/^printmaster: this should not have happened: it broke\./m)
})

test('commands want a confirmation, and an admin token', async () => {
  const server = await startFleetServer(FLEET)
  const viewer = await look(server)
  await viewer.shows(/live, heard/)
  await viewer.press('2')
  await viewer.shows(/\[2 Agents\]/)
  await viewer.press('c')
  await viewer.shows(/Ask Branch office to scan now\? y: yes/)
  await viewer.press('n')
  await viewer.shows(/Nothing was done\./)
  await viewer.press('c', 'y')
  await viewer.shows(/This token may only look\. Commands want an admin token/)
  const admin = await look(server, '', { token: ADMIN })
  await admin.shows(/live, heard/)
  await admin.press('4')
  await admin.shows(/paper jam/)
  await admin.press('a', 'y')
  await admin.shows(/Acknowledged\./)
  expect(server.asked.filter((what) => what.startsWith('POST'))).toEqual([
    'POST /agents/agent-1/commands',
    'POST /alerts/alert-1/acknowledge',
  ])
})

test('NO_COLOR: words alone, and the selected row is marked', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server, '', { env: { NO_COLOR: '1' } })
  await terminal.shows(/live, heard/)
  const screen = await terminal.capture(true)
  expect(screen).toMatch(/^> critical/m)
  expect(screen).toContain('[1 Overview]')
  expect(screen).not.toMatch(/\u001b\[[\d;]*m/)
  const flag = await look(server, '--no-color')
  await flag.shows(/live, heard/)
  expect(await flag.capture(true)).not.toMatch(/\u001b\[[\d;]*m/)
})

test('for a screen reader: plain lines on the same screen, no boxes, nothing that ticks', async () => {
  const server = await startFleetServer(FLEET)
  const terminal = await look(server, '--screen-reader')
  const screen = await terminal.shows(/Screen: overview\./)
  await terminal.shows(/Selected: severity critical, kind printer, name HP OfficeJet/)
  expect(await terminal.ask('#{alternate_on}')).toBe('0')
  expect(screen).not.toMatch(/[│┌─▇]/)
  expect(screen).toMatch(/^before$/m)
  // the list of printers, read again and again: the same sentences
  const read = (seconds_ago: number) => ({
    devices: [makeDevice({ last_seen: new Date(Date.now() - seconds_ago * 1000).toISOString() })],
  })
  server.send(read(4))
  await terminal.press('3')
  const list = await terminal.shows(/read less than a minute ago/)
  for (const seconds of [1, 7, 2]) {
    server.send(read(seconds))
    await expect.poll(() => terminal.capture()).toBe(list)
  }
  expect(list).not.toMatch(/\d+ s ago/)
  // sentences take several lines, and the first line of the screen stays in sight all the same
  server.send({ devices: makeDevices(60).map((device) => ({ ...device, location: 'beside the kitchen '.repeat(6) })) })
  await terminal.press('G')
  await terminal.shows(/^PrintMaster, [\s\S]*^Selected: [\s\S]*q: quit$/m)
  await terminal.press('q')
  await terminal.shows(/^ended 0$/m)
})
