import { expect, test } from 'vitest'
import type { Printer } from '../../src/core/model/printer.ts'
import { checkThresholds, judgePrinters } from '../../src/core/output/monitoring.ts'
import { percent, sampleAlert, sampleInks, samplePrinter, sampleSupply, sampleTray } from './sample-printers.ts'

const cases: [string, Partial<Printer>, number][] = [
  ['all well', { supplies: sampleInks([21]) }, 0],
  ['at the warning threshold', { supplies: sampleInks([20]) }, 1],
  ['above the critical threshold', { supplies: sampleInks([11]) }, 1],
  ['at the critical threshold', { supplies: sampleInks([10]) }, 2],
  ['low is a warning', { supplies: sampleInks([{ state: 'low' }]) }, 1],
  ['empty is critical', { supplies: sampleInks([{ state: 'empty' }]) }, 2],
  ['some is well', { supplies: sampleInks([{ state: 'some' }]) }, 0],
  ['unknown is not judged', { supplies: sampleInks([{ state: 'unknown' }, { state: 'unlimited' }]) }, 0],
  [
    'little free space in the waste box',
    { supplies: [sampleSupply(1, { kind: 'waste_toner', color: null, class: 'receptacle', level: percent(5) })] },
    2,
  ],
  ['status error', { status: 'error' }, 2],
  ['status offline', { status: 'offline' }, 2],
  ['status warning', { status: 'warning' }, 1],
  ['asleep is well', { status: 'asleep' }, 0],
  ['critical alert', { alerts: [sampleAlert()] }, 2],
  ['warning alert', { alerts: [sampleAlert({ severity: 'warning' })] }, 1],
  ['warningBinaryChangeEvent alert', { alerts: [sampleAlert({ severity: 'warningBinaryChangeEvent' })] }, 1],
  ['empty tray', { trays: [sampleTray(1, { level: { state: 'empty' } })] }, 1],
  ['empty tray by number', { trays: [sampleTray(1, { level: percent(0) })] }, 1],
  ['empty manual tray', { trays: [sampleTray(1, { type: 'sheetFeedManual', level: { state: 'empty' } })] }, 0],
  ['empty bypass', { trays: [sampleTray(1, { name: 'Bypass Tray', level: percent(0) })] }, 0],
]
test.each(cases)('%s', (_, given, code) => {
  expect(judgePrinters([samplePrinter(given)]).code).toBe(code)
})

test('the line names the worst, with figures behind the bar', () => {
  const printers = [
    samplePrinter({ ip: '10.0.0.8', supplies: sampleInks([90]) }),
    samplePrinter({ ip: '10.0.0.7', supplies: sampleInks([12]) }),
  ]
  expect(judgePrinters(printers)).toEqual({
    code: 1,
    line: 'PRINTMASTER WARNING - 1 of 2 printers: 10.0.0.7 HP LaserJet M607 black toner 12 % | printers=2 warning=1 critical=0 failed=0',
  })
  expect(judgePrinters(printers, { warning_percent: 11, critical_percent: 5 })).toEqual({
    code: 0,
    line: 'PRINTMASTER OK - 2 printers | printers=2 warning=0 critical=0 failed=0',
  })
})

test('nothing found, or not read, is unknown', () => {
  expect(judgePrinters([])).toEqual({
    code: 3,
    line: 'PRINTMASTER UNKNOWN - no printer found | printers=0 warning=0 critical=0 failed=0',
  })
  expect(judgePrinters([samplePrinter()], undefined, 2).code).toBe(3)
  expect(judgePrinters([samplePrinter({ status: 'error' })], undefined, 2).code).toBe(2)
})

test('hostile texts and many printers still give one short line with one bar', () => {
  const description = `a|b\n\x1b[31m${'c'.repeat(500)}`
  const printers = Array.from({ length: 50 }, (_, i) =>
    samplePrinter({ ip: `10.0.0.${i}`, model: 'x|y', alerts: [sampleAlert({ description })] }),
  )
  const { line } = judgePrinters(printers)
  expect(line.split('|')).toHaveLength(2)
  expect(line).not.toMatch(/[\x00-\x1f]/)
  expect(line).toContain('; and 45 more |')
  expect(line.length).toBeLessThan(1000)
})

test.each([
  [{ warning_percent: 101, critical_percent: 10 }, /warning threshold is a percentage/],
  [{ warning_percent: 20, critical_percent: Number.NaN }, /critical threshold is a percentage/],
  [{ warning_percent: 10, critical_percent: 20 }, /lies above/],
])('wrong thresholds', (thresholds, message) => {
  expect(() => checkThresholds(thresholds)).toThrow(message)
})
