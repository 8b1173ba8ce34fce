import { expect, test } from 'vitest'
import { readCell } from '../../src/core/output/cell-value.ts'
import { parseColumns } from '../../src/core/output/columns.ts'
import { compareNaturally } from '../../src/core/output/natural-order.ts'
import { compareByAddress, parseSort } from '../../src/core/output/sort.ts'
import { percent, sampleAlert, sampleInks, samplePrinter, sampleSupply, sampleTray } from './sample-printers.ts'

test('natural order', () => {
  const given = ['tray 10', 'fe80::1', '10.0.0.10', 'tray 2', '9.1.1.1', '10.0.0.9', '::2', 'Tray 1']
  const expected = ['9.1.1.1', '10.0.0.9', '10.0.0.10', '::2', 'fe80::1', 'Tray 1', 'tray 2', 'tray 10']
  expect(given.toSorted(compareNaturally)).toEqual(expected)
  expect([10, 9, 100].toSorted(compareNaturally)).toEqual([9, 10, 100])
})

const printers = [
  samplePrinter({ ip: '10.0.0.10', page_count: 5, model: 'B', supplies: sampleInks([50, 9]) }),
  samplePrinter({ ip: '10.0.0.9', page_count: null, model: 'a', supplies: [] }),
  samplePrinter({ ip: '10.0.0.100', page_count: 40, model: 'B', supplies: sampleInks([10, 90]) }),
]

test.each([
  ['ip', '10.0.0.9 10.0.0.10 10.0.0.100'],
  ['-ip', '10.0.0.100 10.0.0.10 10.0.0.9'],
  ['page_count', '10.0.0.10 10.0.0.100 10.0.0.9'],
  ['-page_count', '10.0.0.100 10.0.0.10 10.0.0.9'],
  ['model,-page_count', '10.0.0.9 10.0.0.100 10.0.0.10'],
  ['supplies.percent', '10.0.0.10 10.0.0.100 10.0.0.9'],
  ['-supplies.percent', '10.0.0.100 10.0.0.10 10.0.0.9'],
  ['supplies.black.percent', '10.0.0.100 10.0.0.10 10.0.0.9'],
  ['status', '10.0.0.9 10.0.0.10 10.0.0.100'],
])('--sort %s', (text, expected) => {
  expect(
    printers
      .toSorted(parseSort(text))
      .map(({ ip }) => ip)
      .join(' '),
  ).toBe(expected)
})

test('the default order counts port and printer index too', () => {
  const given = [
    samplePrinter({ printer_index: 2 }),
    samplePrinter({ port: 1161 }),
    samplePrinter({ printer_index: 1 }),
  ]
  const ports = given.toSorted(compareByAddress).map(({ port, printer_index }) => `${port}/${printer_index}`)
  expect(ports).toEqual(['161/1', '161/2', '1161/1'])
})

test.each([
  [() => parseSort('pages'), /--sort "pages", position 1: unknown field "pages"; did you mean "page_count"/],
  [() => parseSort('ip,'), /expected a field/],
  [() => parseSort('supplies'), /not a single value/],
  [() => parseColumns('ip,modell'), /--columns "modell", position 1: .*did you mean "model"/],
  [() => parseColumns('ip,ip'), /"ip" twice/],
  [() => parseColumns('supplies[x].name'), /expected an index/],
  [() => parseColumns('model name'), /unexpected a blank behind the field/],
])('a wrong list is refused', (parse, message) => {
  expect(parse).toThrow(message)
  expect(parse).toThrow(expect.objectContaining({ code: 'bad_flag' }))
})

test('cells', () => {
  const printer = samplePrinter({
    model: 'M\x1b[31m607',
    serial: null,
    supplies: [
      ...sampleInks([78, { state: 'some' }]),
      sampleSupply(5, { kind: 'waste_toner', color: null, level: percent(90) }),
    ],
    trays: [sampleTray(2), sampleTray(3, { media: null, level: { state: 'unknown' } })],
    alerts: [
      sampleAlert(),
      sampleAlert({ severity: 'warning', description: null, group: 'cover', code: 'coverOpen', part: 'Door A' }),
    ],
  })
  const read = (text: string) => readCell(parseColumns(text)[0] as never, printer)
  expect(read('model')).toBe('M607')
  expect(read('page_count')).toBe(120345)
  expect(read('serial')).toBe('')
  expect(read('color_pages')).toBe('')
  expect(read('supplies')).toBe('black toner 78%; cyan toner some; waste toner 90%')
  expect(read('supplies.black')).toBe('black toner 78%')
  expect(read('supplies.black.percent')).toBe(78)
  expect(read('supplies.cyan.percent')).toBe('')
  expect(read('supplies.cyan.level')).toBe('some')
  expect(read('supplies.level.state')).toBe('percent; some; percent')
  expect(read('supplies[5].kind')).toBe('waste_toner')
  expect(read('trays')).toBe('Tray 2 (A4) 50%; Tray 3 unknown')
  expect(read('alerts')).toBe('critical: Paper jam in tray 2; warning: cover: cover open (Door A)')
})
