import { expect, onTestFinished, test } from 'vitest'
import { makeUpFleet } from '../../src/cli/demo-fleet.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import { scan } from '../../src/core/scan/scan.ts'
import { compareOids } from '../../src/core/snmp/oid.ts'
import { makeUpPrinter } from '../../src/core/snmp/player/made-up-printer.ts'
import { startPlayer } from '../../src/core/snmp/player/player.ts'

const CREDENTIALS = [{ name: 'test', version: '2c', community: new Secret('public') }] as const

test('what is made up is what is read', async () => {
  const recording = makeUpPrinter({
    description: 'Lexmark MSX521',
    object_id: '1.3.6.1.4.1.641.2.99521',
    model: 'Lexmark MSX521',
    serial: 'PM0001',
    mac: '02504d000001',
    name: 'archive-1',
    location: 'Archive',
    pages: 4402,
    supplies: [
      { kind: 'toner', color: 'black', name: 'Black Toner', percent: 3 },
      { kind: 'waste_toner', name: 'Waste Toner Box', percent: 40 },
    ],
    trays: [{ name: 'Tray 1', media: 'A4', capacity: 250, sheets: 125 }],
  })
  expect(recording.oids).toEqual([...recording.values.keys()].sort(compareOids))
  const [printer] = await readAll([{ address: '127.77.9.1', recording }])
  expect(printer).toMatchObject({
    manufacturer: 'Lexmark',
    model: 'MSX521',
    serial: 'PM0001',
    mac_address: '02:50:4d:00:00:01',
    hostname: 'archive-1',
    location: 'Archive',
    status: 'idle',
    page_count: 4402,
    alerts: [],
    supplies: [
      { kind: 'toner', color: 'black', level: { state: 'percent', percent: 3 } },
      { kind: 'waste_toner', color: null, level: { state: 'percent', percent: 40 } },
    ],
    trays: [{ name: 'Tray 1', media: 'A4', capacity: 250, level: { state: 'percent', percent: 50 } }],
  })
})

test('the fleet of the demo: each printer is one of its own, with a maker', async () => {
  const sites = makeUpFleet()
  const printers = await readAll(sites.flatMap(({ devices }) => devices))
  expect(printers).toHaveLength(20)
  expect(new Set(printers.map(({ serial }) => serial)).size).toBe(20)
  expect(new Set(printers.map(({ mac_address }) => mac_address)).size).toBe(20)
  for (const { manufacturer, model, supplies, missing } of printers) {
    expect([manufacturer, model]).not.toContain(null)
    expect(supplies.length).toBeGreaterThan(1)
    expect(missing).toEqual([])
  }
})

async function readAll(devices: Parameters<typeof startPlayer>[0]['devices']) {
  const player = await startPlayer({ devices, port: 0 })
  onTestFinished(() => player.close())
  const printers = []
  const events = scan({
    addresses: devices.map(({ address }) => address),
    total: devices.length,
    port: player.port,
    timeout: 5000,
    retries: 1,
    rate: 1000,
    concurrency: 8,
    deadline: 30,
    profiles: MAKERS,
    now: () => new Date(),
    signal: new AbortController().signal,
    credentialsFor: () => CREDENTIALS,
  })
  for await (const event of events) if (event.type === 'read') printers.push(event.printer)
  return printers
}
