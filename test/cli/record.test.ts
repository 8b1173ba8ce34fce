import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startPlayer } from '../../src/core/snmp/player/player.ts'
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
    `wrote ${recording.oids.length} objects to ${path} ` +
      '(serial numbers, addresses, names and contacts are made up where they are known as such)',
  )
  expect(stdout).toContain('127.66.1.1')
})

const ACME = '1.3.6.1.4.1.99999'

/** Records a printer of a maker that nobody knows, with its serial number, asset number and place in its own objects. */
async function recordUnknown(address: string, profile: object | null, ...more: string[]) {
  const lines = [
    '1.3.6.1.2.1.1.1.0|4|Acme X1',
    `1.3.6.1.2.1.1.2.0|6|${ACME}.7`,
    '1.3.6.1.2.1.1.5.0|4|prn-north',
    '1.3.6.1.2.1.1.6.0|4|R17',
    '1.3.6.1.2.1.43.5.1.1.1.1|65|1',
    '1.3.6.1.2.1.43.10.2.1.4.1.1|65|1200',
    `${ACME}.1.5.0|4|AX1KZ40017`,
    `${ACME}.1.6.0|4|FW 7.1; unit AX1KZ40017`,
    `${ACME}.1.7.0|4|Inv. 20881`,
    `${ACME}.1.8.0|4|R17`,
    `${ACME}.1.9.0|4|prn-north.lan`,
    ...more,
  ]
  const recording = parseRecording(lines.join('\n'), 'acme')
  const player = await startPlayer({ devices: [{ address, recording }], port: 0 })
  onTestFinished(() => player.close())
  const folder = createFolder()
  mkdirSync(join(folder, 'profiles'))
  writeFileSync(join(folder, 'config.ini'), '[profiles]\ndirectory = profiles\n')
  if (profile) writeFileSync(join(folder, 'profiles', 'acme.json'), JSON.stringify(profile))
  const path = join(folder, 'acme.snmprec')
  const outcome = await runCli(['scan', address, ...askingOf(player), '--record', path], { cwd: folder })
  const { values } = parseRecording(readFileSync(path), path)
  const text = (oid: string) => {
    const value = values.get(oid)
    return value?.type === 'octets' ? Buffer.from(value.value).toString() : null
  }
  return { ...outcome, values, text }
}

test("what an own profile takes for serial and asset number is made up, wherever it stands, and the scan's names with it", async () => {
  const { stdout, stderr, values, text } = await recordUnknown('127.66.6.1', {
    name: 'acme',
    manufacturer: 'Acme',
    sys_object_ids: [ACME],
    after_standard: {
      serial: [{ oid: `${ACME}.1.5.0` }],
      asset_number: [{ oid: `${ACME}.1.7.0`, after: 'Inv. ' }],
    },
  })
  expect(stdout).toContain('AX1KZ40017')
  const serial = text(`${ACME}.1.5.0`)
  expect(serial).toMatch(/^(?!AX1KZ40017)[A-Z]{2}\d[A-Z]{2}\d{5}$/)
  expect(text(`${ACME}.1.6.0`)).toBe(`FW 7.1; unit ${serial}`)
  expect(text(`${ACME}.1.7.0`)).toMatch(/^Inv\. (?!20881)\d{5}$/)
  expect(text(`${ACME}.1.8.0`)).toMatch(/^(?!R17)[A-Z]\d\d$/)
  expect(text(`${ACME}.1.9.0`)).toMatch(/^(?!prn-north)[a-z]{3}-[a-z]{5}\.lan$/)
  expect(values.get('1.3.6.1.2.1.43.10.2.1.4.1.1')).toEqual({ type: 'counter32', value: 1200 })
  expect(linesOf(stderr)[0]).toContain('are made up where they are known as such')
  expect(linesOf(stderr)[1]).toBe(
    'look through its 5 lines that begin with 1.3.6.1.4.1 before you show it to anyone: ' +
      "a maker's own objects may hold more, and no profile says where",
  )
})

test('a serial number that is not the first choice of the profile is made up as well', async () => {
  const { stdout, text } = await recordUnknown(
    '127.66.7.1',
    {
      name: 'acme',
      manufacturer: 'Acme',
      sys_object_ids: [ACME],
      after_standard: { serial: [{ oid: `${ACME}.1.5.0` }] },
    },
    '1.3.6.1.2.1.43.5.1.1.17.1|4|PMX7700001',
  )
  expect(stdout).toContain('PMX7700001')
  expect(text(`${ACME}.1.5.0`)).not.toBe('AX1KZ40017')
  expect(text(`${ACME}.1.6.0`)).toBe(`FW 7.1; unit ${text(`${ACME}.1.5.0`)}`)
})

test('without a profile what only the maker knows stays, and is said to want a look', async () => {
  const standard = '1.3.6.1.2.1.43.5.1.1.17.1'
  const { stderr, text } = await recordUnknown(
    '127.66.8.1',
    null,
    `${standard}|4|PMX7700001`,
    `${ACME}.1.10.0|4|built as PMX7700001`,
  )
  expect(text(`${ACME}.1.5.0`)).toBe('AX1KZ40017')
  expect(text(standard)).toMatch(/^(?!PMX7700001)[A-Z]{3}\d{7}$/)
  expect(text(`${ACME}.1.10.0`)).toBe(`built as ${text(standard)}`)
  expect(text(`${ACME}.1.8.0`)).not.toBe('R17')
  expect(linesOf(stderr)[1]).toMatch(/^look through its 6 lines that begin with 1\.3\.6\.1\.4\.1 before /)
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
