import { afterEach, describe, expect, it } from 'vitest'
import { PRINTER_MIB } from '../../src/core/mib/printer-mib.ts'
import type { Glance } from '../../src/core/printer/glance.ts'
import { plannedColumns } from '../../src/core/printer/plan.ts'
import { parseFault } from '../../src/core/snmp/player/faults.ts'
import { type Player, type PlayerOptions, startPlayer } from '../../src/core/snmp/player/player.ts'
import { readFixture } from '../recordings/printer-fixture.ts'
import { runScan, userNamed } from './run-scan.ts'

const ADDRESS = '127.79.2.1'
let player: Player | undefined
afterEach(async () => {
  await player?.close()
  player = undefined
})

async function play(name: string, faults: string[] = [], options: Partial<PlayerOptions> = {}): Promise<Player> {
  player = await startPlayer({
    devices: [{ address: ADDRESS, recording: readFixture('printers', name), faults: faults.map(parseFault) }],
    port: 0,
    ...options,
  })
  return player
}

/** One full reading, and what it gives for the next. */
async function readFully(port: number, more: object = {}) {
  const outcome = await runScan({ addresses: [ADDRESS], port, glanceFor: () => null, ...more })
  const glances = outcome.events.flatMap((event) => (event.type === 'read' ? [event.glance] : []))
  return { ...outcome, glance: glances[0] as Glance, glances }
}

const kinds = (events: readonly { type: string }[]) =>
  events.map(({ type }) => type).filter((type) => type !== 'progress')

describe('a scan with glances', () => {
  it.each([
    ['v2c', 'color-laser', [], {}, {}],
    ['v1', 'v1-only', ['v1-only'], {}, {}],
    [
      'v3',
      'color-laser',
      [],
      { credentials: [userNamed('watcher')] },
      { users: [userNamed('watcher')], versions: ['3'] },
    ],
  ] as const)('reads a few objects of an unchanged printer by %s', async (version, name, faults, more, options) => {
    const { port } = await play(name, [...faults], options as Partial<PlayerOptions>)
    const full = await readFully(port, more)
    expect(full.printers).toHaveLength(1)
    const light = await runScan({ addresses: [ADDRESS], port, glanceFor: () => full.glance, ...more })
    expect(kinds(light.events)).toEqual(['found', 'unchanged', 'done'])
    const [uptime] = light.events.flatMap((event) => (event.type === 'unchanged' ? [event.uptime_seconds] : []))
    expect(uptime).toBeGreaterThanOrEqual(full.printers[0]?.uptime_seconds as number)
    expect(light.summary.packets).toBeLessThan(full.summary.packets)
    // the sweep's question and the Get; v1 is asked in v2c first, v3 has its engine to find and its key to show
    if (version === 'v2c') expect(light.summary.packets).toBe(2)
  })

  it('reads everything in the same session when something has changed', async () => {
    const { port, devices } = await play('color-laser')
    const { glance, printers } = await readFully(port)
    const counter = `${PRINTER_MIB.prtMarkerLifeCount}.1.1`
    const before = devices[0]?.objects.get(counter)
    if (before?.type !== 'counter32') throw new Error('the recording has no life count')
    devices[0]?.objects.set(counter, { type: 'counter32', value: before.value + 3 })
    const after = await runScan({ addresses: [ADDRESS], port, glanceFor: () => glance })
    expect(kinds(after.events)).toEqual(['found', 'read', 'done'])
    expect(after.printers[0]?.page_count).toBe((printers[0]?.page_count as number) + 3)
    const next = after.events.flatMap((event) => (event.type === 'read' ? [event.glance] : []))
    expect(next[0]).not.toEqual(glance)
  })

  it('reads everything when an object of the glance is gone', async () => {
    const { port, devices } = await play('color-laser')
    const { glance } = await readFully(port)
    devices[0]?.objects.delete('1.3.6.1.2.1.25.3.5.1.1.1')
    const after = await runScan({ addresses: [ADDRESS], port, glanceFor: () => glance })
    expect(kinds(after.events)).toEqual(['found', 'read', 'done'])
  })

  it.each(['max-varbinds=4', 'max-size=200'])(
    'reads everything of a printer that refuses so large a request (%s), and does not try again',
    async (fault) => {
      const { port } = await play('color-laser', [fault])
      const { glance } = await readFully(port)
      expect(Object.keys(glance).length).toBeGreaterThan(4)
      const after = await runScan({ addresses: [ADDRESS], port, glanceFor: () => glance })
      expect(kinds(after.events)).toEqual(['found', 'read', 'done'])
      expect(after.printers[0]?.missing).toEqual([])
      expect(after.events.flatMap((event) => (event.type === 'read' ? [event.glance] : []))).toEqual([{}])
    },
  )

  it('gives all printers behind one address the same glance', async () => {
    const { port } = await play('three-port-print-server')
    const { glance, glances } = await readFully(port)
    expect(glances).toEqual([glance, glance, glance])
    const light = await runScan({ addresses: [ADDRESS], port, glanceFor: () => glance })
    expect(kinds(light.events)).toEqual(['found', 'unchanged', 'done'])
  })

  it('asks nothing more and tells nothing more when nobody wants glances', async () => {
    const { port } = await play('color-laser')
    const { events } = await runScan({ addresses: [ADDRESS], port })
    const read = events.find(({ type }) => type === 'read')
    expect(Object.keys(read ?? {})).toEqual(['type', 'printer'])
    const asked = plannedColumns().map(({ oid }) => oid)
    expect(plannedColumns(true).filter(({ oid }) => !asked.includes(oid))).toEqual([
      { oid: PRINTER_MIB.prtAlertCriticalEvents },
      { oid: PRINTER_MIB.prtAlertAllEvents },
    ])
  })
})
