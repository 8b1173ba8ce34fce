import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { askingOf, play } from './play.ts'
import { LAUNCHER, linesOf, runCli, startCli } from './run-cli.ts'

// The broadcast address of the loopback network: the system refuses to send there, so nothing leaves the machine.
const REFUSED = '127.255.255.255'

test('1: nothing could be asked', async () => {
  const { code, stdout, stderr } = await runCli(['scan', REFUSED, '--timeout', '60', '--retries', '0'])
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(linesOf(stderr)).toEqual([expect.stringMatching(/^printmaster: .*does not let the program send/)])
})

test('1: the results cannot be written', async () => {
  const player = await play([{ address: '127.63.7.1', name: 'color-laser' }])
  const full = openSync('/dev/full', 'w')
  onTestFinished(() => closeSync(full))
  const args = [LAUNCHER, 'scan', '127.63.7.1', ...askingOf(player)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', full, 'pipe'] })
  const [stderr, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')])
  expect(linesOf(stderr)).toContain('printmaster: cannot write the results: ENOSPC')
  expect(stderr).not.toMatch(/\n {4}at /)
  expect(code).toBe(1)
})

test('130: interrupted, with what was found so far printed as a table', async () => {
  const player = await play([{ address: '127.63.1.1', name: 'color-laser' }])
  const port = ['--port', String(player.port)]
  await runCli(['scan', '127.63.1.1', ...port])
  const answersOfOneScan = player.stats().answered

  // nothing is on the other addresses, which would be waited for half a minute and more
  const cli = startCli(['scan', '127.63.1.0/24', ...port, '--timeout', '20000'])
  await vi.waitFor(() => expect(player.stats().answered).toBeGreaterThanOrEqual(2 * answersOfOneScan), {
    timeout: 10_000,
    interval: 10,
  })
  const interrupted = performance.now()
  cli.process.kill('SIGINT')
  const { code, stdout, stderr } = await cli.end()
  expect(performance.now() - interrupted).toBeLessThan(3000)
  expect(code).toBe(130)
  expect(stdout).toContain('PMX4K10217')
  expect(linesOf(stderr)).toEqual([expect.stringMatching(/^\d+ asked, 1 answered, 1 printer, .*\(interrupted\)$/)])
})

test('130: interrupted with NDJSON, whose lines stand', async () => {
  const player = await play([{ address: '127.63.2.1', name: 'color-laser' }])
  const asking = ['--port', String(player.port), '--timeout', '20000', '--format', 'ndjson']
  const cli = startCli(['scan', '127.63.2.0/24', ...asking])
  await cli.printed('PMX4K10217')
  cli.process.kill('SIGINT')
  const { code, stdout } = await cli.end()
  expect(code).toBe(130)
  expect(linesOf(stdout)).toHaveLength(1)
  expect(JSON.parse(stdout).ip).toBe('127.63.2.1')
})

test('130: interrupted before anything was found', async () => {
  const player = await play([
    { address: '127.63.3.1', name: 'color-laser', faults: [{ kind: 'silence', percent: 100 }] },
  ])
  const cli = startCli(['scan', '127.63.3.0/24', '--port', String(player.port), '--timeout', '20000', '--json'])
  await vi.waitFor(() => expect(player.stats().received).toBeGreaterThan(0), { timeout: 10_000, interval: 10 })
  cli.process.kill('SIGINT')
  const { code, stdout, stderr } = await cli.end()
  expect(code).toBe(130)
  expect(JSON.parse(stdout)).toEqual([])
  expect(stderr).toContain('(interrupted)')
})

test('--exit-code: 0, 1 and 2 by the lowest supply and its thresholds, 2 for a jam, with one line each', async () => {
  // the lowest supply of the laser is magenta with 37 %
  const player = await play([
    { address: '127.63.4.1', name: 'color-laser' },
    { address: '127.63.4.2', name: 'jam-and-alerts' },
  ])
  const check = async (address: string, ...flags: string[]) => {
    const { code, stdout, stderr } = await runCli(['scan', address, ...askingOf(player), '--exit-code', ...flags])
    expect(linesOf(stdout)).toHaveLength(1)
    expect(linesOf(stderr)).toHaveLength(1)
    return [code, stdout]
  }
  expect(await check('127.63.4.1')).toEqual([0, expect.stringMatching(/^PRINTMASTER OK - 1 printer/)])
  const warning = await check('127.63.4.1', '--warning', '37', '--critical', '36')
  expect(warning).toEqual([1, expect.stringMatching(/^PRINTMASTER WARNING - .*127\.63\.4\.1.*37/)])
  const critical = await check('127.63.4.1', '--warning', '37', '--critical', '37')
  expect(critical).toEqual([2, expect.stringMatching(/^PRINTMASTER CRITICAL - /)])
  expect(await check('127.63.4.2')).toEqual([2, expect.stringMatching(/^PRINTMASTER CRITICAL - .*Paper jam/)])
  expect(await check('127.63.4.9')).toEqual([3, expect.stringMatching(/^PRINTMASTER UNKNOWN - no printer found/)])
  expect(await check('127.63.4.2', '--filter', 'status=idle')).toEqual([3, expect.stringMatching(/UNKNOWN/)])
})

test.each<[what: string, args: string[], line: string]>([
  ['a wrong flag', ['--exit-code', '--fooo'], "PRINTMASTER UNKNOWN - there is no flag '--fooo'"],
  ['a wrong target', ['10.0.0.300', '--exit-code'], "PRINTMASTER UNKNOWN - '10.0.0.300' is not a target"],
  ['another output', ['127.63.5.1', '--exit-code', '--json'], 'PRINTMASTER UNKNOWN - --json and --exit-code exclude'],
  [
    'thresholds the wrong way round',
    ['127.63.5.1', '--exit-code', '--warning', '5', '--critical', '10'],
    'PRINTMASTER UNKNOWN - the critical threshold lies above',
  ],
  [
    'nothing to ask',
    [REFUSED, '--exit-code', '--timeout', '60', '--retries', '0'],
    'PRINTMASTER UNKNOWN - this machine',
  ],
])('--exit-code: 3 for %s, said in one line where a monitoring system reads', async (_what, args, line) => {
  const { code, stdout, stderr } = await runCli(['scan', ...args])
  expect(code).toBe(3)
  expect(linesOf(stdout)).toEqual([expect.stringContaining(line)])
  expect(linesOf(stderr)).toEqual([expect.stringMatching(/^printmaster: /)])
})

test('--exit-code: 3 when interrupted', async () => {
  const player = await play([
    { address: '127.63.6.1', name: 'color-laser', faults: [{ kind: 'silence', percent: 100 }] },
  ])
  const cli = startCli(['scan', '127.63.6.1', '--port', String(player.port), '--timeout', '20000', '--exit-code'])
  await vi.waitFor(() => expect(player.stats().received).toBeGreaterThan(0), { timeout: 10_000, interval: 10 })
  cli.process.kill('SIGINT')
  const { code, stdout } = await cli.end()
  expect(code).toBe(3)
  expect(linesOf(stdout)).toEqual([expect.stringMatching(/^PRINTMASTER UNKNOWN - interrupted/)])
})
