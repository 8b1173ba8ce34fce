import type { Profile } from '../profile.ts'

/** xcmHrDevDetail: the counters of the printing function. */
const PRINTED = '1.3.6.1.4.1.253.8.53.13.2.1.6.1.20'
const SYS_DESCR = '1.3.6.1.2.1.1.1.0'

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
    firmware: [{ oid: SYS_DESCR, after: 'System ', before: ',' }],
    // LibreNMS (Xerox.php), Sun's network-printer-probe; then CUPS (backend/snmp-supplies)
    ieee1284_id: [{ oid: '1.3.6.1.4.1.253.8.51.1.2.1.20.1' }, { oid: '1.3.6.1.4.1.128.2.1.3.1.2.0' }],
  },
  counters: [
    // GLPI agent (Xerox.pm); the total can be some pages below the life count (glpi-agent #1155)
    { name: 'page_count', oid: `${PRINTED}.1` },
    { name: 'color_pages', oid: `${PRINTED}.33` },
    { name: 'mono_pages', oid: `${PRINTED}.34` },
  ],
}
