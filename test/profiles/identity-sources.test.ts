import { expect, test } from 'vitest'
import { normalise } from '../../src/core/printer/normalise.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'
import { readingOf } from '../recordings/printer-fixture.ts'

const LIFE_COUNT = '1.3.6.1.2.1.43.10.2.1.4.1.1'
const octets = (text: string): SnmpValue => ({ type: 'octets', value: Buffer.from(text) })

/** Forms of sysDescr by which makers tell model, firmware or serial number, with made-up values in them. */
test.each([
  [
    '253.8.62.1.1',
    'Xerox AltaLinkX C9045; SS 100.002.057.99999, NC 100.002.05799',
    'AltaLinkX C9045',
    '100.002.057.99999',
  ],
  [
    '253.8.62.1.1',
    'Xerox WorkCentreX 9632 v1 Multifunction System; System Software 025.054.055.99999, ESS 1',
    'WorkCentreX 9632',
    '025.054.055.99999',
  ],
  ['253.8.62.1.1', 'Xerox PhaserX 9600; System 35.004.99.000, OS 1', 'PhaserX 9600', '35.004.99.000'],
  ['641.1.71107118', 'Lexmark CSX910dn version NH99.VY.N999 kernel 3.0.0 All-N-1', 'CSX910dn', 'NH99.VY.N999'],
  ['641.2.71107118', 'Lexmark CX920  Version 1.99.10  Ethernet 10/100.', 'CX920', '1.99.10'],
  ['674.10898.100', 'Dell SX830dn version NH62.DN4.N999 kernel 2.6.28 All-N-1', 'SX830dn', 'NH62.DN4.N999'],
  [
    '674.10898.100',
    'Dell Laser Printer X5100cn (Net 6.26, Controller 200.99, Engine 1)',
    'Laser Printer X5100cn',
    '200.99',
  ],
  ['236.11.5.1', 'Samsung CLX-9610; OS 1.29.01.99 11-23-2007;Engine 1.00;NIC V4', 'CLX-9610', '1.29.01.99 11-23-2007'],
  ['2001.1.1.1.1', 'OkiLAN 8200e Rev.01.05: Attached to BX4i Rev.01.99: (C)2000 Oki Data', 'BX4i', '01.99'],
])('%s: %s', (enterprise, description, model, firmware) => {
  const values = new Map<string, SnmpValue>([
    ['1.3.6.1.2.1.1.1.0', octets(description)],
    ['1.3.6.1.2.1.1.2.0', { type: 'oid', value: `1.3.6.1.4.1.${enterprise}` }],
    [LIFE_COUNT, { type: 'counter32', value: 1 }],
  ])
  expect(normalise(readingOf(values))).toMatchObject([{ model, firmware }])
})
