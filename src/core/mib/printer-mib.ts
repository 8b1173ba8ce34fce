/**
 * Object identifiers of the Printer-MIB (RFC 3805), without the instance. Every table is indexed by hrDeviceIndex first
 * and, but for prtGeneralTable, by an index of its own behind it. Left out is what only a driver or a configuration tool
 * asks: margins, resolutions, sheet dimensions of bins and paths, and the objects that are written to.
 */
export const PRINTER_MIB = {
  // prtGeneralTable, indexed by hrDeviceIndex
  prtGeneralConfigChanges: '1.3.6.1.2.1.43.5.1.1.1',
  prtGeneralCurrentLocalization: '1.3.6.1.2.1.43.5.1.1.2',
  prtGeneralCurrentOperator: '1.3.6.1.2.1.43.5.1.1.4',
  prtGeneralServicePerson: '1.3.6.1.2.1.43.5.1.1.5',
  prtInputDefaultIndex: '1.3.6.1.2.1.43.5.1.1.6',
  prtOutputDefaultIndex: '1.3.6.1.2.1.43.5.1.1.7',
  prtMarkerDefaultIndex: '1.3.6.1.2.1.43.5.1.1.8',
  prtMediaPathDefaultIndex: '1.3.6.1.2.1.43.5.1.1.9',
  prtConsoleLocalization: '1.3.6.1.2.1.43.5.1.1.10',
  prtConsoleNumberOfDisplayLines: '1.3.6.1.2.1.43.5.1.1.11',
  prtConsoleNumberOfDisplayChars: '1.3.6.1.2.1.43.5.1.1.12',
  prtGeneralPrinterName: '1.3.6.1.2.1.43.5.1.1.16',
  prtGeneralSerialNumber: '1.3.6.1.2.1.43.5.1.1.17',
  prtAlertCriticalEvents: '1.3.6.1.2.1.43.5.1.1.18',
  prtAlertAllEvents: '1.3.6.1.2.1.43.5.1.1.19',

  // prtCoverTable
  prtCoverDescription: '1.3.6.1.2.1.43.6.1.1.2',
  prtCoverStatus: '1.3.6.1.2.1.43.6.1.1.3',

  // prtLocalizationTable
  prtLocalizationLanguage: '1.3.6.1.2.1.43.7.1.1.2',
  prtLocalizationCountry: '1.3.6.1.2.1.43.7.1.1.3',
  prtLocalizationCharacterSet: '1.3.6.1.2.1.43.7.1.1.4',

  // prtInputTable
  prtInputType: '1.3.6.1.2.1.43.8.2.1.2',
  prtInputDimUnit: '1.3.6.1.2.1.43.8.2.1.3',
  prtInputMediaDimFeedDirDeclared: '1.3.6.1.2.1.43.8.2.1.4',
  prtInputMediaDimXFeedDirDeclared: '1.3.6.1.2.1.43.8.2.1.5',
  prtInputMediaDimFeedDirChosen: '1.3.6.1.2.1.43.8.2.1.6',
  prtInputMediaDimXFeedDirChosen: '1.3.6.1.2.1.43.8.2.1.7',
  prtInputCapacityUnit: '1.3.6.1.2.1.43.8.2.1.8',
  prtInputMaxCapacity: '1.3.6.1.2.1.43.8.2.1.9',
  prtInputCurrentLevel: '1.3.6.1.2.1.43.8.2.1.10',
  prtInputStatus: '1.3.6.1.2.1.43.8.2.1.11',
  prtInputMediaName: '1.3.6.1.2.1.43.8.2.1.12',
  prtInputName: '1.3.6.1.2.1.43.8.2.1.13',
  prtInputVendorName: '1.3.6.1.2.1.43.8.2.1.14',
  prtInputModel: '1.3.6.1.2.1.43.8.2.1.15',
  prtInputVersion: '1.3.6.1.2.1.43.8.2.1.16',
  prtInputSerialNumber: '1.3.6.1.2.1.43.8.2.1.17',
  prtInputDescription: '1.3.6.1.2.1.43.8.2.1.18',
  prtInputMediaWeight: '1.3.6.1.2.1.43.8.2.1.20',
  prtInputMediaType: '1.3.6.1.2.1.43.8.2.1.21',
  prtInputMediaColor: '1.3.6.1.2.1.43.8.2.1.22',
  prtInputMediaFormParts: '1.3.6.1.2.1.43.8.2.1.23',

  // prtOutputTable
  prtOutputType: '1.3.6.1.2.1.43.9.2.1.2',
  prtOutputCapacityUnit: '1.3.6.1.2.1.43.9.2.1.3',
  prtOutputMaxCapacity: '1.3.6.1.2.1.43.9.2.1.4',
  prtOutputRemainingCapacity: '1.3.6.1.2.1.43.9.2.1.5',
  prtOutputStatus: '1.3.6.1.2.1.43.9.2.1.6',
  prtOutputName: '1.3.6.1.2.1.43.9.2.1.7',
  prtOutputVendorName: '1.3.6.1.2.1.43.9.2.1.8',
  prtOutputModel: '1.3.6.1.2.1.43.9.2.1.9',
  prtOutputVersion: '1.3.6.1.2.1.43.9.2.1.10',
  prtOutputSerialNumber: '1.3.6.1.2.1.43.9.2.1.11',
  prtOutputDescription: '1.3.6.1.2.1.43.9.2.1.12',
  prtOutputStackingOrder: '1.3.6.1.2.1.43.9.2.1.19',
  prtOutputPageDeliveryOrientation: '1.3.6.1.2.1.43.9.2.1.20',

  // prtMarkerTable
  prtMarkerMarkTech: '1.3.6.1.2.1.43.10.2.1.2',
  prtMarkerCounterUnit: '1.3.6.1.2.1.43.10.2.1.3',
  prtMarkerLifeCount: '1.3.6.1.2.1.43.10.2.1.4',
  prtMarkerPowerOnCount: '1.3.6.1.2.1.43.10.2.1.5',
  prtMarkerProcessColorants: '1.3.6.1.2.1.43.10.2.1.6',
  prtMarkerSpotColorants: '1.3.6.1.2.1.43.10.2.1.7',
  prtMarkerStatus: '1.3.6.1.2.1.43.10.2.1.15',

  // prtMarkerSuppliesTable
  prtMarkerSuppliesMarkerIndex: '1.3.6.1.2.1.43.11.1.1.2',
  prtMarkerSuppliesColorantIndex: '1.3.6.1.2.1.43.11.1.1.3',
  prtMarkerSuppliesClass: '1.3.6.1.2.1.43.11.1.1.4',
  prtMarkerSuppliesType: '1.3.6.1.2.1.43.11.1.1.5',
  prtMarkerSuppliesDescription: '1.3.6.1.2.1.43.11.1.1.6',
  prtMarkerSuppliesSupplyUnit: '1.3.6.1.2.1.43.11.1.1.7',
  prtMarkerSuppliesMaxCapacity: '1.3.6.1.2.1.43.11.1.1.8',
  prtMarkerSuppliesLevel: '1.3.6.1.2.1.43.11.1.1.9',

  // prtMarkerColorantTable
  prtMarkerColorantMarkerIndex: '1.3.6.1.2.1.43.12.1.1.2',
  prtMarkerColorantRole: '1.3.6.1.2.1.43.12.1.1.3',
  prtMarkerColorantValue: '1.3.6.1.2.1.43.12.1.1.4',
  prtMarkerColorantTonality: '1.3.6.1.2.1.43.12.1.1.5',

  // prtMediaPathTable
  prtMediaPathMaxSpeedPrintUnit: '1.3.6.1.2.1.43.13.4.1.2',
  prtMediaPathMaxSpeed: '1.3.6.1.2.1.43.13.4.1.4',
  prtMediaPathType: '1.3.6.1.2.1.43.13.4.1.9',
  prtMediaPathDescription: '1.3.6.1.2.1.43.13.4.1.10',
  prtMediaPathStatus: '1.3.6.1.2.1.43.13.4.1.11',

  // prtChannelTable
  prtChannelType: '1.3.6.1.2.1.43.14.1.1.2',
  prtChannelProtocolVersion: '1.3.6.1.2.1.43.14.1.1.3',
  prtChannelCurrentJobCntlLangIndex: '1.3.6.1.2.1.43.14.1.1.4',
  prtChannelDefaultPageDescLangIndex: '1.3.6.1.2.1.43.14.1.1.5',
  prtChannelState: '1.3.6.1.2.1.43.14.1.1.6',
  prtChannelIfIndex: '1.3.6.1.2.1.43.14.1.1.7',
  prtChannelStatus: '1.3.6.1.2.1.43.14.1.1.8',
  prtChannelInformation: '1.3.6.1.2.1.43.14.1.1.9',

  // prtInterpreterTable
  prtInterpreterLangFamily: '1.3.6.1.2.1.43.15.1.1.2',
  prtInterpreterLangLevel: '1.3.6.1.2.1.43.15.1.1.3',
  prtInterpreterLangVersion: '1.3.6.1.2.1.43.15.1.1.4',
  prtInterpreterDescription: '1.3.6.1.2.1.43.15.1.1.5',
  prtInterpreterVersion: '1.3.6.1.2.1.43.15.1.1.6',

  // prtConsoleDisplayBufferTable
  prtConsoleDisplayBufferText: '1.3.6.1.2.1.43.16.5.1.2',

  // prtConsoleLightTable
  prtConsoleOnTime: '1.3.6.1.2.1.43.17.6.1.2',
  prtConsoleOffTime: '1.3.6.1.2.1.43.17.6.1.3',
  prtConsoleColor: '1.3.6.1.2.1.43.17.6.1.4',
  prtConsoleDescription: '1.3.6.1.2.1.43.17.6.1.5',

  // prtAlertTable
  prtAlertIndex: '1.3.6.1.2.1.43.18.1.1.1',
  prtAlertSeverityLevel: '1.3.6.1.2.1.43.18.1.1.2',
  prtAlertTrainingLevel: '1.3.6.1.2.1.43.18.1.1.3',
  prtAlertGroup: '1.3.6.1.2.1.43.18.1.1.4',
  prtAlertGroupIndex: '1.3.6.1.2.1.43.18.1.1.5',
  prtAlertLocation: '1.3.6.1.2.1.43.18.1.1.6',
  prtAlertCode: '1.3.6.1.2.1.43.18.1.1.7',
  prtAlertDescription: '1.3.6.1.2.1.43.18.1.1.8',
  prtAlertTime: '1.3.6.1.2.1.43.18.1.1.9',
} as const

/** The rows of each table: what to walk to get all of its columns. */
export const PRINTER_MIB_ENTRIES = {
  prtGeneralEntry: '1.3.6.1.2.1.43.5.1.1',
  prtCoverEntry: '1.3.6.1.2.1.43.6.1.1',
  prtLocalizationEntry: '1.3.6.1.2.1.43.7.1.1',
  prtInputEntry: '1.3.6.1.2.1.43.8.2.1',
  prtOutputEntry: '1.3.6.1.2.1.43.9.2.1',
  prtMarkerEntry: '1.3.6.1.2.1.43.10.2.1',
  prtMarkerSuppliesEntry: '1.3.6.1.2.1.43.11.1.1',
  prtMarkerColorantEntry: '1.3.6.1.2.1.43.12.1.1',
  prtMediaPathEntry: '1.3.6.1.2.1.43.13.4.1',
  prtChannelEntry: '1.3.6.1.2.1.43.14.1.1',
  prtInterpreterEntry: '1.3.6.1.2.1.43.15.1.1',
  prtConsoleDisplayBufferEntry: '1.3.6.1.2.1.43.16.5.1',
  prtConsoleLightEntry: '1.3.6.1.2.1.43.17.6.1',
  prtAlertEntry: '1.3.6.1.2.1.43.18.1.1',
} as const

/** The notification a printer sends when a critical alert is added to prtAlertTable (RFC 3805 section 6). */
export const PRINTER_V2_ALERT = '1.3.6.1.2.1.43.18.2.0.1'
