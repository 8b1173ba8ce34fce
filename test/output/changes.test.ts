import { expect, test } from 'vitest'
import { describeChanges } from '../../src/core/output/changes.ts'
import { percent, sampleAlert, sampleInks, samplePrinter, sampleSupply } from './sample-printers.ts'

const NAME = '10.0.0.7 HP LaserJet M607'
const before = samplePrinter({ supplies: sampleInks([78]), page_count: 100 })

test('nothing changed', () => {
  const later = { ...before, sampled_at: '2026-01-02T03:05:05Z', uptime_seconds: 86460 }
  expect(describeChanges([before], [later])).toEqual([])
})

test('one line for each printer with all that changed', () => {
  const jam = sampleAlert()
  const after = { ...before, status: 'error' as const, page_count: 112, supplies: sampleInks([77]), alerts: [jam] }
  expect(describeChanges([before], [after])).toEqual([
    `${NAME}: status idle -> error; pages +12; black toner 78% -> 77%; alert: Paper jam in tray 2`,
  ])
  expect(describeChanges([after], [before])).toEqual([
    `${NAME}: status error -> idle; page counter 112 -> 100 (reset or swapped); black toner 77% -> 78%; cleared: Paper jam in tray 2`,
  ])
  const renumbered = { ...after, alerts: [{ ...jam, index: 99 }] }
  expect(describeChanges([after], [renumbered])).toEqual([])
})

test('words and numbers of a level', () => {
  const after = { ...before, supplies: sampleInks([{ state: 'some' }]) }
  expect(describeChanges([before], [after])).toEqual([`${NAME}: black toner 78% -> some`])
  const more = { ...before, supplies: [...before.supplies, sampleSupply(2, { kind: 'drum', level: percent(5) })] }
  expect(describeChanges([before], [more])).toEqual([`${NAME}: black drum added`])
  expect(describeChanges([more], [before])).toEqual([`${NAME}: black drum removed`])
})

test('new, gone and moved', () => {
  const other = samplePrinter({ ip: '10.0.0.9', device_id: 'B', status: 'asleep' })
  expect(describeChanges([], [other])).toEqual(['10.0.0.9 HP LaserJet M607: new, asleep'])
  expect(describeChanges([other, before], [before])).toEqual(['10.0.0.9 HP LaserJet M607: gone'])
  expect(describeChanges([before], [{ ...before, ip: '10.0.0.8' }])).toEqual([
    '10.0.0.8 HP LaserJet M607: moved from 10.0.0.7',
  ])
})

test('another printer at the same address is no page count', () => {
  const other = samplePrinter({ device_id: 'B', serial: 'B', mac_address: '02:50:4d:00:00:0b', page_count: 5 })
  expect(describeChanges([before], [other])).toEqual([`${NAME}: gone`, `${NAME}: new, idle`])
})

test('without an identity, and where two claim the same one, the address decides', () => {
  const nameless = samplePrinter({ device_id: null, page_count: 1 })
  expect(describeChanges([nameless], [{ ...nameless, page_count: 3 }])).toEqual([`${NAME}: pages +2`])
  const [a, b] = ['10.0.0.1', '10.0.0.2'].map((ip) => samplePrinter({ ip, device_id: 'same' })) as [
    typeof before,
    typeof before,
  ]
  expect(describeChanges([a, b], [b, a])).toEqual([])
  expect(describeChanges([a, b], [a])).toEqual(['10.0.0.2 HP LaserJet M607: gone'])
})

test.each([[['supplies', 'alerts']], [['rest']]])('what could not be read (%j) is no change', (parts) => {
  const jam = {
    index: 1,
    severity: 'critical',
    group: 'input',
    group_index: 1,
    code: 'jam',
    description: 'Jam',
  } as const
  const whole = { ...before, alerts: [jam] }
  const missing = parts.map((part) => ({ part, reason: 'deadline' }))
  const partial = { ...before, page_count: null, supplies: [], alerts: [], missing }
  expect(describeChanges([whole], [partial])).toEqual([])
  expect(describeChanges([partial], [whole])).toEqual([])
})

test('lines go by address', () => {
  const printers = ['10.0.0.10', '10.0.0.9'].map((ip) => samplePrinter({ ip, device_id: ip }))
  expect(describeChanges([], printers).map((line) => line.split(' ')[0])).toEqual(['10.0.0.9', '10.0.0.10'])
})

test('a serial number that appears only later, and at another address, is no new printer', () => {
  const mac = '02:50:4d:00:00:07'
  const early = samplePrinter({ serial: null, mac_address: mac, device_id: mac })
  const late = samplePrinter({ ip: '10.0.0.8', serial: 'PM1234567', mac_address: mac, device_id: 'PM1234567' })
  expect(describeChanges([early], [late])).toEqual(['10.0.0.8 HP LaserJet M607: moved from 10.0.0.7'])
  const swapped = { ...late, serial: 'PM7654321', device_id: 'PM7654321' }
  expect(describeChanges([late], [swapped])).toEqual([
    '10.0.0.8 HP LaserJet M607: gone',
    '10.0.0.8 HP LaserJet M607: new, idle',
  ])
})
