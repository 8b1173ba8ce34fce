import { describe, expect, it } from 'vitest'
import { cleanModel } from '../../src/core/printer/identity.ts'
import { findBadge } from '../../src/core/profiles/badges.ts'

describe('cleanModel', () => {
  it.each([
    ['HP LaserJet X1320', 'LaserJet X1320'],
    ['Hewlett-Packard LaserJet X1320', 'LaserJet X1320'],
    ['Brother HL-X8310CDW series', 'HL-X8310CDW'],
    ['Lexmark International MSX521', 'MSX521'],
    ['Xerox Corporation Phaser X6510', 'Phaser X6510'],
    ['KONICA MINOLTA bizhub X300i', 'bizhub X300i'],
    ['Canon LBP-X5   ', 'LBP-X5'],
    ['RICOH IM X4500 / RICOH Network Printer', 'IM X4500'],
    ['Phaser X6510; System 1.2, Engine 3', 'Phaser X6510'],
    ['Model X version 12.3', 'Model X'],
    ['ECOSYS  MX2040dn', 'ECOSYS MX2040dn'],
  ])('%s becomes %s', (text, model) => {
    expect(cleanModel(text, null)).toBe(model)
  })

  it('takes the serial number away', () => {
    expect(cleanModel('Lexmark CXX310 PMCXX31029', 'PMCXX31029')).toBe('CXX310')
  })

  it('leaves nothing of a text without letters and digits', () => {
    expect([cleanModel('HP', null), cleanModel('', null), cleanModel(' - ; x', null)]).toEqual([null, null, null])
  })
})

describe('findBadge', () => {
  it.each([
    ['HP LaserJet', 'HP', 'LaserJet'],
    ['hp', 'HP', ''],
    ['SEIKO EPSON CORPORATION WF-X1', 'Epson', 'WF-X1'],
    ['FUJI XEROX DocuPrint', 'Fuji Xerox', 'DocuPrint'],
    ['FUJIFILM Business Innovation Corp. ApeosX', 'FUJIFILM', 'ApeosX'],
    ['Toshiba TEC B-X4', 'Toshiba TEC', 'B-X4'],
    ['TOSHIBA e-STUDIO', 'Toshiba', 'e-STUDIO'],
    ['OKI DATA CORP B4X10', 'OKI', 'B4X10'],
  ])('%s is a %s', (text, name, rest) => {
    expect(findBadge(text)).toEqual({ name, rest })
  })

  it.each(['HPX1', 'Okinawa printer', 'Sharpener', 'My HP', ''])('finds none in "%s"', (text) => {
    expect(findBadge(text)).toBeNull()
  })
})
