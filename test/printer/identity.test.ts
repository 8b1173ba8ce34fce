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
    ['RICOH SP X252DN V1.02 / RICOH Network Printer', 'SP X252DN'],
    ['OkiLAN X400g Rev.01.00 10/100BASE Ethernet PrintServer: Attached to MX780 Rev.01.00: Oki Data', 'MX780'],
    ['Xerox WorkCentre X5632 v1 Multifunction System', 'WorkCentre X5632'],
    ['Xerox DocuPrint NX125 Network Laser Printer - 2.12-02', 'DocuPrint NX125'],
    ['Phaser X7300 DX v(2.08/4.1) Printer 384MB', 'Phaser X7300 DX'],
    ['HP Color LaserJet MFP X479', 'Color LaserJet MFP X479'],
    ['Dell Laser Printer X5100cn (Net 6.26, Controller 2.1)', 'Laser Printer X5100cn'],
    ['EPSON AL-X2000 01.00', 'AL-X2000'],
    ['IBM Infoprint X1130', 'Infoprint X1130'],
    ['Dell SX830dn 7PM1R70 LW99.DN4.P636', 'SX830dn'],
    ['Lexmark CXX310dn PMCXX31029 LW76.GX.P999', 'CXX310dn'],
    ['Brother HL-X5450DN V1.16', 'HL-X5450DN'],
    ['HP HP LaserJet X1', 'LaserJet X1'],
    ['Samsung MX2070 Series (1234)', 'MX2070'],
    ['HP LaserJet 400 MFP MX25DN', 'LaserJet 400 MFP MX25DN'],
    ['OKI C5600', 'C5600'],
  ])('%s becomes %s', (text, model) => {
    expect(cleanModel(text, null)).toBe(model)
  })

  it('takes the serial number away, and what follows it', () => {
    expect(cleanModel('Lexmark CXX310 PMCXX31029', 'PMCXX31029')).toBe('CXX310')
    expect(cleanModel('Lexmark TX622 41XT2PM  543.006', '41XT2PM')).toBe('TX622')
    expect(cleanModel('PMCXX31029 CXX310', 'PMCXX31029')).toBe('CXX310')
  })

  it('takes a maker away that is no known badge', () => {
    expect(cleanModel('Acme X1', null, ['Acme'])).toBe('X1')
    expect(cleanModel('Acmeline X1', null, ['Acme'])).toBe('Acmeline X1')
  })

  it('does not cut inside a word', () => {
    expect(cleanModel('Brother HL-C5600', 'C5600-123456')).toBe('HL-C5600')
  })

  it('keeps a name that has some letters of the serial number in it', () => {
    expect(cleanModel('Lexmark CXX310', 'CX-123456')).toBe('CXX310')
  })

  it.each([
    'Network Printer',
    'UTAX_TA Printing System',
    'Xerox Color Laser Printer',
    'MFP',
    'HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD143,EEPROM V.43.92,CIDATE 07/22/2015',
    'EPSON Built-in 11b/g/n & 10/100 Print Server',
    'Brother NC-6400h',
    'KYOCERA Printer I/F IB-21G',
  ])('takes %s for no name', (text) => {
    expect(cleanModel(text, null)).toBeNull()
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
