import { HOST_RESOURCES_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { PORT_MONITOR_MIB } from '../mib/port-monitor.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import type { IdentityField, Source } from './profile.ts'

/** Where the standards keep what a device is. */
export const STANDARD_SOURCES: Record<IdentityField, Source[]> = {
  model: [{ oid: `${HOST_RESOURCES_MIB.hrDeviceDescr}.{d}` }, { ieee1284: 'model' }],
  serial: [{ oid: `${PRINTER_MIB.prtGeneralSerialNumber}.{d}` }, { ieee1284: 'serial' }],
  firmware: [],
  asset_number: [],
  ieee1284_id: [{ oid: `${PORT_MONITOR_MIB.ppmPrinterIEEE1284DeviceId}.{d}` }],
}

/** Behind the maker's own: sysDescr often names the network card, and some devices keep their device id in it. */
export const LAST_SOURCES: Record<IdentityField, Source[]> = {
  model: [{ oid: `${SNMPV2_MIB.sysDescr}.0` }],
  serial: [],
  firmware: [],
  asset_number: [],
  ieee1284_id: [{ oid: `${SNMPV2_MIB.sysDescr}.0` }],
}
