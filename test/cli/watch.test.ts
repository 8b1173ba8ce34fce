import { expect, test } from 'vitest'
import { play } from './play.ts'
import { linesOf, startCli } from './run-cli.ts'

// prtMarkerSuppliesLevel of the black toner, recorded as 64 of 100 (RFC 3805)
const BLACK_LEVEL = '1.3.6.1.2.1.43.11.1.1.9.1.1'

test('--watch prints the first table, then only what changed, until interrupted', async () => {
  const player = await play([{ address: '127.65.1.1', name: 'color-laser' }])
  const cli = startCli(['scan', '127.65.1.1', '--port', String(player.port), '--watch', '1'])
  await cli.printed('PMX4K10217')
  const table = linesOf(cli.stdout).length
  player.devices[0]?.objects.set(BLACK_LEVEL, { type: 'integer', value: 12 })
  await cli.printed('12%')
  player.devices[0]?.objects.set(BLACK_LEVEL, { type: 'integer', value: 99 })
  await cli.printed('99%')
  cli.process.kill('SIGINT')
  const { code, stdout, stderr } = await cli.end()
  expect(code).toBe(130)
  const changes = linesOf(stdout).slice(table)
  expect(changes).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d 127\.65\.1\.1 .*: black toner 64% -> 12%$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d 127\.65\.1\.1 .*: black toner 12% -> 99%$/),
  ])
  expect(linesOf(stderr)).toEqual([
    expect.stringMatching(/^1 asked, 1 answered, 1 printer/),
    'scanning again every 1 s, until Ctrl-C',
  ])
})

test('--watch with NDJSON prints every printer in every round', async () => {
  const player = await play([{ address: '127.65.2.1', name: 'color-laser' }])
  const asking = ['--port', String(player.port), '--format', 'ndjson', '--columns', 'ip,page_count']
  const cli = startCli(['scan', '127.65.2.1', ...asking, '--watch', '1'])
  await cli.printed('\n{')
  cli.process.kill('SIGINT')
  const { code, stdout } = await cli.end()
  expect(code).toBe(130)
  for (const line of linesOf(stdout)) expect(JSON.parse(line)).toEqual({ ip: '127.65.2.1', page_count: 48_213 })
})
