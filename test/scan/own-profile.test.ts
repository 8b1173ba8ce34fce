import { afterEach, expect, it } from 'vitest'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import type { Profile } from '../../src/core/profiles/profile.ts'
import { recordDevice } from '../../src/core/scan/record-device.ts'
import { type Player, startPlayer } from '../../src/core/snmp/player/player.ts'
import type { Recording } from '../../src/core/snmp/recording.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'
import { readFixture } from '../recordings/printer-fixture.ts'
import { runScan, scanOptions } from './run-scan.ts'

const ADDRESS = '127.79.3.1'
let player: Player | undefined
afterEach(async () => {
  await player?.close()
  player = undefined
})

async function play(recording: Recording): Promise<number> {
  player = await startPlayer({ devices: [{ address: ADDRESS, recording }], port: 0 })
  return player.port
}

const changed = (name: string, change: (values: Map<string, SnmpValue>) => void): Recording => {
  const recording = readFixture('printers', name)
  const values = new Map(recording.values)
  change(values)
  return { ...recording, values }
}
const octets = (text: string) => ({ type: 'octets', value: Buffer.from(text) }) as const

it('asks for the sources of an own profile, {d} filled in, and for objects of standards that are not in the plan', async () => {
  const acme: Profile = {
    name: 'acme',
    manufacturer: 'Acme',
    sys_object_ids: ['1.3.6.1.4.1.99999'],
    before_standard: { serial: [{ oid: '1.3.6.1.2.1.47.1.1.1.1.11.1' }] },
    after_standard: { firmware: [{ oid: '1.3.6.1.4.1.99999.1.6.{d}', after: 'FW ' }] },
    counters: [{ name: 'copy_pages', oid: '1.3.6.1.4.1.99999.2.{d}' }],
  }
  const recording = changed('no-serial', (values) => {
    values.set('1.3.6.1.2.1.1.2.0', { type: 'oid', value: '1.3.6.1.4.1.99999.7' })
    values.set('1.3.6.1.2.1.47.1.1.1.1.11.1', octets('AX1KZ40017'))
    values.set('1.3.6.1.4.1.99999.1.6.1', octets('FW 7.1'))
    values.set('1.3.6.1.4.1.99999.2.1', { type: 'counter32', value: 77 })
  })
  const port = await play(recording)
  const { printers } = await runScan({ addresses: [ADDRESS], port, profiles: [acme, ...MAKERS] })
  expect(printers).toMatchObject([{ profile: 'acme', serial: 'AX1KZ40017', firmware: '7.1', copy_pages: 77 }])
})

const mine: Profile = { name: 'mine', manufacturer: 'Brother', sys_object_ids: ['1.3.6.1.4.1.2435.2'] }

it.each(['MFC-8660DN', 'MFC8860DN', 'mfc-8860dn'])(
  'a %s is not asked for private objects, whatever profile it has',
  async (model) => {
    const recording = changed('brother-restarts', (values) => {
      for (const [oid, value] of values) {
        if (value.type !== 'octets') continue
        const text = Buffer.from(value.value).toString('latin1')
        if (/MFC-8[68]60DN/.test(text)) values.set(oid, octets(text.replace(/MFC-8[68]60DN/g, model)))
      }
    })
    const port = await play(recording)
    const profiles = [
      { ...mine, counters: [{ name: 'copy_pages' as const, oid: '1.3.6.1.4.1.2435.9.1.0' }] },
      ...MAKERS,
    ]
    const { printers } = await runScan({ addresses: [ADDRESS], port, profiles })
    expect(printers[0]?.missing).toEqual([{ part: 'private', reason: 'deny_listed' }])
    const reading = await recordDevice(ADDRESS, scanOptions({ addresses: [ADDRESS], port, profiles }), () => undefined)
    expect([...reading.values.keys()].filter((oid) => oid.startsWith('1.3.6.1.4.1.2435.'))).toEqual([])
    expect(reading.missing).toContainEqual({ part: '1.3.6.1.4.1', reason: 'deny_listed' })
  },
)
