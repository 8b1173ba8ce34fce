/**
 * Where recordings show whose printer it is. Objects of vendors stand here only where a published MIB or a recording
 * says what they hold.
 */

/** Tables that name people, documents, other machines or secrets, and that nothing about a printer is read from. */
export const DROPPED: readonly string[] = [
  '1.3.6.1.4.1.2699.1.1', // PWG job monitoring MIB: users, documents
  '1.3.6.1.4.1.11.2.3.9.4.2.1.1.6.5', // HP: job information
  '1.3.6.1.4.1.77.1.2.20', // LAN Manager: sessions
  '1.3.6.1.4.1.77.1.2.25', // LAN Manager: users
  '1.3.6.1.4.1.77.1.2.27', // LAN Manager: shares
  '1.3.6.1.2.1.3', // address translation
  '1.3.6.1.2.1.4.21', // routes
  '1.3.6.1.2.1.4.22', // ARP
  '1.3.6.1.2.1.4.24', // routes
  '1.3.6.1.2.1.4.32', // address prefixes
  '1.3.6.1.2.1.4.34', // addresses of both IP versions, in the index
  '1.3.6.1.2.1.4.35', // neighbours
  '1.3.6.1.2.1.4.37', // default routers
  '1.3.6.1.2.1.6.13', // TCP connections
  '1.3.6.1.2.1.6.19',
  '1.3.6.1.2.1.6.20',
  '1.3.6.1.2.1.7.5', // UDP listeners
  '1.3.6.1.2.1.7.7',
  '1.3.6.1.2.1.8', // EGP neighbours
  '1.3.6.1.2.1.16', // RMON: hosts seen
  '1.3.6.1.2.1.17.4.3', // bridges: MAC addresses seen
  '1.3.6.1.2.1.17.7.1.2',
  '1.3.6.1.2.1.25.3.8.1.3', // remote mount points
  '1.3.6.1.2.1.25.4.2.1.4', // paths and parameters of processes
  '1.3.6.1.2.1.25.4.2.1.5',
  '1.3.6.1.2.1.25.6', // installed software
  '1.3.6.1.2.1.55', // IPv6
  '1.3.6.1.4.1.9.9.23', // Cisco discovery: neighbours
  '1.0.8802', // LLDP: neighbours
  '1.3.6.1.6.3', // communities, users and targets of the SNMP agent itself
]

/** Serial numbers, beside what stands behind SN: in a text. */
export const SERIALS: readonly string[] = [
  '1.3.6.1.2.1.43.5.1.1.17', // prtGeneralSerialNumber
  '1.3.6.1.2.1.47.1.1.1.1.11', // entPhysicalSerialNum
  '1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.3', // HP
  '1.3.6.1.4.1.253.8.53.3.2.1.3.1', // Xerox
  '1.3.6.1.4.1.236.11.5.1.1.1.4', // Samsung
  '1.3.6.1.4.1.367.3.2.1.2.1.4', // Ricoh
  '1.3.6.1.4.1.641.2.1.2.1.6', // Lexmark
  '1.3.6.1.4.1.1129.1.2.1.1.1.1.1', // Toshiba
  '1.3.6.1.4.1.1248.1.2.2.1.1.1.5', // Epson
  '1.3.6.1.4.1.1347.43.5.1.1.28', // Kyocera
  '1.3.6.1.4.1.1602.1.2.1.4', // Canon
  '1.3.6.1.4.1.1602.1.2.1.8.1.3.1.1',
  '1.3.6.1.4.1.2001.1.1.1.1.11.1.10.45', // OKI
  '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1', // Brother
  '1.3.6.1.4.1.40093.1.1.1.5', // Pantum
]

/** Names of people, places and hosts. */
export const NAMES: readonly string[] = [
  '1.3.6.1.2.1.1.4', // sysContact
  '1.3.6.1.2.1.1.5', // sysName
  '1.3.6.1.2.1.1.6', // sysLocation
  '1.3.6.1.2.1.31.1.1.1.18', // ifAlias
  '1.3.6.1.2.1.43.5.1.1.4', // prtGeneralCurrentOperator
  '1.3.6.1.2.1.43.5.1.1.5', // prtGeneralServicePerson
  '1.3.6.1.2.1.43.5.1.1.16', // prtGeneralPrinterName
  '1.3.6.1.2.1.47.1.1.1.1.14', // entPhysicalAlias
  '1.3.6.1.2.1.47.1.1.1.1.15', // entPhysicalAssetID
  '1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.12', // HP: asset number or location
  '1.3.6.1.4.1.1347.40.10.1.1.5', // Kyocera: host name
]

/** Names of people, often with an address or a number behind them. */
export const PEOPLE: readonly string[] = [
  '1.3.6.1.2.1.1.4', // sysContact
  '1.3.6.1.2.1.43.5.1.1.4', // prtGeneralCurrentOperator
  '1.3.6.1.2.1.43.5.1.1.5', // prtGeneralServicePerson
]

/** MAC addresses of the device itself. */
export const MACS: readonly string[] = ['1.3.6.1.2.1.2.2.1.6', '1.3.6.1.2.1.17.1.1']

/** ipAdEntTable: the address is the index (RFC 4293). */
export const ADDRESS_TABLE = '1.3.6.1.2.1.4.20.1'

/** What the device is: sysDescr, hrDeviceDescr, the IEEE-1284 id. */
export const MODEL_TEXTS: readonly string[] = [
  '1.3.6.1.2.1.1.1',
  '1.3.6.1.2.1.25.3.2.1.3',
  '1.3.6.1.4.1.2699.1.2.1.2.1.1.3',
]

/** Printers often come with their model as sysName and printer name; then it is not the owner's. */
export const MODEL_NAMED: readonly string[] = ['1.3.6.1.2.1.1.5', '1.3.6.1.2.1.43.5.1.1.16']
