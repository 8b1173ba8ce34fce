import type { Profile } from '../profile.ts'

/** kmMeters: what the machine counts. */
const METERS = '1.3.6.1.4.1.18334.1.1.1.5.7.2'
/** By colour (1 black, 2 full colour, 3 single colour, 4 two colours), then by function (1 copy, 2 print). */
const BY_COLOR = `${METERS}.2.1.5`
/** The same of large paper. */
const LARGE_BY_COLOR = `${METERS}.2.1.7`

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
    // GLPI agent, a LibreNMS sensor file with the names of the counters
    { name: 'page_count', oid: `${METERS}.1.1.0` },
    { name: 'duplex_pages', oid: `${METERS}.1.3.0` },
    { name: 'scan_count', oid: `${METERS}.3.1.5.1` },
    // the same two, and two meter readers. Where received faxes are counted is not known, so that black has no total.
    { name: 'copy_pages', sum: [`${BY_COLOR}.1.1`], and_if_there: [2, 3, 4].map((color) => `${BY_COLOR}.${color}.1`) },
    { name: 'print_pages', sum: [`${BY_COLOR}.1.2`], and_if_there: [2, 3, 4].map((color) => `${BY_COLOR}.${color}.2`) },
    {
      name: 'color_pages',
      sum: [`${BY_COLOR}.2.2`],
      and_if_there: ['2.1', '3.1', '3.2', '4.1', '4.2'].map((row) => `${BY_COLOR}.${row}`),
    },
    {
      name: 'large_pages',
      sum: [`${LARGE_BY_COLOR}.1.2`],
      and_if_there: ['1.1', '2.1', '2.2', '3.1', '3.2', '4.1', '4.2'].map((row) => `${LARGE_BY_COLOR}.${row}`),
    },
  ],
}
