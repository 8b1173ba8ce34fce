import { describe, expect, it } from 'vitest'
import { HOST_RESOURCES_MIB, HR_DEVICE_PRINTER, IF_MIB, SNMPV2_MIB } from '../../src/core/mib/host-resources.ts'
import { PORT_MONITOR_MIB } from '../../src/core/mib/port-monitor.ts'
import { PRINTER_MIB, PRINTER_MIB_ENTRIES } from '../../src/core/mib/printer-mib.ts'

describe('object identifiers as in the RFCs', () => {
  it.each([
    [PRINTER_MIB.prtGeneralConfigChanges, '1.3.6.1.2.1.43.5.1.1.1'],
    [PRINTER_MIB.prtGeneralCurrentLocalization, '1.3.6.1.2.1.43.5.1.1.2'],
    [PRINTER_MIB.prtGeneralSerialNumber, '1.3.6.1.2.1.43.5.1.1.17'],
    [PRINTER_MIB.prtLocalizationCharacterSet, '1.3.6.1.2.1.43.7.1.1.4'],
    [PRINTER_MIB.prtInputCurrentLevel, '1.3.6.1.2.1.43.8.2.1.10'],
    [PRINTER_MIB.prtMarkerLifeCount, '1.3.6.1.2.1.43.10.2.1.4'],
    [PRINTER_MIB.prtMarkerSuppliesLevel, '1.3.6.1.2.1.43.11.1.1.9'],
    [PRINTER_MIB.prtMarkerColorantValue, '1.3.6.1.2.1.43.12.1.1.4'],
    [PRINTER_MIB.prtConsoleDisplayBufferText, '1.3.6.1.2.1.43.16.5.1.2'],
    [PRINTER_MIB.prtAlertCode, '1.3.6.1.2.1.43.18.1.1.7'],
    [HOST_RESOURCES_MIB.hrPrinterDetectedErrorState, '1.3.6.1.2.1.25.3.5.1.2'],
    [HR_DEVICE_PRINTER, '1.3.6.1.2.1.25.3.1.5'],
    [IF_MIB.ifPhysAddress, '1.3.6.1.2.1.2.2.1.6'],
    [SNMPV2_MIB.sysUpTime, '1.3.6.1.2.1.1.3'],
    [PORT_MONITOR_MIB.ppmPrinterIEEE1284DeviceId, '1.3.6.1.4.1.2699.1.2.1.2.1.1.3'],
    [PORT_MONITOR_MIB.ppmPortServiceNameOrURI, '1.3.6.1.4.1.2699.1.2.1.3.1.1.4'],
  ])('%s', (oid, expected) => {
    expect(oid).toBe(expected)
  })

  it('has every column in one of the tables, and none twice', () => {
    const columns = Object.values(PRINTER_MIB)
    expect(new Set(columns).size).toBe(columns.length)
    const entries: readonly string[] = Object.values(PRINTER_MIB_ENTRIES)
    for (const column of columns) expect(entries).toContain(column.slice(0, column.lastIndexOf('.')))
  })
})
