import type { Profile } from '../profile.ts'
import { IMPRESSIONS } from './xerox.ts'

const SYS_DESCR = '1.3.6.1.2.1.1.1.0'

/** FUJIFILM Business Innovation, which was Fuji Xerox until 2021. */
export const FUJIFILM: Profile = {
  name: 'fujifilm',
  manufacturer: 'FUJIFILM',
  sys_object_ids: ['1.3.6.1.4.1.297'],
  // recordings of DocuPrint, ApeosPort, Apeos and ApeosPro (LibreNMS)
  printer_products: ['1.3.6.1.4.1.297.1.11.93'],
  after_standard: {
    // the forms that sysDescr has by age: Greenbone's feed (detection of Fuji Xerox printers), recordings
    firmware: [
      { oid: SYS_DESCR, after: 'System ', before: ',' },
      { oid: SYS_DESCR, after: '; Controller ', before: ',' },
      { oid: SYS_DESCR, after: 'ESS ', before: ',' },
      { oid: SYS_DESCR, after: 'ESS', before: ',' },
      { oid: SYS_DESCR, after: 'version ', before: ' ' },
    ],
  },
  // below the number of Xerox: two meter readers for Fuji Xerox
  counters: [...IMPRESSIONS],
}
