import { expect, test } from 'vitest'
import { BADGES, findBadge } from '../../src/core/profiles/badges.ts'
import { chooseProfile } from '../../src/core/profiles/choose-profile.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'

/** IANA's enterprise numbers of those who make printers. */
test.each([
  [11, 'hp'],
  [128, 'xerox'],
  [236, 'samsung'],
  [253, 'xerox'],
  [297, 'fujifilm'],
  [367, 'ricoh'],
  [641, 'lexmark'],
  [674, 'dell'],
  ['683.6', 'zebra'],
  ['1129.1.2', 'toshiba-tec'],
  ['1129.2.3', 'toshiba'],
  [1248, 'epson'],
  [1347, 'kyocera'],
  [1602, 'canon'],
  [2001, 'oki'],
  [2385, 'sharp'],
  [2435, 'brother'],
  [10642, 'zebra'],
  [18334, 'konica-minolta'],
  [26696, 'hp'],
  [29999, 'hp'],
  [40093, 'pantum'],
])('%s is the number of %s', (enterprise, name) => {
  expect(chooseProfile(`1.3.6.1.4.1.${enterprise}.1.2.3`, MAKERS)?.profile.name).toBe(name)
})

/** As the boxes have it; devices write most of them in capitals. */
test.each([
  'Brother',
  'Canon',
  'Dell',
  'Develop',
  'Epson',
  'Fuji Xerox',
  'FUJIFILM',
  'Gestetner',
  'HP',
  'IBM',
  'Infotec',
  'Konica Minolta',
  'Kyocera',
  'Lanier',
  'Lexmark',
  'Nashuatec',
  'NRG',
  'OKI',
  'Olivetti',
  'Pantum',
  'Rex Rotary',
  'Ricoh',
  'Samsung',
  'Savin',
  'Sharp',
  'Sindoh',
  'Toshiba',
  'Toshiba TEC',
  'Triumph-Adler',
  'TSC',
  'UTAX',
  'Xerox',
  'Zebra',
])('%s is a badge', (name) => {
  expect(findBadge(`${name.toUpperCase()} X1`)).toEqual({ name, rest: 'X1' })
  expect(BADGES.filter((badge) => badge.name === name)).toHaveLength(1)
})
