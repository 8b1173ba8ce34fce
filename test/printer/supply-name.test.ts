import { expect, test } from 'vitest'
import { colorOfName, kindOfName } from '../../src/core/mib/supply-words.ts'
import { splitSupplyName } from '../../src/core/printer/supply-name.ts'

test.each([
  ['Black Cartridge HP CF300A', { name: 'Black Cartridge', part_number: 'CF300A' }],
  ['Cyan Ink Cartridge SJIC35P-C', { name: 'Cyan Ink Cartridge', part_number: 'SJIC35P-C' }],
  ['Black Ink Supply Unit T9441/T9451/T9461', { name: 'Black Ink Supply Unit', part_number: 'T9441/T9451/T9461' }],
  ['TK-1162', { name: 'TK-1162', part_number: 'TK-1162' }],
  ['Black Toner, PN 106R01334', { name: 'Black Toner', part_number: '106R01334' }],
  ['Black Toner Cartridge S/N:CRUM-12345678', { name: 'Black Toner Cartridge', serial: 'CRUM-12345678' }],
  ['Cyan Toner, P/N 43324403, S/N 8F00123', { name: 'Cyan Toner', part_number: '43324403', serial: '8F00123' }],
  ['Fuser S/N:', { name: 'Fuser' }],
  ['Fuser, PN unknown;SNunknown', { name: 'Fuser' }],
  ['Waste Toner Container, PN 008X13061;SNunknown', { name: 'Waste Toner Container', part_number: '008X13061' }],
  ['Drum;SN', { name: 'Drum' }],
  ['Toner P/N:N/A S/N:N/A', { name: 'Toner' }],
  ['Black Toner 1', { name: 'Black Toner 1' }],
  ['Tray 1 Retard Roller Life', { name: 'Tray 1 Retard Roller Life' }],
  ['Waste Toner Box', { name: 'Waste Toner Box' }],
  ['Toner (Cyan)', { name: 'Toner (Cyan)' }],
  ['SNOW WHITE TONER', { name: 'SNOW WHITE TONER' }],
])('%s', (description, expected) => {
  expect(splitSupplyName(description)).toEqual(expected)
})

test.each([
  ['Black Toner Cartridge', 'toner', 'black'],
  ['Resttonerbehälter', 'waste_toner', null],
  ['Tambour cyan', 'drum', 'cyan'],
  ['Чёрный тонер', 'toner', 'black'],
  ['マゼンタトナー', 'toner', 'magenta'],
  ['黄色墨粉', 'toner', 'yellow'],
  ['Żółty toner', 'toner', 'yellow'],
  ['Cartucho de tinta negro', 'ink', 'black'],
  ['Unità fusore', 'fuser', null],
  ['Cyan/Magenta/Yellow ink', 'ink', null],
  ['Pickup roller', 'maintenance', null],
  ['Transfer Belt Cleaner', 'maintenance', null],
  ['Thermal transfer ribbon', 'other', null],
])('%s is %s, %s', (name, kind, color) => {
  expect(kindOfName(name)).toBe(kind)
  expect(colorOfName(name)).toBe(color)
})
