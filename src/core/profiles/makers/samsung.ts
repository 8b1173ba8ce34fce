import type { Profile } from '../profile.ts'

const SYS_DESCR = '1.3.6.1.2.1.1.1.0'

export const SAMSUNG: Profile = {
  name: 'samsung',
  manufacturer: 'Samsung',
  sys_object_ids: ['1.3.6.1.4.1.236'],
  printer_products: ['1.3.6.1.4.1.236.11.5'],
  presence: ['1.3.6.1.4.1.236.11.5.1.1.1.1.0'],
  // hrDeviceDescr names the family ("M408x Series"), sysDescr the model: "Samsung M4080FX; V11...;Engine ...;S/N ..." on
  // newer devices, "Samsung ML-2850 Series OS 1.01...;Engine ..." on older ones (LibreNMS' recordings)
  before_standard: {
    model: [
      { oid: SYS_DESCR, after: 'Samsung ', before: ' OS ' },
      { oid: SYS_DESCR, after: 'Samsung ', before: ';' },
      // where sysDescr is "SAMSUNG NETWORK PRINTER,ROM ..." (FusionInventory)
      { oid: '1.3.6.1.4.1.236.11.5.1.1.1.1.0' },
    ],
  },
  // private objects: firmware (Observium and one more program), serial number (two programs); the same stands in
  // sysDescr, from where LibreNMS reads it
  after_standard: {
    serial: [{ oid: '1.3.6.1.4.1.236.11.5.1.1.1.4.0' }, { oid: SYS_DESCR, after: 'S/N ' }],
    firmware: [
      { oid: '1.3.6.1.4.1.236.11.5.1.1.1.2.0' },
      { oid: SYS_DESCR, after: '; OS ', before: ';Engine' },
      { oid: SYS_DESCR, after: '; ', before: ';Engine' },
      { oid: SYS_DESCR, after: ';', before: ';Engine' },
      { oid: SYS_DESCR, after: ' OS ', before: ';Engine' },
    ],
  },
}
