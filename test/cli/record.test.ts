import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { parseRecording } from '../../src/core/snmp/recording.ts'
import { readFixture } from '../recordings/printer-fixture.ts'
import { askingOf, play } from './play.ts'
import { createFolder, linesOf, runCli, startCli } from './run-cli.ts'

/** What the recording says of the one printer it was made of: serial, host name, contact, and the MAC address in hex. */
const PERSONAL = ['PMX4K10217', 'clj-north-1', 'Print Desk', '02504D000011']

async function record(address: string, ...flags: string[]) {
  const player = await play([{ address, name: 'color-laser' }])
  const path = join(createFolder(), 'printer.snmprec')
  const outcome = await runCli(['scan', address, ...askingOf(player), '--record', path, ...flags])
  return { ...outcome, path, text: readFileSync(path, 'utf8') }
}

test('--record writes what the printer answered, without what is personal', async () => {
  const { code, stdout, stderr, path, text } = await record('127.66.1.1')
  expect(code).toBe(0)
  for (const word of PERSONAL) expect(text.toUpperCase()).not.toContain(word.toUpperCase())
  const recording = parseRecording(text, path)
  // the printer's own address stands in some indexes of the IP-MIB, so that those differ
  const isOfPrinterMib = (oid: string) => oid.startsWith('1.3.6.1.2.1.43.')
  const { oids } = readFixture('printers', 'color-laser')
  expect(recording.oids).toHaveLength(oids.length)
  expect(recording.oids.filter(isOfPrinterMib)).toEqual(oids.filter(isOfPrinterMib))
  expect(recording.values.get('1.3.6.1.2.1.43.11.1.1.9.1.1')).toEqual({ type: 'integer', value: 64 })
  expect(linesOf(stderr)[0]).toBe(
    `wrote ${recording.oids.length} objects to ${path} (serial numbers, addresses, names and contacts are made up)`,
  )
  expect(stdout).toContain('127.66.1.1')
})

test('--record-raw keeps it', async () => {
  const { code, stderr, path, text } = await record('127.66.2.1', '--record-raw')
  expect(code).toBe(0)
  for (const word of PERSONAL) expect(text.toUpperCase()).toContain(word.toUpperCase())
  expect(parseRecording(text, path).oids).toEqual(readFixture('printers', 'color-laser').oids)
  expect(linesOf(stderr)[0]).toContain('(with serial numbers, addresses, names and contacts)')
})

test('a file that is there is refused and stays as it is', async () => {
  const player = await play([{ address: '127.66.3.1', name: 'color-laser' }])
  const path = join(createFolder(), 'printer.snmprec')
  writeFileSync(path, 'mine')
  const { code, stdout, stderr } = await runCli(['scan', '127.66.3.1', ...askingOf(player), '--record', path])
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(linesOf(stderr)).toEqual([
    `printmaster: --record: cannot write '${path}': it exists already; name another file`,
  ])
  expect(readFileSync(path, 'utf8')).toBe('mine')
  expect(player.stats().received).toBe(0)
})

test('a target that does not answer leaves no file', async () => {
  const player = await play([{ address: '127.66.4.1', name: 'color-laser' }])
  const folder = createFolder()
  const args = ['scan', '127.66.4.9', ...askingOf(player), '--record', join(folder, 'printer.snmprec')]
  const { code, stderr } = await runCli(args)
  expect(code).toBe(1)
  expect(linesOf(stderr)).toEqual([`printmaster: --record: 127.66.4.9 does not answer SNMP on port ${player.port}`])
  expect(readdirSync(folder)).toEqual([])
})

test('an interrupted recording leaves no file', async () => {
  const faults = [{ kind: 'latency', ms: 200 }] as const
  const player = await play([{ address: '127.66.5.1', name: 'color-laser', faults }])
  const path = join(createFolder(), 'printer.snmprec')
  const cli = startCli(['scan', '127.66.5.1', '--port', String(player.port), '--timeout', '5000', '--record', path])
  await vi.waitFor(() => expect(player.stats().answered).toBeGreaterThan(2), { timeout: 10_000, interval: 10 })
  expect(existsSync(path)).toBe(true)
  cli.process.kill('SIGINT')
  const { code, stderr } = await cli.end()
  expect(code).toBe(130)
  expect(linesOf(stderr)).toEqual(['interrupted; nothing was recorded'])
  expect(existsSync(path)).toBe(false)
})
