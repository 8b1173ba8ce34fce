import type { CounterSource, Profile } from '../profile.ts'

/** xcmHrDevDetail: counters by device (1 the printer; copier and scanner by generation), then by what is counted. */
const DETAIL = '1.3.6.1.4.1.253.8.53.13.2.1.6'
const PRINTED = `${DETAIL}.1.20`
const SYS_DESCR = '1.3.6.1.2.1.1.1.0'

/** What Xerox and what was Fuji Xerox count alike. */
export const IMPRESSIONS: readonly CounterSource[] = [
  // GLPI agent (Xerox.pm); the total can be some pages below the life count (glpi-agent #1155)
  { name: 'page_count', oid: `${PRINTED}.1` },
  { name: 'color_pages', oid: `${PRINTED}.33` },
  { name: 'mono_pages', oid: `${PRINTED}.34` },
  // "Black Printed Impressions", "Color Printed Impressions", and the same copied: answers of a Xerox (nsbin), where
  // they add up to 33 and 34, two meter readers for Fuji Xerox
  { name: 'print_pages', sum: [`${PRINTED}.7`], and_if_there: [`${PRINTED}.29`] },
  { name: 'copy_pages', sum: [`${DETAIL}.103.20.3`], and_if_there: [`${DETAIL}.103.20.25`] },
  // "Fax Impressions", "Black Large Impressions" and "Color Large Impressions": the names that a device gives them, and
  // several meter readers
  { name: 'fax_pages', oid: `${PRINTED}.71` },
  { name: 'large_pages', sum: [`${PRINTED}.44`], and_if_there: [`${PRINTED}.43`] },
]

/** Xerox; 128 is Tektronix, of which the Phaser line came. */
export const XEROX: Profile = {
  name: 'xerox',
  manufacturer: 'Xerox',
  sys_object_ids: ['1.3.6.1.4.1.253', '1.3.6.1.4.1.128'],
  printer_products: ['1.3.6.1.4.1.253.8.62.1'],
  after_standard: {
    // Sun's network-printer-probe, which names it for the Phasers, and two inventory tools
    serial: [{ oid: '1.3.6.1.4.1.253.8.53.3.2.1.3.1' }],
    // "...; System 35.004.32.000, ...": recordings of a Phaser 4600 and a Color 570
    // "...; SS 100.002.057, ..." and "...System Software 025.054.055, ..." on others (LibreNMS, FusionInventory)
    firmware: [
      { oid: SYS_DESCR, after: 'System Software ', before: ',' },
      { oid: SYS_DESCR, after: '; SS ', before: ',' },
      { oid: SYS_DESCR, after: 'System ', before: ',' },
    ],
    // LibreNMS (Xerox.php), Sun's network-printer-probe; then CUPS (backend/snmp-supplies)
    ieee1284_id: [{ oid: '1.3.6.1.4.1.253.8.51.1.2.1.20.1' }, { oid: '1.3.6.1.4.1.128.2.1.3.1.2.0' }],
  },
  counters: [
    ...IMPRESSIONS,
    // GLPI agent, a meter reader: copies of another generation, images scanned to the network and to e-mail
    { name: 'copy_pages', sum: [`${DETAIL}.11.20.3`], and_if_there: [`${DETAIL}.11.20.25`] },
    { name: 'scan_count', sum: [`${DETAIL}.10.20.11`, `${DETAIL}.10.20.12`] },
  ],
}
