import type { Profile } from '../profile.ts'

/** Label printers, which share the enterprise number of the copiers. */
export const TOSHIBA_TEC: Profile = {
  name: 'toshiba-tec',
  manufacturer: 'Toshiba TEC',
  sys_object_ids: ['1.3.6.1.4.1.1129.1.2'],
  printer_products: ['1.3.6.1.4.1.1129.1.2'],
  presence: ['1.3.6.1.4.1.1129.1.2.1.1.1.1.1.0'],
  // bcpDeviceModel, bcpProductNumber, bcpProductVersion (GLPI Agent)
  after_standard: {
    model: [{ oid: '1.3.6.1.4.1.1129.1.2.1.1.1.2.1.0' }],
    serial: [{ oid: '1.3.6.1.4.1.1129.1.2.1.1.1.1.1.0' }],
    firmware: [{ oid: '1.3.6.1.4.1.1129.1.2.1.1.1.1.2.0' }],
  },
}
