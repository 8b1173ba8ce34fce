/**
 * Enumerations of the IANA-PRINTER-MIB (revision of 2016-09-14) and of the textual conventions in RFC 3805, by the names
 * they were registered with, slips of spelling included. Alert codes are in `alert-code.ts`.
 */
export type EnumTable = Readonly<Record<number, string>>

/**
 * The registered name of `value`, or the number in decimal where the table has none: registries grow and agents invent
 * values, and neither is a reason to drop an answer.
 */
export function enumName(table: EnumTable, value: number): string {
  return Object.hasOwn(table, value) ? (table[value] as string) : String(value)
}

/** PrtAlertGroupTC: mostly the sub-identifier of the table that prtAlertGroupIndex points into. */
export const PRT_ALERT_GROUP = {
  1: 'other',
  2: 'unknown',
  3: 'hostResourcesMIBStorageTable',
  4: 'hostResourcesMIBDeviceTable',
  5: 'generalPrinter',
  6: 'cover',
  7: 'localization',
  8: 'input',
  9: 'output',
  10: 'marker',
  11: 'markerSupplies',
  12: 'markerColorant',
  13: 'mediaPath',
  14: 'channel',
  15: 'interpreter',
  16: 'consoleDisplayBuffer',
  17: 'consoleLights',
  18: 'alert',
  30: 'finDevice',
  31: 'finSupply',
  32: 'finSupplyMediaInput',
  33: 'finAttribute',
} as const satisfies EnumTable

/** PrtAlertSeverityLevelTC (RFC 3805). */
export const PRT_ALERT_SEVERITY_LEVEL = {
  1: 'other',
  3: 'critical',
  4: 'warning',
  5: 'warningBinaryChangeEvent',
} as const satisfies EnumTable

/** PrtAlertTrainingLevelTC: who can put it right. */
export const PRT_ALERT_TRAINING_LEVEL = {
  1: 'other',
  2: 'unknown',
  3: 'untrained',
  4: 'trained',
  5: 'fieldService',
  6: 'management',
  7: 'noInterventionRequired',
} as const satisfies EnumTable

/** PrtMarkerSuppliesTypeTC. */
export const PRT_MARKER_SUPPLIES_TYPE = {
  1: 'other',
  2: 'unknown',
  3: 'toner',
  4: 'wasteToner',
  5: 'ink',
  6: 'inkCartridge',
  7: 'inkRibbon',
  8: 'wasteInk',
  9: 'opc',
  10: 'developer',
  11: 'fuserOil',
  12: 'solidWax',
  13: 'ribbonWax',
  14: 'wasteWax',
  15: 'fuser',
  16: 'coronaWire',
  17: 'fuserOilWick',
  18: 'cleanerUnit',
  19: 'fuserCleaningPad',
  20: 'transferUnit',
  21: 'tonerCartridge',
  22: 'fuserOiler',
  23: 'water',
  24: 'wasteWater',
  25: 'glueWaterAdditive',
  26: 'wastePaper',
  27: 'bindingSupply',
  28: 'bandingSupply',
  29: 'stitchingWire',
  30: 'shrinkWrap',
  31: 'paperWrap',
  32: 'staples',
  33: 'inserts',
  34: 'covers',
  35: 'matteToner',
  36: 'matteInk',
} as const satisfies EnumTable

/** PrtMarkerSuppliesClassTC (RFC 3805). */
export const PRT_MARKER_SUPPLIES_CLASS = {
  1: 'other',
  3: 'supplyThatIsConsumed',
  4: 'receptacleThatIsFilled',
} as const satisfies EnumTable

/** PrtMarkerColorantRoleTC (RFC 3805). */
export const PRT_MARKER_COLORANT_ROLE = {
  1: 'other',
  3: 'process',
  4: 'spot',
} as const satisfies EnumTable

/** PrtMarkerMarkTechTC. */
export const PRT_MARKER_MARK_TECH = {
  1: 'other',
  2: 'unknown',
  3: 'electrophotographicLED',
  4: 'electrophotographicLaser',
  5: 'electrophotographicOther',
  6: 'impactMovingHeadDotMatrix9pin',
  7: 'impactMovingHeadDotMatrix24pin',
  8: 'impactMovingHeadDotMatrixOther',
  9: 'impactMovingHeadFullyFormed',
  10: 'impactBand',
  11: 'impactOther',
  12: 'inkjetAqueous',
  13: 'inkjetSolid',
  14: 'inkjetOther',
  15: 'pen',
  16: 'thermalTransfer',
  17: 'thermalSensitive',
  18: 'thermalDiffusion',
  19: 'thermalOther',
  20: 'electroerosion',
  21: 'electrostatic',
  22: 'photographicMicrofiche',
  23: 'photographicImagesetter',
  24: 'photographicOther',
  25: 'ionDeposition',
  26: 'eBeam',
  27: 'typesetter',
} as const satisfies EnumTable

/** PrtInputTypeTC. */
export const PRT_INPUT_TYPE = {
  1: 'other',
  2: 'unknown',
  3: 'sheetFeedAutoRemovableTray',
  4: 'sheetFeedAutoNonRemovableTray',
  5: 'sheetFeedManual',
  6: 'continuousRoll',
  7: 'continuousFanFold',
  8: 'sheetFeedPull',
} as const satisfies EnumTable

/** PrtOutputTypeTC. */
export const PRT_OUTPUT_TYPE = {
  1: 'other',
  2: 'unknown',
  3: 'removableBin',
  4: 'unRemovableBin',
  5: 'continuousRollDevice',
  6: 'mailBox',
  7: 'continuousFanFold',
} as const satisfies EnumTable

/** PrtCoverStatusTC. */
export const PRT_COVER_STATUS = {
  1: 'other',
  2: 'unknown',
  3: 'coverOpen',
  4: 'coverClosed',
  5: 'interlockOpen',
  6: 'interlockClosed',
} as const satisfies EnumTable

/** PrtConsoleColorTC. */
export const PRT_CONSOLE_COLOR = {
  1: 'other',
  2: 'unknown',
  3: 'white',
  4: 'red',
  5: 'green',
  6: 'blue',
  7: 'cyan',
  8: 'magenta',
  9: 'yellow',
  10: 'orange',
} as const satisfies EnumTable

/** PrtMediaUnitTC (RFC 3805): the unit of sheet dimensions. */
export const PRT_MEDIA_UNIT = {
  3: 'tenThousandthsOfInches',
  4: 'micrometers',
} as const satisfies EnumTable
