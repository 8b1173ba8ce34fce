import { expect, it } from 'vitest'
import { isAboutManualTray, isManualTray } from '../../src/core/model/manual-tray.ts'
import type { Tray } from '../../src/core/model/printer.ts'

const tray = (name: string | null, type: Tray['type'] = null) => ({ name, type }) as Tray

it.each([
  'Manual Feed',
  'Multi-Purpose Tray',
  'Multipurpose Feeder',
  'Bypass',
  'MP Tray',
  'MPTRAY',
  'MPT',
  'Handeinzug',
  'Mehrzweckfach',
  'Alimentation manuelle',
  'Alimentación manual',
  'Alimentazione manuale',
  'Handinvoer',
  'Podajnik ręczny',
  'Podajnik re\u0328czny',
  'Ручная подача',
  '手差し',
  '手动进纸',
  '多功能纸盒',
])('%s is fed by hand', (name) => {
  expect(isManualTray(tray(name))).toBe(true)
})

// MF tray: multi-function to some, and what else it may be nobody says
it.each(['Tray 1', 'Cassette 1', 'Main tray', 'MF tray', 'LMP tray', '自动', 'AUTO', '', null])('%s is not', (name) => {
  expect(isManualTray(tray(name))).toBe(false)
})

it('the type tells before the name', () => {
  expect(isManualTray(tray('Tray 1', 'sheetFeedManual'))).toBe(true)
})

it('an alert about it is one of its own row that says that paper is out', () => {
  const trays = [
    { ...tray('Handeinzug'), index: 1 },
    { ...tray('Fach 2'), index: 2 },
  ] as Tray[]
  const alert = { group: 'input', group_index: 1, code: 'inputMediaSupplyEmpty' } as const
  expect(isAboutManualTray(alert, trays)).toBe(true)
  expect(isAboutManualTray({ ...alert, group_index: 2 }, trays)).toBe(false)
  expect(isAboutManualTray({ ...alert, code: 'jam' }, trays)).toBe(false)
})
