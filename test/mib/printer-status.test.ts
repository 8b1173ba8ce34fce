import { describe, expect, it } from 'vitest'
import { enumName } from '../../src/core/mib/iana-printer.ts'
import {
  decodeDetectedErrors,
  decodeSubUnitStatus,
  HR_DEVICE_STATUS,
  HR_PRINTER_STATUS,
} from '../../src/core/mib/printer-status.ts'

it('names hrPrinterStatus and hrDeviceStatus, which number alike and mean different things', () => {
  expect([1, 2, 3, 4, 5].map((n) => enumName(HR_PRINTER_STATUS, n))).toEqual([
    'other',
    'unknown',
    'idle',
    'printing',
    'warmup',
  ])
  expect([1, 2, 3, 4, 5].map((n) => enumName(HR_DEVICE_STATUS, n))).toEqual([
    'unknown',
    'running',
    'warning',
    'testing',
    'down',
  ])
})

describe('decodeDetectedErrors', () => {
  it.each([
    [[], []],
    [[0x00], []],
    [[0x80], ['lowPaper']],
    [[0x20], ['lowToner']],
    [[0x48], ['noPaper', 'doorOpen']],
    [[0x03], ['offline', 'serviceRequested']],
    [[0x00, 0x80], ['inputTrayMissing']],
    [
      [0x10, 0x26],
      ['noToner', 'markerSupplyMissing', 'inputTrayEmpty', 'overduePreventMaint'],
    ],
    [
      [0x04, 0x09],
      ['jammed', 'outputFull'],
    ],
    [[0x00, 0x01, 0xff, 0xff], []],
  ])('%j is %j', (octets, names) => {
    expect(decodeDetectedErrors(Uint8Array.from(octets))).toEqual(names)
  })
})

describe('decodeSubUnitStatus', () => {
  it.each([
    [0, 'idle'],
    [1, 'onRequest'],
    [2, 'standby'],
    [3, 'broken'],
    [4, 'active'],
    [5, 'unknown'],
    [6, 'busy'],
  ])('%i is %s and otherwise well', (value, availability) => {
    expect(decodeSubUnitStatus(value)).toEqual({
      availability,
      nonCriticalAlerts: false,
      criticalAlerts: false,
      onLine: true,
      transitioning: false,
    })
  })

  it('reads the sums', () => {
    expect(decodeSubUnitStatus(8 + 2)).toMatchObject({
      availability: 'standby',
      nonCriticalAlerts: true,
      criticalAlerts: false,
    })
    expect(decodeSubUnitStatus(3 + 16 + 32)).toMatchObject({
      availability: 'broken',
      criticalAlerts: true,
      onLine: false,
    })
    expect(decodeSubUnitStatus(64)).toMatchObject({ availability: 'idle', onLine: true, transitioning: true })
  })

  it('refuses what is no such sum', () => {
    expect([-2, 127, 1.5, Number.NaN].map(decodeSubUnitStatus)).toEqual([null, null, null, null])
  })
})
