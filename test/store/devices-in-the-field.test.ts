import { expect, it } from 'vitest'
import type { DeviceItem } from '../../src/core/protocol/devices.ts'
import type { CheckedBatch, Store } from '../../src/core/store/store.ts'
import { openTemporary } from './open-temporary.ts'
import {
  ADMIN,
  actions,
  at,
  DAY,
  enrolAgent,
  HOUR,
  ingest,
  listAll,
  MINUTE,
  NOW,
  newBatch,
  rawMetrics,
} from './sample-batches.ts'

const MAC = '00:1b:a9:01:02:03'
const HP = { manufacturer: 'HP', model: 'M404' }
const DEVICE_ACTIONS = [
  'device_discovered',
  'device_merged',
  'device_moved',
  'device_identity_moved',
  'device_claimed',
  'device_reassigned',
]

/** Readings one after the other, a minute apart. */
async function open() {
  const { store } = await openTemporary()
  const agent_id = await enrolAgent(store, 'site-1')
  let time = NOW
  const read = async (item: DeviceItem, who = agent_id, more: Partial<CheckedBatch> = {}) => {
    time += MINUTE
    const said = { sampled_at: at(time), ...item }
    const [outcome] = await ingest(store, newBatch(who, 'metrics', [said], { received_at: time, ...more }))
    expect(outcome).toMatchObject({ outcome: 'stored', stored: 1, duplicates: 0 })
  }
  const wait = (milliseconds: number) => {
    time += milliseconds
  }
  return { store, agent_id, read, wait, history: () => actions(store, ...DEVICE_ACTIONS) }
}

const detail = async (store: Store, i = 0) => {
  const device_id = (await listAll(store))[i]?.device_id as string
  return store.findDevice(device_id)
}

it('a printer that gets another address is the same one, and that is told', async () => {
  const { store, read, history } = await open()
  await read({ ...HP, serial: 'S1', ip: '10.0.0.1' })
  await read({ ...HP, serial: 'S1', ip: '10.0.0.2' })
  await read({ ...HP, serial: 'S1', ip: '10.0.0.2' })
  expect(await history()).toEqual(['device_discovered', 'device_moved'])
  const devices = await listAll(store)
  expect(devices).toMatchObject([{ ip: '10.0.0.2' }])
  expect(await rawMetrics(store, devices[0]?.device_id as string)).toHaveLength(3)
  const { items } = await store.listAudit({ limit: 1 })
  expect(items[0]).toMatchObject({ details: { from: '10.0.0.1#1', to: '10.0.0.2#1' }, actor: 'site-1' })
})

it('a printer with two interfaces is one, and does not move with each reading', async () => {
  const { store, read, history } = await open()
  for (let i = 0; i < 3; i += 1) {
    await read({ ...HP, serial: 'S1', ip: '10.0.0.1', mac_address: MAC })
    await read({ ...HP, serial: 'S1', ip: '10.0.0.2', mac_address: '00:1b:a9:01:02:04' })
  }
  expect(await listAll(store)).toHaveLength(1)
  expect(await history()).toEqual(['device_discovered', 'device_moved'])
  expect((await detail(store))?.identities.map((each) => each.kind)).toEqual([
    'address',
    'address',
    'mac',
    'mac',
    'serial',
  ])
})

it('first seen without a serial, later with one: the same device', async () => {
  const { store, read, history } = await open()
  await read({ ...HP, ip: '10.0.0.1', mac_address: MAC })
  await read({ ...HP, ip: '10.0.0.1', mac_address: MAC, serial: 'S1' })
  expect(await listAll(store)).toMatchObject([{ serial: 'S1', mac_address: MAC }])
  expect(await history()).toEqual(['device_discovered'])
})

it('two rows that turn out to be one device are merged with their history', async () => {
  const { store, read, history } = await open()
  await read({ ...HP, ip: '10.0.0.1', mac_address: MAC, location: 'Hall' })
  await read({ ...HP, serial: 'S1' })
  const ids = (await listAll(store)).map((device) => device.device_id)
  await read({ ...HP, serial: 'S1', mac_address: MAC })
  const devices = await listAll(store)
  expect(devices).toMatchObject([{ serial: 'S1', mac_address: MAC, location: 'Hall', first_seen: at(NOW + MINUTE) }])
  expect(await history()).toEqual(['device_discovered', 'device_discovered', 'device_merged'])
  for (const id of ids) expect(await rawMetrics(store, id)).toHaveLength(3)
  await read({ ...HP, ip: '10.0.0.1', mac_address: MAC })
  expect(await listAll(store)).toHaveLength(1)
  expect((await store.check()).problems).toEqual([])
})

it('a network card that moves goes with its MAC address', async () => {
  const { store, read, history } = await open()
  await read({ ...HP, serial: 'S1', mac_address: MAC })
  await read({ ...HP, serial: 'S2', mac_address: MAC })
  const devices = await listAll(store)
  expect(devices).toMatchObject([
    { serial: 'S1', mac_address: null },
    { serial: 'S2', mac_address: MAC },
  ])
  expect(await history()).toEqual(['device_discovered', 'device_discovered', 'device_identity_moved'])
  await read({ mac_address: MAC })
  expect(await rawMetrics(store, devices[1]?.device_id as string)).toHaveLength(2)
})

it('another printer at an address takes it, and the former one keeps none', async () => {
  const { store, read, history } = await open()
  await read({ ...HP, serial: 'S1', ip: '10.0.0.1' })
  await read({ manufacturer: 'Brother', model: 'L5', serial: 'B1', ip: '10.0.0.1' })
  expect(await listAll(store)).toMatchObject([
    { serial: 'S1', ip: null },
    { serial: 'B1', ip: '10.0.0.1' },
  ])
  expect(await history()).toEqual(['device_discovered', 'device_discovered', 'device_identity_moved'])
  // the same words as at first, which lead elsewhere now
  await read({ ...HP, serial: 'S1', ip: '10.0.0.1' })
  expect(await listAll(store)).toMatchObject([
    { serial: 'S1', ip: '10.0.0.1' },
    { serial: 'B1', ip: null },
  ])
})

it('an old reading does not take an address back', async () => {
  const { store, read, history } = await open()
  await read({ ...HP, serial: 'S1', ip: '10.0.0.1' })
  await read({ ...HP, serial: 'S2', ip: '10.0.0.1' })
  await read({ ...HP, serial: 'S1', ip: '10.0.0.1', sampled_at: at(NOW - HOUR) })
  expect(await listAll(store)).toMatchObject([
    { serial: 'S1', ip: null },
    { serial: 'S2', ip: '10.0.0.1' },
  ])
  expect(await history()).toEqual(['device_discovered', 'device_discovered', 'device_identity_moved'])
})

it('a serial that two makers gave away is two printers; without a maker the one that it can be', async () => {
  const { store, read } = await open()
  await read({ manufacturer: 'HP', serial: 'A1' })
  await read({ serial: 'A1' })
  expect(await listAll(store)).toHaveLength(1)
  await read({ manufacturer: 'Canon', serial: 'A1' })
  expect(await listAll(store)).toHaveLength(2)
  await read({ serial: 'A1', page_count: 5 })
  expect(await listAll(store)).toHaveLength(3)
  await read({ serial: 'A1', page_count: 6 })
  expect(await listAll(store)).toHaveLength(3)
})

it("a number that others show as well leads to the agent's own device", async () => {
  const { store, read } = await open()
  const [other, third] = [await enrolAgent(store, 'site-2'), await enrolAgent(store, 'site-3')]
  await read({ manufacturer: 'HP', serial: 'A1', page_count: 1 })
  await read({ manufacturer: 'Evil', serial: 'A1' }, other)
  await read({ serial: 'A1', page_count: 2 })
  const show = async () => (await listAll(store)).map((each) => [each.agent_id, each.manufacturer, each.page_count])
  expect(await show()).toEqual([
    ['site-1', 'HP', 2],
    ['site-2', 'Evil', null],
  ])
  // two of its own make a third one of the number alone, which leads there for nobody else
  await read({ manufacturer: 'Eviler', serial: 'A1' }, other)
  await read({ serial: 'A1', page_count: 66 }, other)
  await read({ serial: 'A1', page_count: 3 })
  expect(await show()).toEqual([
    ['site-1', 'HP', 3],
    ['site-2', 'Evil', null],
    ['site-2', 'Eviler', null],
    ['site-2', null, 66],
  ])
  await read({ manufacturer: 'Canon', serial: 'A1' }, third)
  await read({ serial: 'A1', page_count: 4 }, third)
  expect((await show()).at(-1)).toEqual(['site-3', 'Canon', 4])
})

it('a number leads to a device that became the own one a moment before', async () => {
  const { store, read } = await open()
  const other = await enrolAgent(store, 'site-2')
  await read({ manufacturer: 'Evil', serial: 'A1' })
  await read({ ...HP, serial: 'A1', status: 'offline' }, other)
  const items = [
    { ...HP, serial: 'A1', page_count: 1, sampled_at: at(NOW) },
    { serial: 'A1', page_count: 2, sampled_at: at(NOW + 1) },
  ]
  await ingest(store, newBatch(other, 'metrics', items))
  expect((await listAll(store)).map((each) => [each.agent_id, each.manufacturer, each.page_count])).toEqual([
    ['site-2', 'HP', 2],
    ['site-1', 'Evil', null],
  ])
})

it('one that never answered merges without a state of its own', async () => {
  const { store, read } = await open()
  await read({ ...HP, serial: 'S1' })
  await read({ mac_address: MAC, status: 'offline' })
  await read({ ...HP, serial: 'S1', mac_address: MAC })
  expect(await listAll(store)).toMatchObject([
    { serial: 'S1', mac_address: MAC, status: null, offline_reason: null, first_seen: at(NOW + MINUTE) },
  ])
})

it("a device shows no MAC address that is another agent's device's", async () => {
  const { store, read } = await open()
  const other = await enrolAgent(store, 'site-2')
  await read({ ...HP, serial: 'S1', mac_address: MAC })
  for (let i = 0; i < 2; i += 1) await read({ ...HP, serial: 'S2', mac_address: MAC }, other)
  await read({ ...HP, serial: 'S2', mac_address: MAC, sampled_at: at(NOW - HOUR) }, other)
  expect(await listAll(store)).toMatchObject([
    { serial: 'S2', agent_id: 'site-2', mac_address: null },
    { serial: 'S1', agent_id: 'site-1', mac_address: MAC },
  ])
})

it('a serial first seen without its maker is not made twice', async () => {
  const { store, read } = await open()
  await read({ serial: 'A1' })
  await read({ manufacturer: 'HP', serial: 'A1' })
  await read({ manufacturer: 'hp', serial: 'A1' })
  expect(await listAll(store)).toHaveLength(1)
})

it('the same private address at two sites is two printers', async () => {
  const { store, read } = await open()
  const other = await enrolAgent(store, 'site-2')
  await read({ ...HP, ip: '10.0.0.1' })
  await read({ ...HP, ip: '10.0.0.1' }, other)
  expect(await listAll(store)).toMatchObject([{ agent_id: 'site-1' }, { agent_id: 'site-2' }])
})

it('printers without any identity keep their readings, apart from those of other agents', async () => {
  const { store, read } = await open()
  const other = await enrolAgent(store, 'site-2')
  await read({ ...HP, serial: '0000000' })
  await read({ ...HP, serial: '0000000', page_count: 2 })
  await read({ ...HP, serial: '0000000' }, other)
  const devices = await listAll(store)
  expect(devices).toMatchObject([
    { serial: null, agent_id: 'site-1' },
    { serial: null, agent_id: 'site-2' },
  ])
  expect(await rawMetrics(store, devices[0]?.device_id as string)).toHaveLength(2)
})

it("another agent's reading is kept and claims nothing, until the first has been silent for a day", async () => {
  const { store, read, wait, history } = await open()
  const other = await enrolAgent(store, 'site-2')
  const item = { ...HP, serial: 'S1', ip: '10.0.0.1', page_count: 10 }
  await read(item)
  await read({ ...item, page_count: 99, status: 'error', serial: 'S1', mac_address: MAC }, other)
  await read({ ...item, page_count: 99 }, other)
  expect(await history()).toEqual(['device_discovered', 'device_claimed'])
  const [device] = await listAll(store)
  expect(device).toMatchObject({ agent_id: 'site-1', page_count: 10, mac_address: null, status: null })
  expect(await rawMetrics(store, device?.device_id as string)).toHaveLength(3)
  expect((await detail(store))?.agents.map((each) => each.agent_id).sort()).toEqual(['site-1', 'site-2'])

  wait(DAY)
  await read({ ...item, page_count: 100 }, other)
  expect((await listAll(store))[0]).toMatchObject({ agent_id: 'site-2', page_count: 100 })
  expect(await history()).toEqual(['device_discovered', 'device_claimed', 'device_reassigned'])
})

it('silence that its agent tells of protects a device; silence of that agent does not', async () => {
  const { store, read, wait, history } = await open()
  const other = await enrolAgent(store, 'site-2')
  const item = { ...HP, serial: 'S1' }
  await read(item)
  wait(DAY - HOUR)
  await read({ ...item, status: 'offline' })
  wait(2 * HOUR)
  await read(item, other)
  expect(await listAll(store)).toMatchObject([{ agent_id: 'site-1', status: 'offline' }])
  wait(DAY)
  await read(item, other)
  expect(await listAll(store)).toMatchObject([{ agent_id: 'site-2' }])
  expect(await history()).toEqual(['device_discovered', 'device_claimed', 'device_reassigned'])
})

it('a revoked agent loses its devices to the next that reads them', async () => {
  const { store, read, history } = await open()
  const other = await enrolAgent(store, 'site-2')
  await read({ ...HP, serial: 'S1' })
  await read({ ...HP, serial: 'S1' }, other)
  const [token] = (await store.listTokens(NOW)).filter((each) => each.scope === 'agent' && each.agent_id === 'site-1')
  await store.revokeToken(token?.token_id as string, ADMIN, NOW)
  await read({ ...HP, serial: 'S1' }, other)
  expect(await listAll(store)).toMatchObject([{ agent_id: 'site-2' }])
  expect(await history()).toEqual(['device_discovered', 'device_claimed', 'device_reassigned'])
})

it("an agent cannot merge another's devices, nor take their MAC address", async () => {
  const { store, read, history } = await open()
  const other = await enrolAgent(store, 'site-2')
  await read({ ...HP, mac_address: MAC })
  await read({ ...HP, serial: 'S1' })
  await read({ ...HP, serial: 'S1', mac_address: MAC }, other)
  await read({ ...HP, serial: 'EVIL1', mac_address: MAC }, other)
  expect(await history()).toEqual(['device_discovered', 'device_discovered', 'device_claimed', 'device_claimed'])
  expect(await listAll(store)).toMatchObject([
    { mac_address: MAC, serial: null, agent_id: 'site-1' },
    { mac_address: null, serial: 'S1', agent_id: 'site-1' },
  ])
})

it('identities and agents show the day on which they were seen last', async () => {
  const { store, read, wait } = await open()
  await read({ ...HP, serial: 'S1' })
  wait(3 * DAY)
  await read({ ...HP, serial: 'S1' })
  const found = await detail(store)
  const seen = at(NOW + 3 * DAY + 2 * MINUTE)
  expect(found?.identities).toMatchObject([{ first_seen: at(NOW + MINUTE), last_seen: seen }])
  expect(found?.agents).toMatchObject([{ last_seen: seen }])
})

it("another agent's readings of a device are seen by the day as well", async () => {
  const { store, read, wait } = await open()
  const other = await enrolAgent(store, 'site-2')
  const item = { ...HP, serial: 'S1', ip: '10.0.0.1' }
  await read(item)
  await read(item, other)
  wait(DAY - HOUR)
  await read(item)
  await read({ ...item, model: 'M404n' }, other)
  const seen = at(NOW + DAY - HOUR + 4 * MINUTE)
  const found = await detail(store)
  expect(found?.agent_id).toBe('site-1')
  expect(found?.identities.find((each) => each.agent_id === 'site-2')).toMatchObject({
    kind: 'address',
    last_seen: seen,
  })
  expect(found?.agents.find((each) => each.agent_id === 'site-2')).toMatchObject({ last_seen: seen })
})

it('the first reading of a day is the one that identities and agents keep, whatever else a reading of the day says', async () => {
  const { store, read } = await open()
  await read({ ...HP, serial: 'S1' })
  await read({ ...HP, serial: 'S1', model: 'M405' })
  await read({ ...HP, serial: 'S1', sampled_at: at(NOW - HOUR) })
  const found = await detail(store)
  const dates = { first_seen: at(NOW + MINUTE), last_seen: at(NOW + MINUTE) }
  expect(found?.identities).toMatchObject([dates])
  expect(found?.agents).toMatchObject([dates])
  expect(found?.first_seen).toBe(at(NOW - HOUR))
})

it('an address leads nowhere any more once its device shows another model', async () => {
  const { store, read } = await open()
  const said = { ip: '10.0.0.1', manufacturer: 'HP', model: 'M404' }
  await read({ ...said, serial: 'S1' })
  for (let i = 0; i < 3; i += 1) await read({ ...said, page_count: i })
  expect(await listAll(store)).toHaveLength(1)
  await read({ ...said, serial: 'S1', model: 'M405' })
  await read({ ...said, page_count: 4 })
  const devices = await listAll(store)
  expect(devices).toMatchObject([
    { serial: 'S1', model: 'M405', ip: null },
    { serial: null, model: 'M404', page_count: 4, ip: '10.0.0.1' },
  ])
})

it('a MAC address goes to the agent that shows it once the agent of the former device is silent', async () => {
  const { store, read, wait, history } = await open()
  const other = await enrolAgent(store, 'site-2')
  await read({ ...HP, serial: 'S1', mac_address: MAC })
  for (let i = 0; i < 2; i += 1) await read({ ...HP, serial: 'S2', mac_address: MAC }, other)
  expect(await history()).toEqual(['device_discovered', 'device_discovered'])
  wait(DAY)
  await read({ ...HP, serial: 'S2', mac_address: MAC }, other)
  expect(await history()).toEqual(['device_discovered', 'device_discovered', 'device_identity_moved'])
})

it('a device id that printers of two makers show makes two devices, and not one more with each reading', async () => {
  const { store, read } = await open()
  for (let i = 0; i < 3; i += 1) {
    await read({ manufacturer: 'HP', device_id: 'pool-1', page_count: i })
    await read({ manufacturer: 'Brother', device_id: 'pool-1', page_count: 10 + i })
    // an address that moves makes ingest forget what it remembers
    await read({ serial: `S${i}`, ip: '10.0.0.1', manufacturer: 'Canon' })
  }
  const devices = (await listAll(store)).filter((device) => device.manufacturer !== 'Canon')
  expect(devices).toMatchObject([
    { manufacturer: 'HP', page_count: 2 },
    { manufacturer: 'Brother', page_count: 12 },
  ])
})

it('two words for the maker at one address do not make a device with each reading', async () => {
  const { store, read } = await open()
  for (let i = 0; i < 5; i += 1) {
    await read({ ip: '10.0.0.1', manufacturer: 'HP' })
    await read({ ip: '10.0.0.1', manufacturer: 'Hewlett-Packard' })
  }
  // the first of them was known by the address alone
  expect((await listAll(store)).length).toBeLessThanOrEqual(3)
})

it('the words that a device is told apart by are seen by the day as well, whichever key found it', async () => {
  const { store, read, wait } = await open()
  await read({ ip: '10.0.0.1', manufacturer: 'Brother' })
  for (let i = 0; i < 3; i += 1) await read({ ip: '10.0.0.1', ...HP })
  wait(DAY)
  await read({ ip: '10.0.0.1', ...HP })
  const last_seen = at(NOW + DAY + 5 * MINUTE)
  expect((await detail(store, 1))?.identities).toMatchObject([
    { kind: 'address', last_seen },
    { kind: 'device_id', last_seen },
  ])
})

it('old readings of what an address was before are of one device', async () => {
  const { store, read } = await open()
  await read({ ip: '10.0.0.1', manufacturer: 'Brother' })
  for (let i = 3; i > 0; i -= 1) await read({ ip: '10.0.0.1', ...HP, sampled_at: at(NOW - i * HOUR) })
  const devices = await listAll(store)
  expect(devices).toMatchObject([
    { manufacturer: 'HP', first_seen: at(NOW - 3 * HOUR) },
    { manufacturer: 'Brother', ip: '10.0.0.1' },
  ])
  expect(await rawMetrics(store, devices[0]?.device_id as string)).toHaveLength(3)
  // a reading of today shows the same words: it is there again
  await read({ ip: '10.0.0.1', ...HP })
  expect(await listAll(store)).toMatchObject([{ ip: '10.0.0.1' }, { ip: null }])
})

it.each([
  ['nothing and the word for it', { device_id: 'pool-1', model: null }, { device_id: 'pool-1', model: 'null' }],
  [
    'texts of more than one line',
    { device_id: 'pool-1', manufacturer: 'HP', model: 'Brother\nM404' },
    { device_id: 'pool-1\nHP', manufacturer: 'Brother', model: 'M404' },
  ],
])('%s are not taken for other words', async (_, one, other) => {
  const { store, read } = await open()
  await read({ device_id: 'pool-1', model: one.model ?? 'M404' })
  for (let i = 0; i < 3; i += 1) await read({ ...one, page_count: i })
  await read({ ...other, page_count: 10 })
  expect(await listAll(store)).toMatchObject([{ page_count: 2 }, { page_count: 10 }])
})
