import type { Profile } from '../profile.ts'

/** By job (1 print, 4 copy, 5 all, 8 scan) and what is counted (60 all, 61 black, 63 full colour); .4 has the names. */
const COUNTER = '1.3.6.1.4.1.2385.1.1.19.2.1.3'

export const SHARP: Profile = {
  name: 'sharp',
  manufacturer: 'Sharp',
  sys_object_ids: ['1.3.6.1.4.1.2385'],
  printer_products: ['1.3.6.1.4.1.2385.3.1'],
  presence: [`${COUNTER}.5.4.61`],
  // the table names its counters itself (LibreNMS' recording of an MX-M266NV): "Black & White Total Count", "Full Color
  // Total Count", "Prints", "Copies", "Scan to E-mail/FTP". "Duplex" is counted for prints alone and left out.
  counters: [
    { name: 'mono_pages', oid: `${COUNTER}.5.4.61` },
    { name: 'color_pages', oid: `${COUNTER}.5.4.63` },
    { name: 'print_pages', oid: `${COUNTER}.1.4.60` },
    { name: 'copy_pages', oid: `${COUNTER}.4.4.60` },
    { name: 'scan_count', oid: `${COUNTER}.8.4.50` },
  ],
}
