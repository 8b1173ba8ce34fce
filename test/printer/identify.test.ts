import { describe, expect, it } from 'vitest'
import { identify } from '../../src/core/printer/identify.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'

const oid = (value: string): SnmpValue => ({ type: 'oid', value })
const number = (value: number): SnmpValue => ({ type: 'integer', value })
const text = (value: string): SnmpValue => ({ type: 'octets', value: Buffer.from(value) })

const SYS_OBJECT_ID = '1.3.6.1.2.1.1.2.0'
const HR_DEVICE_TYPE = '1.3.6.1.2.1.25.3.2.1.2'
const HR_DEVICE_PRINTER = '1.3.6.1.2.1.25.3.1.5'
const HR_DEVICE_DISK = '1.3.6.1.2.1.25.3.1.6'
const LIFE_COUNT = '1.3.6.1.2.1.43.10.2.1.4.1.1'

function isPrinter(values: Record<string, SnmpValue>): boolean {
  return identify(new Map(Object.entries(values))).isPrinter
}

describe('identify', () => {
  it('believes the Printer-MIB, whoever made the device', () => {
    expect(isPrinter({ [LIFE_COUNT]: number(1) })).toBe(true)
    expect(isPrinter({ [SYS_OBJECT_ID]: oid('1.3.6.1.4.1.99999.1'), [LIFE_COUNT]: number(1) })).toBe(true)
    // an OID that only begins with the same characters
    expect(isPrinter({ '1.3.6.1.2.1.430.1': number(1) })).toBe(false)
  })

  it('believes hrDeviceType, anywhere in the table', () => {
    expect(isPrinter({ [`${HR_DEVICE_TYPE}.1`]: oid(HR_DEVICE_DISK) })).toBe(false)
    expect(
      isPrinter({ [`${HR_DEVICE_TYPE}.1`]: oid(HR_DEVICE_DISK), [`${HR_DEVICE_TYPE}.7`]: oid(HR_DEVICE_PRINTER) }),
    ).toBe(true)
  })

  it.each(['1.3.6.1.4.1.8072.3.2.10', '1.3.6.1.4.1.311.1.1.3.1.2', '1.3.6.1.4.1.2021.250.10'])(
    'does not take the print queues of a host (%s) for printers',
    (system) => {
      expect(isPrinter({ [SYS_OBJECT_ID]: oid(system), [`${HR_DEVICE_TYPE}.2`]: oid(HR_DEVICE_PRINTER) })).toBe(false)
    },
  )

  it('takes a host with the Printer-MIB for a printer: small printers run net-snmp', () => {
    expect(isPrinter({ [SYS_OBJECT_ID]: oid('1.3.6.1.4.1.8072.3.2.10'), [LIFE_COUNT]: number(1) })).toBe(true)
  })

  it('believes an object that only printers of a maker have, and names the maker', () => {
    const values = new Map([['1.3.6.1.4.1.2435.2.3.9.1.1.7.0', text('MFG:Brother;MDL:HL-X1')]])
    expect(identify(values)).toMatchObject({ isPrinter: true, chosen: { profile: { name: 'brother' } } })
  })

  it('chooses the profile of a printer by its name where nothing else does', () => {
    const named = { '1.3.6.1.2.1.25.3.2.1.3.1': text('Samsung SLX 4072'), [LIFE_COUNT]: number(1) }
    const objectId = { [SYS_OBJECT_ID]: oid('1.3.6.1.4.1.99999.1') }
    const profileOf = (values: Record<string, SnmpValue>) =>
      identify(new Map(Object.entries(values))).chosen?.profile.name
    expect(profileOf({ ...named, ...objectId })).toBe('samsung')
    expect(profileOf({ ...named, [SYS_OBJECT_ID]: oid('1.3.6.1.4.1.11.2.3.9.1') })).toBe('hp')
    expect(
      profileOf({ ...objectId, '1.3.6.1.4.1.2435.2.3.9.1.1.7.0': text('MFG:Brother;'), [LIFE_COUNT]: number(1) }),
    ).toBe('brother')
  })

  it('believes a number that a maker gives to printers alone, unless its devices say otherwise', () => {
    expect(isPrinter({ [SYS_OBJECT_ID]: oid('1.3.6.1.4.1.11.2.3.9.1') })).toBe(true)
    expect(isPrinter({ [SYS_OBJECT_ID]: oid('1.3.6.1.4.1.11.2.3.7.11.1') })).toBe(false)
    expect(
      isPrinter({ [SYS_OBJECT_ID]: oid('1.3.6.1.4.1.11.2.3.9.1'), [`${HR_DEVICE_TYPE}.1`]: oid(HR_DEVICE_DISK) }),
    ).toBe(false)
  })

  it('believes no name', () => {
    expect(isPrinter({ '1.3.6.1.2.1.1.1.0': text('HP LaserJet Printer'), '1.3.6.1.2.1.1.5.0': text('printer') })).toBe(
      false,
    )
    expect(isPrinter({})).toBe(false)
  })
})
