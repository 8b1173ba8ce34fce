import type { Profile } from '../profile.ts'

const SYS_DESCR = '1.3.6.1.2.1.1.1.0'
/** prtgenInfoEntry of the LEXMARK-PVT-MIB: what the printer is. */
const INFO = '1.3.6.1.4.1.641.2.1.2.1'
/** LEXMARK-MPS-MIB, which newer models have instead. */
const MPS = '1.3.6.1.4.1.641.6'
const PAGES = '1.3.6.1.4.1.641.2.1.5'
/** paperGeneralCountTable: types and values. */
const BY_TYPE = { labels: `${MPS}.4.2.1.1.2`, values: `${MPS}.4.2.1.1.4` }

export const LEXMARK: Profile = {
  name: 'lexmark',
  manufacturer: 'Lexmark',
  sys_object_ids: ['1.3.6.1.4.1.641'],
  // 641.1.71107118 is a CS310dn (centreon-plugins #794)
  printer_products: ['1.3.6.1.4.1.641.1', '1.3.6.1.4.1.641.2'],
  // the IEEE 1284 device id: CUPS (backend/snmp-supplies)
  presence: [`${INFO}.3.1`],
  // GLPI agent (Lexmark.pm); hrDeviceDescr has serial number and versions behind the model
  // then sysDescr, which has no serial number: nine texts in FusionInventory's list
  before_standard: {
    model: [
      { oid: `${MPS}.2.3.1.4.1` },
      { oid: `${INFO}.2.1` },
      { oid: SYS_DESCR, before: ' version ' },
      { oid: SYS_DESCR, before: ' Version ' },
    ],
  },
  after_standard: {
    // GLPI agent; the second also in Sun's network-printer-probe and in FusionInventory's models
    serial: [{ oid: `${MPS}.2.3.1.5.1` }, { oid: `${INFO}.6.1` }],
    // the last is "Lexmark CS310dn version NH63.VY.N638 kernel 3.0.0 All-N-1" (centreon-plugins #794)
    firmware: [
      { oid: `${MPS}.3.3.1.7.1.1` },
      { oid: `${INFO}.4.1` },
      { oid: SYS_DESCR, after: ' version ', before: ' kernel ' },
      { oid: SYS_DESCR, after: ' Version ', before: ' ' },
    ],
    // named inventory or asset number in two fleet tools
    asset_number: [{ oid: `${INFO}.7.1` }],
    ieee1284_id: [{ oid: `${INFO}.3.1` }],
  },
  counters: [
    // total, mono and colour: named so in several meter readers that do not share code
    { name: 'page_count', oid: `${PAGES}.1.0` },
    { name: 'mono_pages', oid: `${PAGES}.2.0` },
    { name: 'color_pages', oid: `${PAGES}.3.0` },
    // LEXMARK-MPS-MIB: totalMonoSafe, totalColorSafe, printTotal, copyTotal, faxTotal. A type that is there twice, in
    // sides and in sheets, is left out.
    { name: 'mono_pages', ...BY_TYPE, label: [3] },
    { name: 'color_pages', ...BY_TYPE, label: [4] },
    { name: 'print_pages', ...BY_TYPE, label: [16] },
    { name: 'copy_pages', ...BY_TYPE, label: [32] },
    { name: 'fax_pages', ...BY_TYPE, label: [48] },
  ],
}
