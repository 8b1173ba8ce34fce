import type { Profile } from '../profile.ts'

/** By job (1 print, 4 copy, 5 all) and what is counted (60 all, 61 black, 63 full colour, 64 two colours, 80 one). */
const COUNTER = '1.3.6.1.4.1.2385.1.1.19.2.1.3'
/** The table names its counters itself; the jobs behind 5 differ by model. */
const BY_NAME = { labels: '1.3.6.1.4.1.2385.1.1.19.2.1.4', values: COUNTER }

export const SHARP: Profile = {
  name: 'sharp',
  manufacturer: 'Sharp',
  sys_object_ids: ['1.3.6.1.4.1.2385'],
  printer_products: ['1.3.6.1.4.1.2385.3.1'],
  presence: [`${COUNTER}.5.4.61`],
  // as LibreNMS' recordings of an MX-M266NV and an MX-3570N name them: "Black & White Total Count", "Full Color Total
  // Count", "Two Color ...", "Single Color ...", "Prints", "Copies". "Duplex" is counted for prints alone and left out.
  counters: [
    { name: 'mono_pages', oid: `${COUNTER}.5.4.61` },
    { name: 'color_pages', sum: [`${COUNTER}.5.4.63`], and_if_there: [`${COUNTER}.5.4.64`, `${COUNTER}.5.4.80`] },
    { name: 'print_pages', oid: `${COUNTER}.1.4.60` },
    { name: 'copy_pages', oid: `${COUNTER}.4.4.60` },
    { name: 'scan_count', ...BY_NAME, label: ['Scan to E-mail/FTP'] },
  ],
}
