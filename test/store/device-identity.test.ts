import { describe, expect, it } from 'vitest'
import type { DeviceState } from '../../src/core/protocol/devices.ts'
import {
  type Candidates,
  decideDevice,
  type KnownDevice,
  readIdentity,
} from '../../src/core/store/sqlite/device-identity.ts'

describe('what identifies', () => {
  it.each([['0000000000'], ['XXXXXXX'], ['unknown'], ['N/A'], [' '], [''], ['1234567890000'], ['----'], ['00-00-00']])(
    'the serial %j does not',
    (serial) => {
      expect(readIdentity({ serial, ip: '10.0.0.1' }).serial).toBeNull()
    },
  )

  it.each(['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01', 'none', ''])(
    'the MAC address %j does not',
    (mac_address) => {
      expect(readIdentity({ mac_address, ip: '10.0.0.1' }).mac).toBeNull()
    },
  )

  it.each(['0.0.0.0', '::', '', ' '])('the address %j does not', (ip) => {
    expect(readIdentity({ ip, serial: 'S1' }).address).toBeNull()
  })

  it('every spelling of a MAC address is one', () => {
    const macs = ['00:1B:A9:01:02:03', '00-1b-a9-1-2-3', '001ba9010203', '001b.a901.0203']
    expect(macs.map((mac_address) => readIdentity({ mac_address }).mac)).toEqual(Array(4).fill('00:1b:a9:01:02:03'))
  })

  it('printers behind one print server are told apart', () => {
    const server = { ip: '10.0.0.1', mac_address: '00:1b:a9:01:02:03' }
    expect(readIdentity({ ...server, printer_index: 1 })).toMatchObject({
      mac: '00:1b:a9:01:02:03',
      address: '10.0.0.1#1',
    })
    expect(readIdentity({ ...server, printer_index: 2 })).toMatchObject({
      mac: '00:1b:a9:01:02:03#2',
      mac_address: '00:1b:a9:01:02:03',
      address: '10.0.0.1#2',
    })
    expect(readIdentity({ ...server, port: 1161 }).address).toBe('10.0.0.1:1161#1')
    expect(readIdentity({ ip: 'FE80::1', port: 1161 }).address).toBe('[fe80::1]:1161#1')
  })

  it.each([
    [{ serial: 'S1', device_id: 'S1' }, null],
    [{ mac_address: '001ba9010203', device_id: '00:1b:a9:01:02:03' }, null],
    [{ ip: '10.0.0.1', device_id: '10.0.0.1' }, null],
    [{ ip: '10.0.0.1', device_id: 'unknown' }, null],
    [{ ip: '10.0.0.1', device_id: 'pool-17' }, 'pool-17'],
  ])('device_id of %o', (item, device_id) => {
    expect(readIdentity(item).device_id).toBe(device_id)
  })

  it('a device_id that is a MAC address is one', () => {
    expect(readIdentity({ device_id: '00:1b:a9:01:02:03' })).toMatchObject({
      mac: '00:1b:a9:01:02:03',
      device_id: null,
    })
  })

  it('all words count where neither serial nor MAC address is shown', () => {
    const item = { manufacturer: 'HP', model: 'M404', ip: '10.0.0.1', device_id: 'pool-17', serial: '0000' }
    expect(readIdentity(item).words).toBe('hp|m404|0000|pool-17|10.0.0.1#1')
    expect(readIdentity({ ...item, serial: 'S1' }).words).toBeNull()
    expect(readIdentity({ ...item, mac_address: '00:1b:a9:01:02:03' }).words).toBeNull()
    expect(readIdentity({ manufacturer: 'HP' }).words).toBeNull()
  })

  it('what nothing tells apart is one device of its agent, for each model', () => {
    const one = readIdentity({ serial: '0000', manufacturer: 'HP', model: 'X' })
    expect(one).toMatchObject({ isWorldwide: false, serial: null })
    expect(readIdentity({ serial: '0000', manufacturer: 'HP', model: 'Y' }).device_id).not.toBe(one.device_id)
  })
})

describe('which device', () => {
  const MAC = '00:1b:a9:01:02:03'
  const all = { manufacturer: 'HP', model: 'M404', serial: 'S1', mac_address: MAC, ip: '10.0.0.1' }
  const device = (id: number, more: Partial<KnownDevice> = {}): KnownDevice => ({
    id,
    maker: 'hp',
    model: 'm404',
    serial: null,
    has_mac: false,
    address: null,
    foreign: false,
    ...more,
  })
  const nobody: Candidates = { serial: null, mac: null, device_id: null, address: null, words: null }
  const decide = (item: DeviceState, known: Partial<Candidates>) =>
    decideDevice(readIdentity(item), { ...nobody, ...known })

  it('nothing known: a new one', () => {
    expect(decide(all, {})).toEqual({ device: null, merges: [], claims: ['serial', 'mac', 'address'] })
  })

  it('a known serial wins over everything', () => {
    const known = {
      serial: device(1, { serial: 'S1' }),
      mac: device(2, { serial: 'S2', has_mac: true }),
      address: device(3, { serial: 'S3' }),
    }
    expect(decide(all, known)).toEqual({ device: 1, merges: [], claims: ['serial', 'mac', 'address'] })
  })

  it('a known MAC address without a serial gets the serial', () => {
    expect(decide(all, { mac: device(2, { has_mac: true }) })).toMatchObject({
      device: 2,
      claims: ['serial', 'mac', 'address'],
    })
  })

  it('… unless the card sits in a printer of another maker', () => {
    const verdict = decide(all, { mac: device(2, { has_mac: true, maker: 'brother' }) })
    expect(verdict).toEqual({ device: null, merges: [], claims: ['serial', 'mac', 'address'] })
  })

  it('a known MAC address with another serial: the network card moved', () => {
    const known = { mac: device(2, { serial: 'S2', has_mac: true }) }
    expect(decide(all, known)).toEqual({ device: null, merges: [], claims: ['serial', 'mac', 'address'] })
  })

  it('a known MAC address with the same serial under another spelling of the maker', () => {
    const known = { mac: device(2, { serial: 'S1', has_mac: true, maker: 'hewlett-packard' }) }
    expect(decide(all, known).device).toBe(2)
  })

  it('without a serial the MAC address tells', () => {
    const known = { mac: device(2, { serial: 'S2', has_mac: true }), address: device(3) }
    expect(decide({ ...all, serial: null }, known).device).toBe(2)
  })

  it('first seen without serial, later another row by serial: one device', () => {
    const known = { serial: device(1, { serial: 'S1' }), mac: device(2, { has_mac: true }) }
    expect(decide(all, known)).toEqual({ device: 1, merges: [2], claims: ['serial', 'mac', 'address'] })
  })

  it('… not when that is of another maker', () => {
    const known = { serial: device(1, { serial: 'S1' }), mac: device(2, { has_mac: true, maker: 'brother' }) }
    expect(decide(all, known).merges).toEqual([])
  })

  it('a device id of its own merges when nothing speaks against it', () => {
    const item = { ...all, device_id: 'pool-17' }
    const serial = device(1, { serial: 'S1' })
    expect(decide(item, { serial, device_id: device(4) }).merges).toEqual([4])
    const other = decide(item, { serial, device_id: device(4, { serial: 'S4' }) })
    expect(other).toMatchObject({ merges: [], claims: ['serial', 'mac', 'address'] })
    expect(decide(item, { serial, device_id: device(4, { has_mac: true }) }).merges).toEqual([])
  })

  it('an address alone is the same device when nothing contradicts', () => {
    const item = { manufacturer: 'HP', model: 'M404', ip: '10.0.0.1' }
    expect(decide(item, { address: device(3, { serial: 'S3', has_mac: true }) }).device).toBe(3)
    expect(decide({ ip: '10.0.0.1' }, { address: device(3) }).device).toBe(3)
    expect(decide(all, { address: device(3) }).device).toBe(3)
  })

  it.each([
    ['maker', { manufacturer: 'Brother' }, {}],
    ['model', { model: 'M405' }, {}],
    ['serial', {}, { serial: 'S3' }],
    ['MAC address', {}, { has_mac: true }],
  ])('another %s at the address is a new device, which takes it', (_, item, known) => {
    const verdict = decide({ ...all, ...item }, { address: device(3, known) })
    expect(verdict).toEqual({ device: null, merges: [], claims: ['serial', 'mac', 'address'] })
  })

  it('one known by its address alone merges only into its like that had no address', () => {
    const serial = device(1, { serial: 'S1' })
    expect(decide(all, { serial, address: device(3) }).merges).toEqual([3])
    expect(decide(all, { serial: { ...serial, address: '10.0.0.9#1' }, address: device(3) }).merges).toEqual([])
    expect(decide(all, { serial, address: device(3, { model: null }) }).merges).toEqual([])
    expect(decide(all, { serial, address: device(3, { has_mac: true }) }).merges).toEqual([])
  })

  it('what an address or a device id contradicts is found by its words, as long as these do not contradict', () => {
    const item = { manufacturer: 'HP', model: 'M404', ip: '10.0.0.1', device_id: 'pool-17' }
    const [brother, words] = [device(3, { maker: 'brother' }), device(5)]
    expect(decide(item, { address: brother, device_id: brother, words }).device).toBe(5)
    expect(decide(item, { address: device(3), words }).device).toBe(3)
    expect(decide(item, { address: brother, words: device(5, { model: 'l5' }) }).device).toBeNull()
  })

  it("another agent's device keeps the address that this one found it at", () => {
    const theirs = device(1, { serial: 'S1', foreign: true })
    expect(decide(all, { serial: theirs, address: theirs }).claims).toEqual(['address'])
    expect(decide(all, { serial: theirs, address: device(2) }).claims).toEqual([])
  })

  it("nothing of another agent's device is merged, moved or added to", () => {
    const mine = device(1, { serial: 'S1' })
    const theirs = device(2, { has_mac: true, foreign: true })
    expect(decide(all, { serial: mine, mac: theirs })).toEqual({ device: 1, merges: [], claims: ['serial', 'address'] })
    expect(decide(all, { serial: { ...mine, foreign: true }, mac: { ...theirs, foreign: false } })).toEqual({
      device: 1,
      merges: [],
      claims: ['address'],
    })
    expect(decide(all, { mac: { ...theirs, serial: 'S2' } })).toEqual({
      device: null,
      merges: [],
      claims: ['serial', 'address'],
    })
  })
})
