/**
 * Object identifiers of the Printer Port Monitor MIB (PWG 5107.1), without the instance: `.0` for the general scalars,
 * ppmPrinterIndex for the printers, ppmPrinterIndex and ppmPortIndex for the ports. ppmPrinterSnmpCommunityName is left
 * out: nobody should ask a device for its credentials.
 */
export const PORT_MONITOR_MIB = {
  ppmGeneralNaturalLanguage: '1.3.6.1.4.1.2699.1.2.1.1.1',
  ppmGeneralNumberOfPrinters: '1.3.6.1.4.1.2699.1.2.1.1.2',
  ppmGeneralNumberOfPorts: '1.3.6.1.4.1.2699.1.2.1.1.3',

  // ppmPrinterTable
  ppmPrinterName: '1.3.6.1.4.1.2699.1.2.1.2.1.1.2',
  ppmPrinterIEEE1284DeviceId: '1.3.6.1.4.1.2699.1.2.1.2.1.1.3',
  ppmPrinterNumberOfPorts: '1.3.6.1.4.1.2699.1.2.1.2.1.1.4',
  ppmPrinterPreferredPortIndex: '1.3.6.1.4.1.2699.1.2.1.2.1.1.5',
  ppmPrinterHrDeviceIndex: '1.3.6.1.4.1.2699.1.2.1.2.1.1.6',

  // ppmPortTable
  ppmPortEnabled: '1.3.6.1.4.1.2699.1.2.1.3.1.1.2',
  ppmPortName: '1.3.6.1.4.1.2699.1.2.1.3.1.1.3',
  ppmPortServiceNameOrURI: '1.3.6.1.4.1.2699.1.2.1.3.1.1.4',
  ppmPortProtocolType: '1.3.6.1.4.1.2699.1.2.1.3.1.1.5',
  ppmPortProtocolTargetPort: '1.3.6.1.4.1.2699.1.2.1.3.1.1.6',
  ppmPortPrtChannelIndex: '1.3.6.1.4.1.2699.1.2.1.3.1.1.8',
} as const
