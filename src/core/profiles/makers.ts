import type { Profile } from './profile.ts'

const ENTERPRISE = '1.3.6.1.4.1.'
const enterprise = (...ids: string[]) => ids.map((id) => ENTERPRISE + id)
/** Brother's maintenance records, of the same form as its counters. */
const BROTHER_MAINTENANCE = `${ENTERPRISE}2435.2.3.9.4.2.1.5.5.8.0`
/** brcounterinfo: records of id, 01 04, and a value of four bytes. */
const BROTHER_COUNTERS = `${ENTERPRISE}2435.2.3.9.4.2.1.5.5.10.0`

/**
 * Makers by their private enterprise number (IANA), with what proves a printer of theirs and where they keep their
 * IEEE 1284 device id and serial number when the standard places are empty.
 */
export const MAKERS: readonly Profile[] = [
  {
    name: 'hp',
    manufacturer: 'HP',
    sys_object_ids: enterprise('11', '29999', '26696'),
    printer_products: enterprise('11.2.3.9.1'),
    presence: enterprise('11.2.3.9.1.1.7.0'),
    after_standard: {
      model: [{ oid: `${ENTERPRISE}11.2.3.9.4.2.1.1.3.2.0` }],
      serial: [{ oid: `${ENTERPRISE}11.2.3.9.4.2.1.1.3.3.0` }],
      firmware: [{ oid: `${ENTERPRISE}11.2.3.9.4.2.1.1.3.6.0` }],
      ieee1284_id: [{ oid: `${ENTERPRISE}11.2.3.9.1.1.7.0` }],
    },
  },
  {
    name: 'brother',
    manufacturer: 'Brother',
    sys_object_ids: enterprise('2435'),
    printer_products: enterprise('2435.2.3.9.1'),
    presence: enterprise('2435.2.3.9.1.1.7.0'),
    after_standard: {
      serial: [{ oid: `${ENTERPRISE}2435.2.3.9.4.2.1.5.5.1.0` }],
      firmware: [{ oid: `${ENTERPRISE}2435.2.3.9.4.2.1.5.5.17.0` }],
      ieee1284_id: [{ oid: `${ENTERPRISE}2435.2.3.9.1.1.7.0` }],
    },
    // seen in laser and ink models alike; the standard table only says "some" for toner
    supply_levels: (['black', 'cyan', 'magenta', 'yellow'] as const).flatMap((color, i) => [
      { kinds: ['toner', 'ink'], color, oid: BROTHER_MAINTENANCE, record: 0x6f + i, divisor: 100 },
      { kinds: ['toner', 'ink'], color, oid: BROTHER_MAINTENANCE, record: 0xa1 + i, divisor: 100 },
      { kinds: ['toner', 'ink'], color, oid: BROTHER_MAINTENANCE, record: 0x81 + i, divisor: 1 },
    ]),
    counters: [
      { name: 'page_count', oid: BROTHER_COUNTERS, record: 0x00 },
      { name: 'mono_pages', oid: BROTHER_COUNTERS, record: 0x01 },
      { name: 'color_pages', oid: BROTHER_COUNTERS, record: 0x02 },
      { name: 'duplex_pages', oid: BROTHER_COUNTERS, record: 0x06 },
    ],
  },
  {
    name: 'canon',
    manufacturer: 'Canon',
    sys_object_ids: enterprise('1602'),
    printer_products: enterprise('1602.4'),
    presence: enterprise('1602.1.1.1.1.0'),
    after_standard: {
      model: [{ oid: `${ENTERPRISE}1602.1.1.1.1.0` }],
      serial: [{ oid: `${ENTERPRISE}1602.1.2.1.8.1.3.1.1` }, { oid: `${ENTERPRISE}1602.1.2.1.4.0` }],
      firmware: [{ oid: `${ENTERPRISE}1602.1.1.1.4.0` }],
    },
  },
  {
    name: 'epson',
    manufacturer: 'Epson',
    sys_object_ids: enterprise('1248'),
    after_standard: {
      model: [{ oid: `${ENTERPRISE}1248.1.2.2.1.1.1.2.1` }],
      serial: [{ oid: `${ENTERPRISE}1248.1.2.2.1.1.1.5.1` }],
    },
  },
  {
    name: 'kyocera',
    manufacturer: 'Kyocera',
    sys_object_ids: enterprise('1347'),
    printer_products: enterprise('1347.41'),
    after_standard: { serial: [{ oid: `${ENTERPRISE}1347.43.5.1.1.28.1` }] },
  },
  {
    name: 'lexmark',
    manufacturer: 'Lexmark',
    sys_object_ids: enterprise('641'),
    printer_products: enterprise('641.2'),
    presence: enterprise('641.2.1.2.1.3.1'),
    after_standard: { ieee1284_id: [{ oid: `${ENTERPRISE}641.2.1.2.1.3.1` }] },
  },
  {
    name: 'ricoh',
    manufacturer: 'Ricoh',
    sys_object_ids: enterprise('367'),
    printer_products: enterprise('367.1.1'),
    presence: enterprise('367.3.2.1.1.1.11.0'),
    after_standard: { ieee1284_id: [{ oid: `${ENTERPRISE}367.3.2.1.1.1.11.0` }] },
    // the standard table says -3 for anything from 1 to 100 %, and -100 for empty
    empty_level: -100,
    supply_levels: [
      {
        kinds: ['toner'],
        names: `${ENTERPRISE}367.3.2.1.2.24.1.1.3`,
        levels: `${ENTERPRISE}367.3.2.1.2.24.1.1.5`,
        empty: -100,
      },
    ],
  },
  {
    name: 'konica-minolta',
    manufacturer: 'Konica Minolta',
    sys_object_ids: enterprise('18334'),
    printer_products: enterprise('18334.1.1.1.2', '18334.1.2.1.2'),
    presence: enterprise('18334.1.1.1.1.6.2.1.0'),
    before_standard: { model: [{ oid: `${ENTERPRISE}18334.1.1.1.1.6.2.1.0` }] },
  },
  {
    name: 'xerox',
    manufacturer: 'Xerox',
    sys_object_ids: enterprise('253', '128'),
    printer_products: enterprise('253.8.62.1'),
    after_standard: { ieee1284_id: [{ oid: `${ENTERPRISE}128.2.1.3.1.2.0` }] },
  },
  {
    name: 'fujifilm',
    manufacturer: 'FUJIFILM',
    sys_object_ids: enterprise('297'),
    printer_products: enterprise('297.1.11.93'),
  },
  {
    name: 'samsung',
    manufacturer: 'Samsung',
    sys_object_ids: enterprise('236'),
    printer_products: enterprise('236.11.5'),
    // hrDeviceDescr names the family ("M408x Series"), sysDescr the model
    before_standard: { model: [{ oid: '1.3.6.1.2.1.1.1.0', after: 'Samsung ', before: ';' }] },
  },
  {
    name: 'oki',
    manufacturer: 'OKI',
    sys_object_ids: enterprise('2001'),
    printer_products: enterprise('2001.1.1.1.1'),
    presence: enterprise('2001.1.1.1.1.11.1.10.25.0'),
    after_standard: {
      model: [{ oid: `${ENTERPRISE}2001.1.1.1.1.11.1.10.25.0` }],
      serial: [{ oid: `${ENTERPRISE}2001.1.1.1.1.11.1.10.45.0` }],
    },
  },
  {
    name: 'sharp',
    manufacturer: 'Sharp',
    sys_object_ids: enterprise('2385'),
    printer_products: enterprise('2385.3.1'),
  },
  {
    name: 'toshiba',
    manufacturer: 'Toshiba',
    sys_object_ids: enterprise('1129'),
    printer_products: enterprise('1129.2.3', '1129.1.2'),
    presence: enterprise('1129.1.2.1.1.1.1.1.0'),
    after_standard: {
      serial: [{ oid: `${ENTERPRISE}1129.1.2.1.1.1.1.1.0` }],
      firmware: [{ oid: `${ENTERPRISE}1129.1.2.1.1.1.1.2.0` }],
    },
  },
  {
    name: 'dell',
    manufacturer: 'Dell',
    sys_object_ids: enterprise('674'),
    printer_products: enterprise('674.10898'),
  },
  {
    name: 'zebra',
    manufacturer: 'Zebra',
    sys_object_ids: enterprise('10642', '683.6'),
    presence: enterprise('10642.1.1.0'),
    before_standard: { model: [{ oid: `${ENTERPRISE}10642.1.1.0` }] },
    after_standard: {
      serial: [{ oid: `${ENTERPRISE}10642.1.9.0` }, { oid: `${ENTERPRISE}683.1.5.0` }],
      firmware: [{ oid: `${ENTERPRISE}10642.1.2.0` }],
    },
  },
  {
    name: 'pantum',
    manufacturer: 'Pantum',
    sys_object_ids: enterprise('40093'),
    presence: enterprise('40093.1.1.1.5'),
    after_standard: {
      serial: [{ oid: `${ENTERPRISE}40093.1.1.1.5` }],
      firmware: [{ oid: `${ENTERPRISE}40093.1.1.1.1` }],
    },
  },
]
