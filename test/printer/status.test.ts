import { describe, expect, it } from 'vitest'
import type { Alert, Tray } from '../../src/core/model/printer.ts'
import { readStatus } from '../../src/core/printer/status.ts'
import { Tables } from '../../src/core/printer/tables.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'

const HR_DEVICE_STATUS = '1.3.6.1.2.1.25.3.2.1.5.1'
const HR_PRINTER_STATUS = '1.3.6.1.2.1.25.3.5.1.1.1'
const HR_ERROR_STATE = '1.3.6.1.2.1.25.3.5.1.2.1'
const RUNNING = 2
const WARNING = 3
const DOWN = 5
const OTHER = 1
const IDLE = 3
const PRINTING = 4
const WARMUP = 5

function statusOf(
  device: number | null,
  printer: number | null,
  bits: number[] = [],
  rest: { console?: string; alert?: Alert['severity']; code?: string; trays?: Tray[] } = {},
): string {
  const values = new Map<string, SnmpValue>()
  if (device !== null) values.set(HR_DEVICE_STATUS, { type: 'integer', value: device })
  if (printer !== null) values.set(HR_PRINTER_STATUS, { type: 'integer', value: printer })
  values.set(HR_ERROR_STATE, { type: 'octets', value: Uint8Array.from(bits) })
  const alerts: Alert[] = rest.alert
    ? [{ index: 1, severity: rest.alert, group: 'input', group_index: 1, code: rest.code ?? 'jam', description: null }]
    : []
  return readStatus(new Tables(values), 1, alerts, rest.console ? [rest.console] : [], rest.trays ?? []).status
}

/** The table of states in RFC 2790 (hrPrinterStatus) and RFC 3805. Bit 0 is the highest of the first byte. */
describe('readStatus', () => {
  it.each([
    ['idle', RUNNING, IDLE, [0]],
    ['printing', RUNNING, PRINTING, [0]],
    ['warmup', RUNNING, WARMUP, []],
    ['warmup', DOWN, WARMUP, []],
    ['warning', WARNING, IDLE, [0x20]], // lowToner
    ['warning', WARNING, PRINTING, [0x80, 0]], // lowPaper
    ['error', DOWN, OTHER, [0x04]], // jammed
    ['error', RUNNING, IDLE, [0x40]], // noPaper
    ['error', DOWN, OTHER, []],
    ['offline', DOWN, OTHER, [0x02]],
    ['asleep', RUNNING, OTHER, [0]],
    ['asleep', RUNNING, OTHER, [0x20]], // lowToner waits until it wakes
    ['error', RUNNING, OTHER, [0x08]], // doorOpen
    ['unknown', null, null, []],
  ] as const)('%s: hrDeviceStatus %j, hrPrinterStatus %j, error state %j', (expected, device, printer, bits) => {
    expect(statusOf(device, printer, [...bits])).toBe(expected)
  })

  it.each([
    ['error', [0x40]], // noPaper
    ['error', [0x10]], // noToner
    ['error', [0x08]], // doorOpen
    ['error', [0x04]], // jammed
    ['error', [0, 0x80]], // inputTrayMissing
    ['error', [0, 0x40]], // outputTrayMissing
    ['error', [0, 0x20]], // markerSupplyMissing
    ['error', [0, 0x08]], // outputFull
    ['warning', [0x80]], // lowPaper
    ['warning', [0x20]], // lowToner
    ['warning', [0x01]], // serviceRequested
    ['warning', [0, 0x10]], // outputNearFull
    ['warning', [0, 0x04]], // inputTrayEmpty
    ['warning', [0, 0x02]], // overduePreventMaint
    ['idle', [0, 0]],
    ['idle', [0, 0, 0xff]],
  ] as const)('%s of an idle printer with the error bits %j', (expected, bits) => {
    expect(statusOf(RUNNING, IDLE, [...bits])).toBe(expected)
  })

  it.each(['Manual Feed', 'Bypass Tray', 'Multi-Purpose Tray', 'Multipurpose', 'MP TRAY'])(
    'an empty %s is how it should be, and an empty tray is not',
    (name) => {
      const tray = { index: 1, name, type: null, media: null, unit: 'sheets', capacity: 50, remaining: 0 }
      const fed = { ...tray, index: 2, name: 'Tray 1', remaining: 40 }
      const trays = (first: string): Tray[] => [
        { ...tray, name: first, level: { state: 'percent', percent: 0 } },
        { ...fed, level: { state: 'percent', percent: 80 } },
      ]
      expect(statusOf(RUNNING, IDLE, [0x40], { trays: trays(name) })).toBe('idle')
      expect(statusOf(RUNNING, IDLE, [0x40], { trays: trays('Tray 0') })).toBe('error')
    },
  )

  it('puts a critical alert before sleep, and sleep before a warning', () => {
    expect(statusOf(RUNNING, IDLE, [], { alert: 'critical', console: 'Sleep mode' })).toBe('error')
    expect(statusOf(RUNNING, IDLE, [], { alert: 'warning', console: 'Sleep mode' })).toBe('asleep')
    expect(statusOf(RUNNING, IDLE, [], { alert: 'warning' })).toBe('warning')
  })

  it.each(['powerUp', 'markerFuserUnderTemperature', 'coverClosed'])('%s is an event unless it is critical', (code) => {
    expect(statusOf(RUNNING, IDLE, [], { alert: 'warning', code })).toBe('idle')
    expect(statusOf(RUNNING, IDLE, [], { alert: 'critical', code })).toBe('error')
  })
})

const tray = (index: number, type: string, percent: number): Tray => ({
  index,
  name: `Tray ${index}`,
  type,
  media: null,
  unit: 'sheets',
  capacity: 100,
  remaining: percent,
  level: { state: 'percent', percent },
})

/** Field case: a manual feed that is empty, as it is meant to be, kept a printer critical for ever. */
describe('an empty manual tray', () => {
  const NO_PAPER = [0x40]
  const manual = tray(1, 'sheetFeedManual', 0)
  const full = tray(2, 'sheetFeedAutoRemovableTray', 80)
  const empty = tray(2, 'sheetFeedAutoRemovableTray', 0)

  it('makes neither an error nor a warning while the other trays are fed', () => {
    expect(statusOf(RUNNING, IDLE, NO_PAPER, { trays: [manual, full] })).toBe('idle')
    const alert = { alert: 'critical', code: 'inputMediaSupplyEmpty', trays: [manual, full] } as const
    expect(statusOf(RUNNING, IDLE, [], { ...alert, trays: [...alert.trays] })).toBe('idle')
  })

  it('hides nothing: an empty cassette, a jam in it, a printer that has no other tray', () => {
    expect(statusOf(RUNNING, IDLE, NO_PAPER, { trays: [manual, empty] })).toBe('error')
    expect(statusOf(RUNNING, IDLE, NO_PAPER, { trays: [manual] })).toBe('error')
    expect(statusOf(RUNNING, IDLE, [], { alert: 'critical', code: 'jam', trays: [manual, full] })).toBe('error')
  })
})
