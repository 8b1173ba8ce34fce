import { describe, expect, it } from 'vitest'
import { PRINTER_MIB } from '../../src/core/mib/printer-mib.ts'
import { coversCounter, type Glance, glanceOf, SYS_UP_TIME, takeGlance } from '../../src/core/printer/glance.ts'
import { normalise } from '../../src/core/printer/normalise.ts'
import type { Reading } from '../../src/core/snmp/reading.ts'
import type { SnmpSession } from '../../src/core/snmp/session.ts'
import { SnmpError } from '../../src/core/snmp/snmp-error.ts'
import type { SnmpValue, Varbind } from '../../src/core/snmp/value.ts'
import { fixtureNames, readFixture, readingOf } from '../recordings/printer-fixture.ts'

const now = () => new Date('2026-03-01T10:00:00Z')
const HR_PRINTER_STATUS = '1.3.6.1.2.1.25.3.5.1.1.1'

function valuesOf(name: string): Map<string, SnmpValue> {
  return new Map(readFixture('printers', name).values)
}

function glanceAt(values: ReadonlyMap<string, SnmpValue>, missing: Reading['missing'] = []): Glance {
  const reading = { ...readingOf(values), missing }
  return glanceOf(reading, normalise(reading))
}

/** A device with these objects, as far as a Get goes. */
function sessionWith(values: ReadonlyMap<string, SnmpValue>): SnmpSession {
  return {
    address: '192.0.2.1',
    port: 161,
    version: '2c',
    request: async (_type, oids): Promise<Varbind[]> =>
      oids.map((oid) => ({ oid, value: values.get(oid) ?? { type: 'no_such_instance' } })),
  }
}

const isSame = async (glance: Glance, values: ReadonlyMap<string, SnmpValue>) =>
  (await takeGlance(sessionWith(values), glance, now)) !== null

describe('what a glance asks', () => {
  it.each(fixtureNames('printers'))('of %s fits one datagram, and finds it unchanged', async (name) => {
    const values = valuesOf(name)
    const glance = glanceAt(values)
    expect(Object.keys(glance).length).toBeLessThanOrEqual(40)
    if (Object.keys(glance).length === 0) return
    expect(await takeGlance(sessionWith(values), glance, now)).toMatchObject({
      sampled_at: '2026-03-01T10:00:00.000Z',
    })
  })

  it('is there for all but the few recordings that show no status', () => {
    const without = fixtureNames('printers').filter((name) => Object.keys(glanceAt(valuesOf(name))).length === 0)
    expect(without.length).toBeLessThan(fixtureNames('printers').length / 10)
  })

  it.each(fixtureNames('printers'))('of %s has the objects of every counter', (name) => {
    const reading = readingOf(valuesOf(name))
    const printers = normalise(reading)
    const glance = glanceOf(reading, printers)
    if (Object.keys(glance).length === 0) return
    for (const printer of printers) {
      const uncovered = printer.counters.filter(({ name: counter }) => !coversCounter(glance, printer, counter))
      expect(uncovered).toEqual([])
    }
  })

  it('is of all printers behind one address', () => {
    const oids = Object.keys(glanceAt(valuesOf('three-port-print-server')))
    const counted = oids.filter((oid) => oid.startsWith(`${PRINTER_MIB.prtMarkerLifeCount}.`))
    expect(new Set(counted.map((oid) => oid.slice(PRINTER_MIB.prtMarkerLifeCount.length + 1).split('.')[0])).size).toBe(
      3,
    )
  })

  it.each(['timeout', 'deadline', 'bad_answer'])('is nothing after a reading that lacks parts by %s', (reason) => {
    expect(glanceAt(valuesOf('color-laser'), [{ part: 'trays', reason }])).toEqual({})
  })

  it('is what it is when the deny-list alone left something out', () => {
    const glance = glanceAt(valuesOf('color-laser'), [{ part: 'private', reason: 'deny_listed' }])
    expect(glance).toEqual(glanceAt(valuesOf('color-laser')))
  })

  it('is nothing for a device whose status cannot be seen', () => {
    const values = valuesOf('color-laser')
    for (const oid of values.keys()) {
      const isStatus = oid.startsWith('1.3.6.1.2.1.25.3') || /^1\.3\.6\.1\.2\.1\.43\.5\.1\.1\.1[89]\./.test(oid)
      if (isStatus) values.delete(oid)
    }
    expect(glanceAt(values)).toEqual({})
  })

  it('does not claim a counter whose object is not asked', () => {
    const reading = readingOf(valuesOf('color-laser'))
    const [printer] = normalise(reading)
    if (!printer) throw new Error('no printer')
    const glance = Object.fromEntries(
      Object.entries(glanceOf(reading, [printer])).filter(([oid]) => !oid.startsWith(PRINTER_MIB.prtMarkerLifeCount)),
    )
    expect(coversCounter(glance, printer, 'page_count')).toBe(false)
    expect(coversCounter({}, { ...printer, counters: [] }, 'page_count')).toBe(false)
  })
})

describe('a glance', () => {
  const values = valuesOf('color-laser')
  const glance = glanceAt(values)
  const changed = (oid: string, value: SnmpValue | null) => {
    const after = new Map(values)
    if (value === null) after.delete(oid)
    else after.set(oid, value)
    return after
  }

  it('sees each of its objects change or go, but for the clock', async () => {
    for (const oid of Object.keys(glance)) {
      const value = values.get(oid) as SnmpValue
      expect([oid, await isSame(glance, changed(oid, null))]).toEqual([oid, false])
      if (oid === SYS_UP_TIME) continue
      const other: SnmpValue =
        value.type === 'octets'
          ? { type: 'octets', value: Buffer.from('sleep mode on') }
          : ({ ...value, value: value.type === 'oid' ? '1.3.6.1.4.1.1' : 7_654_321 } as SnmpValue)
      expect([oid, await isSame(glance, changed(oid, other))]).toEqual([oid, false])
    }
  })

  it('takes a clock that runs on, and a lower one for a restart', async () => {
    const ticks = Number(glance[SYS_UP_TIME])
    const later = await takeGlance(
      sessionWith(changed(SYS_UP_TIME, { type: 'timeticks', value: ticks + 150 })),
      glance,
      now,
    )
    expect(later?.uptime_seconds).toBe(Math.floor((ticks + 150) / 100))
    expect(await isSame(glance, changed(SYS_UP_TIME, { type: 'timeticks', value: ticks - 1 }))).toBe(false)
  })

  it('does not mind what a display shows, unless it says that the printer sleeps', async () => {
    const line = `${PRINTER_MIB.prtConsoleDisplayBufferText}.1.1`
    const clock = (text: string) => changed(line, { type: 'octets', value: Buffer.from(text) })
    const shown = glanceAt(clock('10:41'))
    expect(shown[line]).toBe('awake')
    expect(await isSame(shown, clock('10:42'))).toBe(true)
    expect(await isSame(shown, clock('Sleep mode on'))).toBe(false)
  })

  it('without counters of alerts sees an alert go', async () => {
    const row = `${PRINTER_MIB.prtAlertSeverityLevel}.1.900`
    const before = changed(row, { type: 'integer', value: 4 })
    for (const oid of before.keys()) if (/^1\.3\.6\.1\.2\.1\.43\.5\.1\.1\.1[89]\./.test(oid)) before.delete(oid)
    const with900 = glanceAt(before)
    expect(await isSame(with900, before)).toBe(true)
    const after = new Map(before)
    after.delete(row)
    expect(Object.hasOwn(with900, row)).toBe(true)
    expect(await isSame(with900, after)).toBe(false)
  })

  it('of nothing is never unchanged', async () => {
    expect(await isSame({}, values)).toBe(false)
  })

  it('leaves it to the caller what a refusal means', async () => {
    const refusing: SnmpSession = {
      ...sessionWith(values),
      request: () => Promise.reject(new SnmpError('too_big', 'too big')),
    }
    await expect(takeGlance(refusing, glance, now)).rejects.toMatchObject({ code: 'too_big' })
  })

  it('sees a status of the printer', async () => {
    expect(Object.hasOwn(glance, HR_PRINTER_STATUS)).toBe(true)
  })
})
