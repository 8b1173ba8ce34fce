import type { Profile } from '../profile.ts'

/** ricohEngCounter: totals, and a table of types (.2), English names (.5) and values (.9). */
const COUNTER = '1.3.6.1.4.1.367.3.2.1.2.19'
const BY_TYPE = { labels: `${COUNTER}.5.1.2`, values: `${COUNTER}.5.1.9` }
const BY_NAME = { labels: `${COUNTER}.5.1.5`, values: `${COUNTER}.5.1.9` }

/** Ricoh, and the same machines with the badges Lanier, Savin, NRG, Gestetner, Nashuatec, Rex Rotary and Infotec. */
export const RICOH: Profile = {
  name: 'ricoh',
  manufacturer: 'Ricoh',
  // ricohAgentsID: GLPI agent (Ricoh.pm), and every sysObjectID that LibreNMS has of Ricoh, Lanier, NRG and Savin
  sys_object_ids: ['1.3.6.1.4.1.367'],
  printer_products: ['1.3.6.1.4.1.367.1.1'],
  // the IEEE 1284 device id: CUPS (backend/snmp-supplies)
  presence: ['1.3.6.1.4.1.367.3.2.1.1.1.11.0'],
  // ricohSysName, LibreNMS (ricoh): the model without the version that sysDescr has behind it
  before_standard: { model: [{ oid: '1.3.6.1.4.1.367.3.2.1.1.1.1.0' }] },
  after_standard: {
    // ricohEngSerialNumber: LibreNMS (ricoh), Sun's network-printer-probe, FusionInventory's models
    serial: [{ oid: '1.3.6.1.4.1.367.3.2.1.2.1.4.0' }],
    // ricohSysVers, "version (string) of the controller system software": LibreNMS (ricoh), Greenbone's feed
    firmware: [{ oid: '1.3.6.1.4.1.367.3.2.1.1.1.2.0' }],
    ieee1284_id: [{ oid: '1.3.6.1.4.1.367.3.2.1.1.1.11.0' }],
  },
  workarounds: [
    {
      kind: 'level_means_empty',
      level: -100,
      reason: 'the standard table says -3 for anything from 1 to 100 %, and -100 for empty (librenms/librenms #4177)',
      shown_by: ['ricoh-toner-table'],
    },
  ],
  // LibreNMS (PrinterSupplies): names and per cent; its rows are not numbered like those of the standard table
  supply_levels: [
    {
      kinds: ['toner'],
      names: '1.3.6.1.4.1.367.3.2.1.2.24.1.1.3',
      levels: '1.3.6.1.4.1.367.3.2.1.2.24.1.1.5',
      empty: -100,
    },
  ],
  counters: [
    // ricohEngCounterTotal: its description, several meter readers. The table has the total twice.
    { name: 'page_count', oid: `${COUNTER}.1.0` },
    // by name: Checkmk, and a list of all types and names
    { name: 'mono_pages', ...BY_NAME, label: ['Total Prints: Black & White'] },
    { name: 'color_pages', ...BY_NAME, label: ['Total Prints: Color'] },
    // GLPI agent (Ricoh.pm), a meter reader written after Ricoh's specification
    { name: 'print_pages', ...BY_TYPE, label: [400] },
    { name: 'copy_pages', ...BY_TYPE, label: [200] },
    { name: 'fax_pages', ...BY_TYPE, label: [300] },
    // "Transmission: Color Scan" and "Transmission: B&W Scan": that meter reader, the list of all types. 870 is all that
    // was sent, faxes with it, and 871 its black part.
    { name: 'scan_count', ...BY_TYPE, label: [873, 874] },
    // that list and one more program; by name, because it knows two types of this name
    { name: 'duplex_pages', ...BY_NAME, label: ['No. of Printed Sides in Duplex'] },
  ],
}
