import type { Profile } from '../profile.ts'

/** What a counter counts is the last part of its OID: the number that the device's own counter page prints beside it. */
const COUNTER = '1.3.6.1.4.1.1602.1.11.1.3.1.4'

export const CANON: Profile = {
  name: 'canon',
  manufacturer: 'Canon',
  sys_object_ids: ['1.3.6.1.4.1.1602'],
  printer_products: ['1.3.6.1.4.1.1602.4'],
  presence: ['1.3.6.1.4.1.1602.1.1.1.1.0'],
  before_standard: {
    // the language mark behind the name ("Canon D1180/MF6680 /P": LibreNMS' recording) is no part of it
    model: [
      { oid: '1.3.6.1.2.1.25.3.2.1.3.{d}', after: 'Canon ', before: ' /P' },
      { oid: '1.3.6.1.2.1.1.1.0', after: 'Canon ', before: ' /P' },
    ],
  },
  // CANON-MIB: serial number and product version; MF models keep the serial elsewhere (GLPI Agent)
  after_standard: {
    serial: [{ oid: '1.3.6.1.4.1.1602.1.2.1.8.1.3.1.1' }, { oid: '1.3.6.1.4.1.1602.1.2.1.4.0' }],
    firmware: [{ oid: '1.3.6.1.4.1.1602.1.1.1.4.0' }],
  },
  // 101 total, 108 black, 301 print, 501 scan (GLPI Agent, and further programs that read them by these numbers). Colour
  // is given by paper size only (122 large, 123 small), and black as well (112, 113): none of these is a total.
  counters: [
    { name: 'page_count', oid: `${COUNTER}.101` },
    { name: 'mono_pages', oid: `${COUNTER}.108` },
    { name: 'print_pages', oid: `${COUNTER}.301` },
    { name: 'scan_count', oid: `${COUNTER}.501` },
  ],
}
