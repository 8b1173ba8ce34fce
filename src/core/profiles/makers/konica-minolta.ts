import type { Profile } from '../profile.ts'

/** kmMeters: what the machine counts. */
const METERS = '1.3.6.1.4.1.18334.1.1.1.5.7.2'

/** Konica Minolta, and the same machines with the badges Develop and Olivetti. */
export const KONICA_MINOLTA: Profile = {
  name: 'konica-minolta',
  manufacturer: 'Konica Minolta',
  sys_object_ids: ['1.3.6.1.4.1.18334'],
  // bizhub and Develop; the second is Sindoh's: GLPI agent (Konica.pm), LibreNMS
  printer_products: ['1.3.6.1.4.1.18334.1.1.1.2', '1.3.6.1.4.1.18334.1.2.1.2'],
  presence: ['1.3.6.1.4.1.18334.1.1.1.1.6.2.1.0'],
  // GLPI agent, LibreNMS; hrDeviceDescr can say "Generic 28C-1" (recording of an ineo+ 280)
  before_standard: { model: [{ oid: '1.3.6.1.4.1.18334.1.1.1.1.6.2.1.0' }] },
  counters: [
    // GLPI agent, a LibreNMS sensor file with the names of the counters; copies and prints only come by colour
    { name: 'page_count', oid: `${METERS}.1.1.0` },
    { name: 'duplex_pages', oid: `${METERS}.1.3.0` },
    { name: 'scan_count', oid: `${METERS}.3.1.5.1` },
  ],
}
