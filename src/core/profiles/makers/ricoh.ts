import type { Profile } from '../profile.ts'

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
}
