import type { Profile } from '../profile.ts'

const PRIVATE = '1.3.6.1.4.1.2001.1.1.1.1.11.1.10'

export const OKI: Profile = {
  name: 'oki',
  manufacturer: 'OKI',
  sys_object_ids: ['1.3.6.1.4.1.2001'],
  printer_products: ['1.3.6.1.4.1.2001.1.1.1.1'],
  presence: [`${PRIVATE}.25.0`],
  before_standard: {
    // GLPI Agent; sysDescr names the print server first: "OKI OkiLAN 9450g ...: Attached to MC873 Rev.07.87 : ..."
    model: [{ oid: `${PRIVATE}.25.0` }, { oid: '1.3.6.1.2.1.1.1.0', after: 'Attached to ', before: ' Rev.' }],
  },
  after_standard: {
    // the version of the printer follows its name; the one before is the print server's
    firmware: [{ oid: '1.3.6.1.2.1.1.1.0', after: ['Attached to ', ' Rev.'], before: ' ' }],
    // GLPI Agent
    serial: [{ oid: `${PRIVATE}.45.0` }],
    // where JetDirect cards keep it (LibreNMS' recording of an MC873)
    ieee1284_id: [{ oid: '1.3.6.1.4.1.11.2.3.9.1.1.7.0' }],
  },
  // two readers of these agree that row 6 counts colour and row 7 black
  counters: [
    { name: 'mono_pages', oid: `${PRIVATE}.170.1.7.1` },
    { name: 'color_pages', oid: `${PRIVATE}.170.1.6.1` },
  ],
}
