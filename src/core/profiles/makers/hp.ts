import type { Profile } from '../profile.ts'

/** system.id of the LaserJet MIB: what the device is. */
const ID = '1.3.6.1.4.1.11.2.3.9.4.2.1.1.3'
/** status-prt-eng of the LaserJet MIB: what the print engine counts. */
const ENGINE = '1.3.6.1.4.1.11.2.3.9.4.2.1.4.1.2'

/** HP: LaserJet, PageWide, OfficeJet, DesignJet, and JetDirect boxes, which answer for printers of other makers too. */
export const HP: Profile = {
  name: 'hp',
  manufacturer: 'HP',
  // GLPI agent (HPNetPeripheral.pm): net-peripheral, office printers, LaserJet Pro MFP
  sys_object_ids: ['1.3.6.1.4.1.11', '1.3.6.1.4.1.29999', '1.3.6.1.4.1.26696'],
  printer_products: ['1.3.6.1.4.1.11.2.3.9.1', '1.3.6.1.4.1.29999', '1.3.6.1.4.1.26696.1'],
  // the IEEE 1284 device id: CUPS (backend/snmp-supplies), GLPI agent
  presence: ['1.3.6.1.4.1.11.2.3.9.1.1.7.0'],
  // GLPI agent; behind the standard, for a JetDirect box speaks for itself here
  after_standard: {
    model: [{ oid: `${ID}.2.0` }],
    serial: [{ oid: `${ID}.3.0` }],
    firmware: [{ oid: `${ID}.6.0` }],
    ieee1284_id: [{ oid: '1.3.6.1.4.1.11.2.3.9.1.1.7.0' }],
  },
  counters: [
    // totals of the engine: GLPI agent
    { name: 'page_count', oid: `${ENGINE}.5.0` },
    { name: 'color_pages', oid: `${ENGINE}.7.0` },
    { name: 'duplex_pages', oid: `${ENGINE}.22.0` },
    // total-mono-page-count: HP's own test framework (DeviceUsageCollector.cs) and a meter reader for the M4345
    { name: 'mono_pages', oid: `${ENGINE}.6.0` },
  ],
}
