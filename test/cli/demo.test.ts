import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openTerminal, PROGRAM } from '../tui/terminal.ts'
import { createFolder, type RunningCli, startCli } from './run-cli.ts'

const LONG = 120_000

/** The demo, with a folder of its own for what is temporary. */
function startDemo(...flags: string[]): { cli: RunningCli; folder: string } {
  const folder = createFolder()
  return { cli: startCli(['demo', ...flags], { env: { TMPDIR: folder } }), folder }
}

/** Neither the server nor a printer of the demo that wrote this has its port any more. */
async function expectNothingListens(output: string): Promise<void> {
  const [, server] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output) ?? []
  const [, printers] = /SNMP on UDP port (\d+)/.exec(output) ?? []
  const socket = connect(Number(server), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const [error] = await once(socket, 'error')
  expect(error.code).toBe('ECONNREFUSED')
  for (const address of ['127.77.1.1', '127.77.2.6', '127.77.3.6']) {
    const udp = createSocket('udp4')
    udp.bind(Number(printers), address)
    await once(udp, 'listening')
    udp.close()
  }
}

test('without a terminal: a tour of what the server tells, and nothing stays', { timeout: LONG }, async () => {
  const { cli, folder } = startDemo('--duration', '5')
  await cli.printed('What happens now')
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^printmaster-demo-/)])
  const { code, stdout, stderr } = await cli.end()
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^3 agents and 20 printers, found and read within \d+\.\d s\.$/m)
  expect(stdout).toMatch(/^Warehouse +active /m)
  expect(stdout).toMatch(/^Konica Minolta bizhub X4000 +127\.77\.1\.4 /m)
  expect(stdout).toMatch(/^ +\d+\.\d s {2}warning {3}Lexmark MSX521 "Archive" \(127\.77\.2\.6\): black toner is low/m)
  const offline = /Warehouse: offline, seen after (\d+\.\d) s \(it was stopped\)/.exec(stdout)
  // its socket was closed: a grace of three seconds, and a little
  expect(Number(offline?.[1])).toBeGreaterThan(2.5)
  expect(Number(offline?.[1])).toBeLessThan(10)
  expect(stdout).toMatch(/critical {2}agent Warehouse is offline/)
  expect(stdout).toMatch(/Warehouse: its agent is started again, active after \d+\.\d s/)
  const [, pages, alerts] =
    /: ([\d,]+) pages? printed, (\d+) alerts? came, \d+ ended, \d+ open now\.$/m.exec(stdout) ?? []
  expect(Number(pages?.replaceAll(',', ''))).toBeGreaterThan(0)
  expect(Number(alerts)).toBeGreaterThan(1)
  expect(stdout).toContain('Three things to try next:')
  expect(readdirSync(folder)).toEqual([])
  await expectNothingListens(stdout)
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in the middle leaves nothing',
  { timeout: LONG },
  async (name) => {
    const { cli, folder } = startDemo()
    await cli.printed('its agent is stopped')
    cli.process.kill(name)
    const { code, stdout, stderr } = await cli.end()
    expect([code, stderr]).toEqual([130, ''])
    expect(stdout).not.toContain('Three things')
    expect(readdirSync(folder)).toEqual([])
    await expectNothingListens(stdout)
  },
)

test('a second signal, and a reader that has seen enough, leave nothing either', { timeout: LONG }, async () => {
  const hasty = startDemo()
  await hasty.cli.printed('server ')
  hasty.cli.process.kill('SIGINT')
  hasty.cli.process.kill('SIGTERM')
  expect((await hasty.cli.end()).code).toBe(130)
  expect(readdirSync(hasty.folder)).toEqual([])

  const piped = startDemo()
  await piped.cli.printed('server ')
  piped.cli.process.stdout.destroy()
  await piped.cli.end()
  expect(piped.cli.process.exitCode).toBe(0)
  expect(readdirSync(piped.folder)).toEqual([])
})

test('what a demo left that was killed is cleared by the next one, and nothing else is', {
  timeout: LONG,
}, async () => {
  const { cli, folder } = startDemo()
  await cli.printed('server ')
  const [killed] = readdirSync(folder)
  cli.process.kill('SIGKILL')
  await cli.end()
  expect(readdirSync(folder)).toEqual([killed])
  const others = [`printmaster-demo-${process.pid}-AbCdEf`, 'printmaster-demo-kept-AbCdEf', 'printmaster-demo-mine']
  for (const name of others) mkdirSync(join(folder, name))
  const next = startCli(['demo'], { env: { TMPDIR: folder } })
  await next.printed('server ')
  next.process.kill('SIGINT')
  await next.end()
  expect(readdirSync(folder).sort()).toEqual(others.sort())
})

test('--keep leaves the directory, and says where', { timeout: LONG }, async () => {
  const { cli, folder } = startDemo('--keep')
  await cli.printed('What happens now')
  cli.process.kill('SIGINT')
  const { stdout } = await cli.end()
  const [name = ''] = readdirSync(folder)
  expect(stdout).toContain(`The directory is kept: ${folder}/${name}\n`)
  expect(readdirSync(`${folder}/${name}`)).toEqual(
    expect.arrayContaining(['demo.log', 'printmaster.db', 'warehouse.db']),
  )
})

test('on a terminal: the view, whose q gives the terminal back', { timeout: LONG }, async () => {
  const folder = createFolder()
  const terminal = await openTerminal(120, 36, { TMPDIR: folder })
  await terminal.type(`${PROGRAM} demo; echo "ended $?"`)
  const before = await terminal.shows(/The live view comes in a moment/)
  const view = await terminal.shows(/live, heard/)
  expect(view).toMatch(/^Agents +3: 3 active$/m)
  expect(view).toMatch(/^Printers +20: /m)
  expect(await terminal.ask('#{alternate_on}')).toBe('1')
  // the token may command
  await terminal.press('2')
  await terminal.shows(/\[2 Agents\]/)
  await terminal.press('c', 'y')
  await terminal.shows(/Asked .+ to scan now\./)
  await terminal.press('q')
  const after = await terminal.shows(/^ended 0$/m)
  expect(after).toContain('The live view comes in a moment')
  expect(after).toContain('Three things to try next:')
  expect(await terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('0 1')
  expect(readdirSync(folder)).toEqual([])
  await expectNothingListens(before)
})

test('on a terminal that is closed: nothing stays', { timeout: LONG }, async () => {
  const folder = createFolder()
  const terminal = await openTerminal(120, 36, { TMPDIR: folder })
  await terminal.type(`${PROGRAM} demo & echo "started $!"; fg`)
  const before = await terminal.shows(/The live view comes in a moment/)
  const pid = Number(/^started (\d+)$/m.exec(before)?.[1])
  await terminal.shows(/live, heard/)
  process.kill(Number(await terminal.ask('#{pane_pid}')), 'SIGKILL')
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 20_000, interval: 50 })
  expect(readdirSync(folder)).toEqual([])
  await expectNothingListens(before)
})
