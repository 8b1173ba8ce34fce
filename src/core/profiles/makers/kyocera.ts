import type { Profile } from '../profile.ts'

/** Kyocera, and the same machines with the badges Triumph-Adler, UTAX and Olivetti. */
export const KYOCERA: Profile = {
  name: 'kyocera',
  manufacturer: 'Kyocera',
  sys_object_ids: ['1.3.6.1.4.1.1347'],
  // every model answers 1347.41: recordings of an ECOSYS and a TASKalfa, GLPI agent (Kyocera.pm)
  printer_products: ['1.3.6.1.4.1.1347.41'],
  after_standard: {
    // all three: recording of an ECOSYS P2040dw; serial and firmware also LibreNMS (kyocera)
    model: [{ oid: '1.3.6.1.4.1.1347.43.5.1.1.1.1' }],
    serial: [{ oid: '1.3.6.1.4.1.1347.43.5.1.1.28.1' }],
    firmware: [{ oid: '1.3.6.1.4.1.1347.43.5.4.1.5.1.1' }],
  },
  counters: [
    // pages printed, which is less than the life count: recordings of a P2040dw and a TASKalfa, FusionInventory #638
    { name: 'page_count', oid: '1.3.6.1.4.1.1347.43.10.1.1.12.1.1' },
    // by function: recording of a TASKalfa, GLPI agent
    { name: 'print_pages', oid: '1.3.6.1.4.1.1347.42.3.1.1.1.1.1' },
    { name: 'copy_pages', oid: '1.3.6.1.4.1.1347.42.3.1.1.1.1.2' },
    { name: 'fax_pages', oid: '1.3.6.1.4.1.1347.42.3.1.1.1.1.4' },
    // two-sided; with the one-sided ones it gives the total of the status page: recording, glpi-agent #382
    { name: 'duplex_pages', oid: '1.3.6.1.4.1.1347.42.2.5.1.1.2.1' },
  ],
}
