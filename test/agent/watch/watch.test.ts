import { afterEach, describe, expect, it } from 'vitest'
import type { ReadingRule } from '../../../src/core/agent/agent-options.ts'
import { JournalError } from '../../../src/core/agent/journal/journal-error.ts'
import { startPlayer } from '../../../src/core/snmp/player/player.ts'
import { readFixture } from '../../recordings/printer-fixture.ts'
import { userNamed } from '../../scan/run-scan.ts'
import { RULE, rangesOf, Site } from './site.ts'

const A = '127.83.1.1'
const B = '127.83.1.2'
const ALL = '127.83.1.1-20'

let site: Site
afterEach(() => site?.close())

const C = '127.83.1.3'
const HR_PRINTER_STATUS = '1.3.6.1.2.1.25.3.5.1.1.1'

const rule = (changes: Partial<ReadingRule> = {}) => ({ reading: [{ ...RULE, ...changes }] })

describe('the first start', () => {
  it('finds printers, tells them as devices, and reads them lightly from then on', async () => {
    site = new Site()
    const device = await site.install(A, 'color-laser')
    await site.install(B, 'mono-laser-some')
    site.start([ALL])
    await site.until(() => site.discoveries === 1)
    expect(site.devices.map(({ ip }) => ip).sort()).toEqual([A, B])
    expect(site.actions().filter((action) => action !== 'device_appeared')).toEqual([
      'scan_initiated',
      'scan_completed',
    ])
    expect(site.eventsOf('scan_completed')[0]).toMatchObject({ actor: 'schedule', details: { printers: 2, asked: 20 } })
    expect(site.eventsOf('device_appeared')).toHaveLength(2)
    const full = site.readingsAt(A)[0] as Record<string, unknown>
    expect(full).toMatchObject({ ip: A, supplies: expect.any(Array) })
    await site.until(() => site.readingsAt(A).length >= 2)
    await site.stop()
    const [packets, count] = [device.stats.received, site.readingsAt(A).length]
    site.start([ALL])
    await site.until(() => site.readingsAt(A).length >= count + 3)
    const facts = site.watch?.facts()
    await site.stop()
    const [, light, next] = site.readingsAt(A)
    expect(Object.keys(light as object).sort()).toEqual(
      [
        'device_id',
        'ip',
        'mac_address',
        'manufacturer',
        'model',
        'page_count',
        'port',
        'printer_index',
        'sampled_at',
        'serial',
        'status',
        'uptime_seconds',
      ].sort(),
    )
    const { status, page_count, serial } = full
    expect(light).toMatchObject({ status, page_count, serial })
    expect(Date.parse(next?.sampled_at as string)).toBeGreaterThan(Date.parse(light?.sampled_at as string))
    // a light reading is two datagrams, the question of the sweep and one Get; the full one took more
    expect(device.stats.received - packets).toBe(2 * (site.readingsAt(A).length - count))
    expect(packets - 2 * (count - 1)).toBeGreaterThan(2)
    expect(facts).toMatchObject({ printers: { total: 2, online: 2, offline: {} } })
  })
})

describe('readings', () => {
  it('are full when something has changed, and when they are due', async () => {
    site = new Site()
    const device = await site.install(A, 'color-laser')
    site.start([ALL], rule({ full_interval_seconds: 600 }))
    await site.until(() => site.readingsAt(A).length >= 2)
    device.objects.set(HR_PRINTER_STATUS, { type: 'integer', value: 4 })
    const isFull = (reading: Record<string, unknown>) => 'supplies' in reading
    await site.until(() => site.readingsAt(A).some(({ status }) => status === 'printing'))
    const changed = site.readingsAt(A).findIndex(({ status }) => status === 'printing')
    expect(isFull(site.readingsAt(A)[changed] as never)).toBe(true)
    const later = () => site.readingsAt(A).slice(changed + 1)
    await site.until(() => later().filter(isFull).length >= 2, 'full readings that were due')
    const [first, second] = [...later().entries()].flatMap(([i, reading]) => (isFull(reading) ? [i] : []))
    // one in ten; a reading or two may be late on a busy machine
    expect((second as number) - (first as number)).toBeGreaterThanOrEqual(5)
    expect((second as number) - (first as number)).toBeLessThanOrEqual(11)
    const light = later().find((reading) => !isFull(reading))
    expect(light).toMatchObject({ status: 'printing' })
  })

  it('are spread over the interval, and stay so after a restart', async () => {
    site = new Site({ factor: 150 })
    const addresses = Array.from({ length: 40 }, (_, i) => `127.83.2.${i + 1}`)
    for (const [i, address] of addresses.entries()) await site.install(address, 'color-laser', i)
    site.start(['127.83.2.1-40'], rule({ interval_seconds: 300 }))
    await site.until(() => site.readings.length >= 120, 'readings', 25_000)
    const lights = site.readings.filter((reading) => !('supplies' in reading))
    const slots = Map.groupBy(lights, ({ sampled_at }) => Math.floor(Date.parse(sampled_at as string) / 15_000))
    // 40 in 300 s are two in 15 s; a hash is uneven, and this machine may be slow
    for (const [, group] of slots) expect(group.length).toBeLessThanOrEqual(12)
    expect(slots.size).toBeGreaterThan(12)
    await site.stop()
    const before = site.readings.length
    const stoppedAt = site.clock.now()
    site.start(['127.83.2.1-40'], rule({ interval_seconds: 300 }))
    await site.until(() => site.readings.length >= before + 40)
    const last = Math.max(...site.readings.map(({ sampled_at }) => Date.parse(sampled_at as string)))
    expect(last - stoppedAt).toBeGreaterThan(150_000)
    expect(site.eventsOf('device_appeared')).toHaveLength(40)
    expect(site.eventsOf('scan_initiated')).toHaveLength(1)
  })

  it('are one for several printers of one address', async () => {
    site = new Site()
    const device = await site.install(A, 'three-port-print-server')
    site.start([A])
    await site.until(() => site.readings.length >= 9)
    await site.stop()
    const times = Map.groupBy(site.readings, ({ sampled_at }) => sampled_at)
    for (const [, group] of times) expect(new Set(group.map(({ printer_index }) => printer_index)).size).toBe(3)
    expect(site.watch?.listPrinters()).toHaveLength(3)
    expect(device.stats.get).toBeGreaterThanOrEqual(times.size)
  })

  it('follow their own rules, by range and by model', async () => {
    site = new Site()
    await site.install(A, 'color-laser')
    await site.install(B, 'color-laser', 1)
    await site.install(C, 'mono-laser-some')
    site.start([ALL], rule({ interval_seconds: 300 }))
    await site.until(() => site.discoveries === 1)
    const model = site.watch?.listPrinters().find(({ address }) => address === C)?.model as string
    await site.stop()
    site.start([ALL], {
      reading: [
        { ...RULE, name: 'reading.fast', ranges: rangesOf(B), interval_seconds: 30 },
        { ...RULE, name: 'reading.model', models: [model.toUpperCase().slice(0, 4)], interval_seconds: 30 },
        { ...RULE, interval_seconds: 300 },
      ],
    })
    await site.until(() => site.readingsAt(B).length >= 11)
    expect(site.readingsAt(A).length).toBeLessThan(5)
    expect(site.readingsAt(C).length).toBeGreaterThan(7)
  })

  it('do not mind a clock that jumps', async () => {
    site = new Site()
    await site.install(A, 'color-laser')
    await site.install(B, 'mono-laser-some')
    site.start([ALL])
    await site.until(() => site.readingsAt(A).length >= 2)
    for (const days of [400, -800]) {
      site.clock.jump(days * 86_400_000)
      const [atA, atB] = [site.readingsAt(A).length, site.readingsAt(B).length]
      const before = site.clock.monotonic()
      await site.until(() => site.readingsAt(A).length >= atA + 3 && site.readingsAt(B).length >= atB + 3)
      expect(site.clock.monotonic() - before).toBeGreaterThan(2 * 55_000)
    }
    expect(site.actions().filter((action) => /vanished|forgotten|returned/.test(action))).toEqual([])
    expect(site.discoveries).toBe(1)
  })

  it('notice a restart by the clock of the printer', async () => {
    site = new Site()
    const device = await site.install(A, 'color-laser')
    site.start([ALL])
    await site.until(() => site.readingsAt(A).length >= 3)
    device.objects.set('1.3.6.1.2.1.1.3.0', { type: 'timeticks', value: 4200 })
    const before = site.readingsAt(A).length
    await site.until(() =>
      site
        .readingsAt(A)
        .slice(before)
        .some((reading) => 'supplies' in reading),
    )
  })

  it('tell of a supply that was replaced', async () => {
    site = new Site()
    const device = await site.install(A, 'color-laser')
    const level = '1.3.6.1.2.1.43.11.1.1.9.1.1'
    const full = device.objects.get('1.3.6.1.2.1.43.11.1.1.8.1.1')
    if (full?.type !== 'integer') throw new Error('the recording has no capacity')
    device.objects.set(level, { type: 'integer', value: Math.round(full.value / 10) })
    site.start([ALL], rule({ full_interval_seconds: 120 }))
    await site.until(() => site.discoveries === 1)
    device.objects.set(level, { type: 'integer', value: full.value })
    await site.until(() => site.actions().includes('supply_replaced'))
    expect(site.eventsOf('supply_replaced')).toMatchObject([{ details: { kind: 'toner', from: '10%', to: '100%' } }])
  })
})

describe('a printer that does not answer', () => {
  it('is offline after three misses, told once and without old values, and back with a full reading', async () => {
    site = new Site()
    await site.install(A, 'color-laser')
    await site.install(B, 'mono-laser-some')
    site.start([ALL])
    await site.until(() => site.readingsAt(A).length >= 2)
    const goneAt = site.clock.now()
    await site.remove(A)
    await site.until(() => site.actions().includes('device_vanished'))
    const offline = site.readingsAt(A).filter(({ status }) => status === 'offline')
    expect(offline).toHaveLength(1)
    expect(offline[0]).toMatchObject({ offline_reason: 'silent', ip: A, printer_index: 1 })
    for (const key of ['page_count', 'supplies', 'counters', 'uptime_seconds']) {
      expect(offline[0]).not.toHaveProperty(key)
    }
    expect(Date.parse(offline[0]?.sampled_at as string) - goneAt).toBeGreaterThan(100_000)
    expect(site.watch?.facts().printers).toEqual({ total: 2, online: 1, offline: { silent: 1 } })
    const count = site.readingsAt(A).length
    const others = site.readingsAt(B).length
    await site.until(() => site.readingsAt(B).length >= others + 8)
    expect(site.readingsAt(A)).toHaveLength(count)
    await site.install(A, 'color-laser')
    await site.until(() => site.actions().includes('device_returned'))
    expect(site.readingsAt(A).at(-1)).toHaveProperty('supplies')
    expect(site.eventsOf('device_vanished')).toMatchObject([{ details: { reason: 'silent' } }])
    expect(site.watch?.facts().printers).toEqual({ total: 2, online: 2, offline: {} })
  })

  it('is offline for its reason when it lets the credentials in no more', async () => {
    site = new Site()
    const play = (name: string) =>
      startPlayer({
        devices: [{ address: A, recording: readFixture('printers', 'color-laser'), versions: ['3'] }],
        users: [userNamed(name)],
        port: site.port,
      })
    let player = await play('one')
    try {
      site.port = player.port
      site.start([A], { credentialsFor: () => [userNamed('one')] })
      await site.until(() => site.readingsAt(A).length >= 2)
      await player.close()
      player = await play('two')
      await site.until(() => site.actions().includes('device_vanished'))
      expect(site.readingsAt(A).at(-1)).toMatchObject({ status: 'offline', offline_reason: 'wrong_credentials' })
    } finally {
      await player.close()
    }
  })

  it('is not offline while nothing at all answers, which may be the network of this machine', async () => {
    site = new Site()
    const addresses = Array.from({ length: 6 }, (_, i) => `127.83.3.${i + 1}`)
    const playAll = async () => {
      for (const [i, address] of addresses.entries()) await site.install(address, 'color-laser', i)
    }
    await playAll()
    site.start(['127.83.3.1-6'])
    await site.until(() => site.readings.length >= 12)
    for (const address of addresses) await site.remove(address)
    await site.until(() => site.lines.some(({ level }) => level === 'warn'))
    await site.pass(600)
    expect(site.actions()).not.toContain('device_vanished')
    expect(site.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    const before = site.readings.length
    await playAll()
    await site.until(() => site.readings.length >= before + 6)
    expect(site.actions()).not.toContain('device_vanished')
    // one of them that stays away while the others answer is offline
    await site.remove(addresses[0] as string)
    await site.until(() => site.actions().includes('device_vanished'))
    expect(site.eventsOf('device_vanished')).toHaveLength(1)
  })

  it('is forgotten after 90 days', async () => {
    site = new Site({ factor: 2000 })
    await site.install(A, 'color-laser')
    await site.install(B, 'mono-laser-some')
    const options = { ...rule({ interval_seconds: 600 }), discovery: { interval_seconds: 3600, quiet_hours: [] } }
    site.start([ALL], options)
    await site.until(() => site.discoveries >= 1)
    await site.remove(A)
    await site.until(() => site.actions().includes('device_vanished'))
    // a clock that is set while it works makes nobody old
    site.clock.jump(91 * 86_400_000)
    const before = site.discoveries
    await site.until(() => site.discoveries >= before + 2)
    expect(site.watch?.listPrinters()).toHaveLength(2)
    await site.stop()
    site.start([ALL], options)
    await site.until(() => site.actions().includes('device_forgotten'))
    expect(site.watch?.listPrinters().map(({ address }) => address)).toEqual([B])
    await site.stop()
    expect(site.journal.listPrinters()).toHaveLength(1)
  })
})

describe('a printer that is elsewhere', () => {
  it('is found again by a discovery: it moved, and is no new one', async () => {
    site = new Site()
    await site.install(A, 'color-laser')
    await site.install(C, 'mono-laser-some')
    site.start([ALL])
    await site.until(() => site.readingsAt(A).length >= 2 && site.discoveries > 0)
    const id = site.watch?.listPrinters().find(({ address }) => address === A)?.id
    await site.remove(A)
    await site.install(B, 'color-laser')
    expect(site.watch?.discoverNow('command')).toBe(true)
    await site.until(() => site.actions().includes('device_moved'))
    const from = `${A}:${site.port}`
    expect(site.eventsOf('device_moved')).toMatchObject([{ details: { from, to: `${B}:${site.port}` } }])
    expect(site.watch?.listPrinters().find(({ address }) => address === B)?.id).toBe(id)
    const count = site.readingsAt(B).length
    await site.until(() => site.readingsAt(B).length > count)
    expect(site.eventsOf('device_appeared')).toHaveLength(2)
    expect(site.actions()).not.toContain('device_vanished')
    expect(site.eventsOf('scan_initiated').at(-1)).toMatchObject({ actor: 'command' })
  })

  it('may have changed places with another one', async () => {
    site = new Site()
    await site.install(A, 'color-laser')
    await site.install(B, 'mono-laser-some')
    site.start([ALL])
    await site.until(() => site.readingsAt(A).length >= 2 && site.readingsAt(B).length >= 2)
    const before = new Map(site.watch?.listPrinters().map(({ id, address }) => [id, address]))
    await Promise.all([site.remove(A), site.remove(B)])
    await site.install(A, 'mono-laser-some')
    await site.install(B, 'color-laser')
    await site.until(() => site.eventsOf('device_moved').length === 2)
    for (const { id, address } of site.watch?.listPrinters() ?? []) {
      expect(address).toBe(before.get(id) === A ? B : A)
    }
    expect(site.actions()).not.toContain('device_vanished')
    expect(site.eventsOf('device_appeared')).toHaveLength(2)
  })

  it('with two addresses stays where it is, and is at the other one at once when it misses', async () => {
    site = new Site()
    await site.install(A, 'color-laser')
    await site.install(B, 'color-laser')
    site.start([ALL])
    await site.until(() => site.discoveries === 1)
    const [printer, ...others] = site.watch?.listPrinters() ?? []
    expect(others).toEqual([])
    const home = printer?.address as string
    const other = home === A ? B : A
    for (const round of [2, 3]) {
      site.watch?.discoverNow('signal')
      await site.until(() => site.discoveries === round)
    }
    await site.until(() => site.readingsAt(home).length >= 6)
    expect(site.readingsAt(other)).toEqual([])
    expect(site.actions()).not.toContain('device_moved')
    await site.remove(home)
    await site.until(() => site.actions().includes('device_moved'))
    expect(site.readingsAt(other)).toHaveLength(1)
    expect(site.actions()).not.toContain('device_vanished')
  })

  it('was replaced: the new one appears, the old one is offline', async () => {
    site = new Site()
    await site.install(A, 'color-laser')
    site.start([ALL])
    await site.until(() => site.readingsAt(A).length >= 2)
    const old = site.watch?.listPrinters()[0]
    await site.remove(A)
    await site.install(A, 'color-laser', 5)
    await site.until(() => site.eventsOf('device_appeared').length === 2)
    await site.until(() => site.actions().includes('device_vanished'))
    const offline = site.readings.filter(({ status }) => status === 'offline')
    expect(offline).toMatchObject([{ serial: old?.serial, offline_reason: 'silent' }])
    expect(offline[0]).not.toHaveProperty('ip') // which is another printer's now
    const states = site.watch?.listPrinters().map(({ serial, state }) => [serial === old?.serial, state])
    expect(states?.sort()).toEqual([
      [false, 'online'],
      [true, 'offline'],
    ])
    // and comes back somewhere else
    await site.install(B, 'color-laser')
    site.watch?.discoverNow('command')
    await site.until(() => site.actions().includes('device_returned'))
    expect(site.eventsOf('device_moved')).toHaveLength(1)
    expect(site.watch?.listPrinters()).toHaveLength(2)
  })
})

describe('a printer that shows another serial number each time', () => {
  it('does not make the list of those that are known longer and longer', async () => {
    site = new Site()
    const device = await site.install(A, 'color-laser')
    const rename = (count: number) =>
      device.objects.set('1.3.6.1.2.1.43.5.1.1.17.1', { type: 'octets', value: Buffer.from(`PMX${1000 + count}`) })
    rename(0)
    site.start([A], rule({ interval_seconds: 20, full_interval_seconds: 20 }))
    for (let count = 1; count < 26; count++) {
      await site.until(() => site.eventsOf('device_appeared').length >= count)
      rename(count)
    }
    await site.until(() => site.eventsOf('device_forgotten').length >= 5)
    const known = site.watch?.listPrinters() ?? []
    expect(known.length).toBeLessThanOrEqual(20)
    expect(known.map(({ serial }) => serial)).toContain(site.eventsOf('device_appeared').at(-1)?.resource_id)
    // the ones that went are those that were seen first
    const forgotten = site.eventsOf('device_forgotten').map(({ resource_id }) => resource_id)
    expect(forgotten).toEqual(forgotten.map((_, i) => `PMX${1000 + i}`))
    expect(site.journal.listPrinters()).toHaveLength(site.watch?.listPrinters().length as number)
  })
})

describe('two printers with one placeholder for a serial number', () => {
  it('are two', async () => {
    site = new Site()
    const serial = '1.3.6.1.2.1.43.5.1.1.17.1'
    for (const [address, copy] of [
      [A, 0],
      [B, 1],
    ] as const) {
      const device = await site.install(address, 'tsc-standard', copy)
      device.objects.set(serial, { type: 'octets', value: Buffer.from('1234567890') })
    }
    site.start([ALL])
    await site.until(() => site.readings.length >= 6)
    expect(site.watch?.listPrinters()).toHaveLength(2)
    expect(site.eventsOf('device_moved')).toEqual([])
  })
})

describe('a printer that begins to show its serial number', () => {
  it('is the same', async () => {
    site = new Site()
    const serial = '1.3.6.1.2.1.43.5.1.1.17.1'
    const device = await site.install(A, 'color-laser')
    const value = device.objects.get(serial)
    if (!value) throw new Error('the recording has no serial number')
    device.objects.delete(serial)
    site.start([A], rule({ full_interval_seconds: 120 }))
    await site.until(() => site.readings.length >= 2)
    expect(site.watch?.listPrinters()).toMatchObject([{ serial: null }])
    const id = site.watch?.listPrinters()[0]?.id
    device.objects.set(serial, value)
    await site.until(() => site.watch?.listPrinters()[0]?.serial !== null)
    expect(site.watch?.listPrinters()).toMatchObject([{ id }])
    expect(site.eventsOf('device_appeared')).toHaveLength(1)
  })
})

describe('quiet hours', () => {
  /** 09:00 local on a day without a change of the clock. */
  const START = new Date(2026, 2, 3, 9, 0).getTime()

  it('of a rule are kept, and what fell due is read once afterwards', async () => {
    site = new Site({ start: START, factor: 600 })
    const device = await site.install(A, 'color-laser')
    site.start([ALL], rule({ quiet_hours: [{ from: 9 * 60 + 5, to: 9 * 60 + 25 }] }))
    await site.until(() => site.readingsAt(A).length >= 3)
    await site.pass(Math.max(0, (START + 6 * 60_000 - site.clock.now()) / 1000))
    const [asked, count] = [device.stats.received, site.readingsAt(A).length]
    await site.pass((START + 24 * 60_000 - site.clock.now()) / 1000)
    expect(device.stats.received).toBe(asked)
    await site.until(() => site.readingsAt(A).length > count)
    expect(site.clock.now()).toBeGreaterThanOrEqual(START + 25 * 60_000)
    await site.pass(20)
    expect(site.readingsAt(A).length).toBeLessThanOrEqual(count + 2)
  })

  it('of discovery put it off, unless a person asks', async () => {
    site = new Site({ start: START })
    await site.install(A, 'color-laser')
    const discovery = { interval_seconds: 100_000, quiet_hours: [{ from: 8 * 60, to: 9 * 60 + 10 }] }
    site.start([ALL], { discovery })
    await site.pass(120)
    expect(site.actions()).toEqual([])
    expect(site.watch?.discoverNow('signal')).toBe(true)
    await site.until(() => site.discoveries === 1)
    expect(site.eventsOf('scan_initiated')).toMatchObject([{ actor: 'signal' }])
  })
})

describe('discovery', () => {
  it('runs every interval, and once after a start only when the last one is long ago', async () => {
    site = new Site({ factor: 600 })
    await site.install(A, 'color-laser')
    const discovery = { interval_seconds: 600, quiet_hours: [] }
    site.start([A], { discovery })
    await site.until(() => site.discoveries === 3)
    const [first, second] = site.eventsOf('scan_initiated').map(({ timestamp }) => Date.parse(timestamp as string))
    expect((second as number) - (first as number)).toBeGreaterThan(595_000)
    expect((second as number) - (first as number)).toBeLessThan(700_000)
    await site.stop()
    site.start([A], { discovery })
    const { is_running, next } = site.watch?.facts().discovery ?? {}
    expect(is_running).toBe(false)
    expect(Date.parse(next as string) - site.clock.now()).toBeGreaterThan(300_000)
  })

  it('never runs twice at a time', async () => {
    site = new Site()
    await site.install(A, 'color-laser')
    site.start([ALL])
    await site.until(() => site.actions().includes('scan_initiated'))
    expect(site.watch?.discoverNow('command')).toBe(false)
    await site.until(() => site.discoveries === 1)
    expect(site.eventsOf('scan_initiated')).toHaveLength(1)
  })
})

describe('a reload', () => {
  it('takes other targets and intervals, and loses no printer', async () => {
    site = new Site()
    const first = await site.install(A, 'color-laser')
    await site.install(B, 'mono-laser-some')
    site.start([A, B])
    await site.until(() => site.readingsAt(A).length >= 2 && site.readingsAt(B).length >= 2)
    site.watch?.reconfigure(site.optionsFor([B], rule({ interval_seconds: 30 })))
    await site.pass(30) // what was being asked
    const [asked, count] = [first.stats.received, site.readingsAt(B).length]
    const before = site.clock.monotonic()
    await site.until(() => site.readingsAt(B).length >= count + 5)
    expect(site.clock.monotonic() - before).toBeLessThan(5 * 45_000)
    expect(first.stats.received).toBe(asked) // no target any more
    expect(site.actions()).not.toContain('device_vanished')
    expect(site.journal.listPrinters()).toHaveLength(2)
  })
})

describe('a full journal', () => {
  it('stops the asking, keeps what is at hand, and says so once', async () => {
    site = new Site()
    const device = await site.install(A, 'color-laser')
    site.start([A])
    await site.until(() => site.readingsAt(A).length >= 2)
    site.refusal = new JournalError('full', 'the disk is full')
    await site.until(() => site.errors.length > 0 || site.lines.some(({ level }) => level === 'error'))
    const [asked, count] = [device.stats.received, site.readingsAt(A).length]
    await site.pass(300)
    expect(device.stats.received).toBe(asked)
    expect(site.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
    expect(site.watch?.discoverNow('command')).toBe(false)
    const full = site.clock.now()
    site.refusal = null
    await site.until(() => site.readingsAt(A).length > count)
    const held = site.readingsAt(A)[count]
    expect(Date.parse(held?.sampled_at as string)).toBeLessThan(full - 200_000)
    await site.until(() => site.readingsAt(A).length > count + 2)
  })
})
