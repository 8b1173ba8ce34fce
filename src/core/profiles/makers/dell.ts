import type { Profile } from '../profile.ts'

/** "COMMAND SET:;MODEL:Dell S5830dn": on lasers built by Lexmark. */
const DEVICE_ID = '1.3.6.1.4.1.674.10898.100.2.1.2.1.3.1'

export const DELL: Profile = {
  name: 'dell',
  manufacturer: 'Dell',
  sys_object_ids: ['1.3.6.1.4.1.674'],
  printer_products: ['1.3.6.1.4.1.674.10898'],
  presence: [DEVICE_ID],
  // hrDeviceDescr has serial number and firmware glued on: "Dell S5830dn 7XQ1R92 LW62.DN4.P636" (LibreNMS' recording)
  before_standard: { model: [{ oid: DEVICE_ID, after: 'MODEL:' }] },
  after_standard: {
    // FusionInventory's mapping and the model list of its forerunner
    serial: [{ oid: '1.3.6.1.4.1.674.10898.100.2.1.2.1.6.1' }],
    // LibreNMS; sysDescr of those that Lexmark built, and of those that Fuji Xerox built (FusionInventory's list)
    firmware: [
      { oid: '1.3.6.1.4.1.674.10898.100.1.1.1.0' },
      { oid: '1.3.6.1.2.1.1.1.0', after: ' version ', before: ' kernel ' },
      { oid: '1.3.6.1.2.1.1.1.0', after: 'Controller ', before: ',' },
    ],
    // LibreNMS; the second on colour lasers built by Fuji Xerox
    ieee1284_id: [{ oid: DEVICE_ID }, { oid: '1.3.6.1.4.1.253.8.51.10.2.1.7.2.28110202' }],
  },
}
