/**
 * Object identifiers that do not belong to printers alone: the system group (SNMPv2-MIB, RFC 3418), the interfaces
 * table (IF-MIB, RFC 2863) and the Host-Resources-MIB (RFC 2790). Columns and scalars are given without the instance;
 * that of a scalar is `.0`.
 */
export const SNMPV2_MIB = {
  sysDescr: '1.3.6.1.2.1.1.1',
  sysObjectID: '1.3.6.1.2.1.1.2',
  sysUpTime: '1.3.6.1.2.1.1.3',
  sysContact: '1.3.6.1.2.1.1.4',
  sysName: '1.3.6.1.2.1.1.5',
  sysLocation: '1.3.6.1.2.1.1.6',
} as const

/** Columns of ifTable, indexed by ifIndex, which need not start at 1. */
export const IF_MIB = {
  ifIndex: '1.3.6.1.2.1.2.2.1.1',
  ifDescr: '1.3.6.1.2.1.2.2.1.2',
  ifType: '1.3.6.1.2.1.2.2.1.3',
  ifPhysAddress: '1.3.6.1.2.1.2.2.1.6',
  ifOperStatus: '1.3.6.1.2.1.2.2.1.8',
} as const

export const HOST_RESOURCES_MIB = {
  hrSystemUptime: '1.3.6.1.2.1.25.1.1',
  hrSystemDate: '1.3.6.1.2.1.25.1.2',
  hrMemorySize: '1.3.6.1.2.1.25.2.2',

  // hrStorageTable
  hrStorageIndex: '1.3.6.1.2.1.25.2.3.1.1',
  hrStorageType: '1.3.6.1.2.1.25.2.3.1.2',
  hrStorageDescr: '1.3.6.1.2.1.25.2.3.1.3',
  hrStorageAllocationUnits: '1.3.6.1.2.1.25.2.3.1.4',
  hrStorageSize: '1.3.6.1.2.1.25.2.3.1.5',
  hrStorageUsed: '1.3.6.1.2.1.25.2.3.1.6',

  // hrDeviceTable
  hrDeviceIndex: '1.3.6.1.2.1.25.3.2.1.1',
  hrDeviceType: '1.3.6.1.2.1.25.3.2.1.2',
  hrDeviceDescr: '1.3.6.1.2.1.25.3.2.1.3',
  hrDeviceID: '1.3.6.1.2.1.25.3.2.1.4',
  hrDeviceStatus: '1.3.6.1.2.1.25.3.2.1.5',
  hrDeviceErrors: '1.3.6.1.2.1.25.3.2.1.6',

  // hrPrinterTable, indexed by hrDeviceIndex
  hrPrinterStatus: '1.3.6.1.2.1.25.3.5.1.1',
  hrPrinterDetectedErrorState: '1.3.6.1.2.1.25.3.5.1.2',
} as const

/** The value of hrDeviceType for a printer: an object identifier, not a number. */
export const HR_DEVICE_PRINTER = '1.3.6.1.2.1.25.3.1.5'
