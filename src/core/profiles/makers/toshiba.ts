import type { Profile } from '../profile.ts'

/**
 * By job (2 all, 3 print, 4 copy, 207 all on large paper); behind that 1 and 1 full colour, 2 two colours, 3 black, 4
 * together.
 */
const COUNTER = '1.3.6.1.4.1.1129.2.3.50.1.3.21.6.1'

export const TOSHIBA: Profile = {
  name: 'toshiba',
  manufacturer: 'Toshiba',
  sys_object_ids: ['1.3.6.1.4.1.1129'],
  printer_products: ['1.3.6.1.4.1.1129.2.3'],
  // FusionInventory's mapping, and two programs for e-STUDIO copiers; a page on A3 may count twice in all of them
  counters: [
    { name: 'page_count', oid: `${COUNTER}.2.1.4` },
    { name: 'mono_pages', oid: `${COUNTER}.2.1.3` },
    { name: 'color_pages', sum: [`${COUNTER}.2.1.1`], and_if_there: [`${COUNTER}.2.1.2`] },
    { name: 'print_pages', oid: `${COUNTER}.3.1.4` },
    { name: 'copy_pages', oid: `${COUNTER}.4.1.4` },
    // two more meter readers
    { name: 'large_pages', oid: `${COUNTER}.207.1.4` },
  ],
}
