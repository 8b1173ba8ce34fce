import { expect, test } from 'vitest'
import { colorOfColorant, colorOfName, kindOfName } from '../../src/core/mib/supply-words.ts'
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
  ['SNOW TONER SN123456', { name: 'SNOW TONER', serial: '123456' }],
  ['Kit SN0', { name: 'Kit' }],
  ['Kit SN5', { name: 'Kit SN5' }],
  ['Toner S/N: 0', { name: 'Toner' }],
  ['Fuser Kit 110V', { name: 'Fuser Kit 110V' }],
  ['Fuser Kit (220-240V)', { name: 'Fuser Kit (220-240V)' }],
  ['Maintenance Kit 300K', { name: 'Maintenance Kit 300K' }],
  ['Black Toner (CE410A)', { name: 'Black Toner', part_number: 'CE410A' }],
  ['Black Toner [TN-328K]', { name: 'Black Toner', part_number: 'TN-328K' }],
  ['Toner (006R01513); SN A9K1234', { name: 'Toner', part_number: '006R01513', serial: 'A9K1234' }],
  ['Toner (CE410A]', { name: 'Toner (CE410A]' }],
  ['(CE410A)', { name: '(CE410A)', part_number: 'CE410A' }],
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
  ['Fourniture noire', null, 'black'],
  ['Fourth tray', null, null],
  ['Kit four', 'fuser', null],
  ['Unité de fusion', 'fuser', null],
  ['Bac récup. toner', 'waste_toner', null],
  ['Tonerabfallbehälter', 'waste_toner', null],
  ['Toner usado', 'waste_toner', null],
  ['Beholder til brugt toner', 'waste_toner', null],
  ['Spildtonerbeholder', 'waste_toner', null],
  ['Avfallstoner', 'waste_toner', null],
  ['Hukkavärisäiliö', 'waste_toner', null],
  ['Hukkava\u0308risa\u0308ilio\u0308', 'waste_toner', null],
  ['폐토너통', 'waste_toner', null],
  ['토너 (검정)', 'toner', 'black'],
  ['Sort blæk', 'ink', 'black'],
])('%s is %s, %s', (name, kind, color) => {
  expect(kindOfName(name)).toBe(kind)
  expect(colorOfName(name)).toBe(color)
})

test.each([
  ['black', 'black'],
  ['schwarz', 'black'],
  ['Noir', 'black'],
  ['K', 'black'],
  ['Bk', 'black'],
  ['黑', 'black'],
  ['LightCyan', 'light cyan'],
  ['light-cyan', 'light cyan'],
  ['LIGHT CYAN', 'light cyan'],
  ['lightmagenta', 'light magenta'],
  ['cyan clair', 'light cyan'],
  ['ライトシアン', 'light cyan'],
  ['photo black', 'photo black'],
  ['Foto Schwarz', 'photo black'],
  ['PBK', 'photo black'],
  ['Matt_Black', 'matte black'],
  ['Grey', 'gray'],
  ['Rot', 'red'],
  // not known whole
  ['None', 'none'],
  ['Other', 'other'],
  ['Black/Cyan', 'black/cyan'],
  ['Spot Color 1', 'spot color 1'],
  ['Process-Black', 'process-black'],
  ['constructor', 'constructor'],
  ['', ''],
])('the colorant %s is %s', (value, color) => {
  expect(colorOfColorant(value)).toBe(color)
})

test('no description takes long', () => {
  const start = performance.now()
  for (const part of [' ', '(', 'SN', 'SN ', 'A', 'A-', '12-', 'P/N ', 'HP ', '[AA11', 'récup', 'light', 'Aa']) {
    const name = part.repeat(1024 / part.length)
    for (const text of [name, `HP${name}!`])
      [splitSupplyName(text), kindOfName(text), colorOfName(text), colorOfColorant(text)]
  }
  expect(performance.now() - start).toBeLessThan(1000)
})
