import { readFileSync } from 'node:fs'
import { Compile } from 'typebox/compile'
import { expect, test } from 'vitest'
import { askingOf, play } from './play.ts'
import { linesOf, runCli, startCli } from './run-cli.ts'

const SUMMARY = /^\d+ asked, \d+ answered, \d+ printers?, \d+ failed, \d+\.\d s$/

const published = JSON.parse(readFileSync(new URL('../../docs/printer.schema.json', import.meta.url), 'utf8'))
const schema = Compile(published)

/** A laser that is well, one with a jam, and nothing on a third address. */
async function playOffice() {
  const player = await play([
    { address: '127.61.1.1', name: 'color-laser' },
    { address: '127.61.1.2', name: 'jam-and-alerts' },
  ])
  return ['scan', '127.61.1.1-3', ...askingOf(player)]
}

test('the table holds the printers, the summary goes to stderr, and neither has an escape code', async () => {
  const { code, stdout, stderr } = await runCli(await playOffice())
  expect(code).toBe(0)
  const lines = linesOf(stdout)
  expect(lines[0]).toMatch(/^Address +Printer +Serial/)
  const [jammed, well] = [
    lines.findIndex((line) => line.includes('PMXVL70103')),
    lines.findIndex((line) => line.includes('PMX4K10217')),
  ]
  expect(lines[well]).toMatch(/^127\.61\.1\.1 .*idle.*48,213/)
  expect(jammed).toBeGreaterThan(0)
  expect(jammed, 'problems first').toBeLessThan(well)
  expect(stdout + stderr).not.toMatch(/[\x1b\r]/)
  expect(linesOf(stderr)).toEqual([expect.stringMatching(SUMMARY)])
  expect(stderr).toMatch(/^3 asked, 2 answered, 2 printers, 0 failed/)
})

test('--format json is an array that the published schema accepts', async () => {
  const { code, stdout, stderr } = await runCli([...(await playOffice()), '--format', 'json'])
  expect(code).toBe(0)
  const printers = JSON.parse(stdout)
  expect(printers.map(({ serial }: { serial: string }) => serial)).toEqual(['PMX4K10217', 'PMXVL70103'])
  for (const printer of printers) expect(schema.Errors(printer)).toEqual([])
  expect(linesOf(stderr)).toEqual([expect.stringMatching(SUMMARY)])
})

test('--json says the same as --format json', async () => {
  const office = await playOffice()
  const [short, long] = await Promise.all([runCli([...office, '--json']), runCli([...office, '--format', 'json'])])
  const serialsOf = (text: string) => JSON.parse(text).map(({ serial }: { serial: string }) => serial)
  expect(serialsOf(short.stdout)).toEqual(['PMX4K10217', 'PMXVL70103'])
  expect(serialsOf(long.stdout)).toEqual(serialsOf(short.stdout))
  expect(linesOf(short.stdout)).toHaveLength(linesOf(long.stdout).length)
})

test('every NDJSON line is a printer that the published schema accepts', async () => {
  const { code, stdout } = await runCli([...(await playOffice()), '--format', 'ndjson'])
  expect(code).toBe(0)
  const printers = linesOf(stdout).map((line) => JSON.parse(line))
  expect(printers.map(({ serial }) => serial).sort()).toEqual(['PMX4K10217', 'PMXVL70103'])
  for (const printer of printers) expect(schema.Errors(printer)).toEqual([])
})

test('CSV has a header and a row for each printer', async () => {
  const { code, stdout } = await runCli([...(await playOffice()), '--format', 'csv', '--columns', 'ip,serial,location'])
  expect(code).toBe(0)
  expect(stdout.split(/\r?\n/)).toEqual([
    'ip,serial,location',
    '127.61.1.1,PMX4K10217,"Building 2, first floor, copy room"',
    '127.61.1.2,PMXVL70103,"Building 1, ground floor"',
    '',
  ])
})

test('--columns, --sort and --filter choose, order and select', async () => {
  const office = [...(await playOffice()), '--format', 'csv', '--columns', 'serial']
  const sorted = await runCli([...office, '--sort', '-page_count'])
  expect(linesOf(sorted.stdout.replaceAll('\r', ''))).toEqual(['serial', 'PMXVL70103', 'PMX4K10217']) // 120,344 and 48,213
  const filtered = await runCli([...office, '--filter', 'supplies.level.percent<5', '--filter', 'status=error'])
  expect(linesOf(filtered.stdout.replaceAll('\r', ''))).toEqual(['serial', 'PMXVL70103'])
  const none = await runCli([...office, '--filter', 'supplies.level.percent<5', '--filter', 'status=idle'])
  expect(linesOf(none.stdout.replaceAll('\r', ''))).toEqual(['serial'])
})

test('no printer at all is a scan that went well', async () => {
  const player = await play([])
  const table = await runCli(['scan', '127.61.1.9', '--port', '11999', '--timeout', '60', '--retries', '0'])
  expect(player.devices).toEqual([])
  expect(table).toMatchObject({ code: 0, stdout: 'No printers.\n' })
  expect(table.stderr).toMatch(/^1 asked, 0 answered, 0 printers, 0 failed/)
})

test('NDJSON gives each printer as soon as it is read, while a slow one is still asked', async () => {
  const player = await play([
    { address: '127.61.2.1', name: 'color-laser' },
    { address: '127.61.2.2', name: 'mono-laser-some', faults: [{ kind: 'latency', ms: 400 }] },
  ])
  const asking = ['--port', String(player.port), '--timeout', '3000', '--format', 'ndjson']
  const cli = startCli(['scan', '127.61.2.1', '127.61.2.2', ...asking])
  await cli.printed('PMX4K10217')
  expect(cli.isRunning).toBe(true)
  expect(cli.stdout).not.toContain('PMC00351')
  const { code, stdout } = await cli.end()
  expect(code).toBe(0)
  expect(linesOf(stdout)).toHaveLength(2)
  expect(stdout).toContain('PMC00351')
})

test('a reader that has seen enough ends it quietly', async () => {
  const player = await play([
    { address: '127.61.3.1', name: 'color-laser' },
    { address: '127.61.3.2', name: 'mono-laser-some', faults: [{ kind: 'latency', ms: 300 }] },
  ])
  const asking = ['--port', String(player.port), '--timeout', '3000', '--format', 'ndjson']
  const cli = startCli(['scan', '127.61.3.1-3', ...asking]) // nothing is on the third, which is waited for longest
  await cli.printed('PMX4K10217')
  cli.process.stdout.destroy()
  const { code, stderr } = await cli.end()
  expect(code).toBe(0)
  expect(stderr).toBe('')
})

test('a device that answers and cannot be read is told on stderr, with the others printed', async () => {
  const player = await play([
    { address: '127.61.4.1', name: 'color-laser' },
    { address: '127.61.4.2', name: 'mono-laser-some', faults: [{ kind: 'latency', ms: 1200 }] },
  ])
  const asking = ['--port', String(player.port), '--timeout', '3000', '--deadline', '1']
  const { code, stdout, stderr } = await runCli(['scan', '127.61.4.1-2', ...asking])
  expect(code).toBe(0)
  expect(stdout).toContain('PMX4K10217')
  expect(linesOf(stderr)).toEqual([
    'failed: 127.61.4.2 was not read within 1 s (--deadline)',
    expect.stringMatching(/^2 asked, 2 answered, 1 printer, 1 failed/),
  ])
})
