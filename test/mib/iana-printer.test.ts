import { describe, expect, it } from 'vitest'
import { PRT_ALERT_CODE } from '../../src/core/mib/alert-code.ts'
import { PRT_CHANNEL_TYPE } from '../../src/core/mib/channel-type.ts'
import {
  enumName,
  PRT_ALERT_GROUP,
  PRT_ALERT_SEVERITY_LEVEL,
  PRT_ALERT_TRAINING_LEVEL,
  PRT_CONSOLE_COLOR,
  PRT_COVER_STATUS,
  PRT_INPUT_TYPE,
  PRT_MARKER_MARK_TECH,
  PRT_MARKER_SUPPLIES_CLASS,
  PRT_MARKER_SUPPLIES_TYPE,
  PRT_OUTPUT_TYPE,
} from '../../src/core/mib/iana-printer.ts'
import { unitWord } from '../../src/core/mib/unit-word.ts'

describe('names as registered', () => {
  it.each([
    ['coverOpen', 3, PRT_ALERT_CODE],
    ['jam', 8, PRT_ALERT_CODE],
    ['subunitPowerSaver', 23, PRT_ALERT_CODE],
    ['subunitThermistorFailure', 38, PRT_ALERT_CODE],
    ['powerUp', 503, PRT_ALERT_CODE],
    ['printerReadyToPrint', 507, PRT_ALERT_CODE],
    ['inputMediaSupplyEmpty', 808, PRT_ALERT_CODE],
    ['outputMediaTrayFull', 903, PRT_ALERT_CODE],
    ['markerFuserUnderTemperature', 1001, PRT_ALERT_CODE],
    ['markerTonerEmpty', 1101, PRT_ALERT_CODE],
    ['markerInkAlmostEmpty', 1105, PRT_ALERT_CODE],
    ['markerWasteTonerReceptacleFull', 1109, PRT_ALERT_CODE],
    ['markerTonerCartridgeMissing', 1115, PRT_ALERT_CODE],
    ['alertRemovalOfBinaryChangeEntry', 1801, PRT_ALERT_CODE],
    ['staplerCoverOpen', 30203, PRT_ALERT_CODE],
    ['staplerJam', 30208, PRT_ALERT_CODE],
    ['puncherTurnedOff', 30821, PRT_ALERT_CODE],
    ['stackerAlmostEmpty', 31612, PRT_ALERT_CODE],
    ['inserterThermistorFailure', 31838, PRT_ALERT_CODE],
    ['generalPrinter', 5, PRT_ALERT_GROUP],
    ['markerSupplies', 11, PRT_ALERT_GROUP],
    ['finDevice', 30, PRT_ALERT_GROUP],
    ['critical', 3, PRT_ALERT_SEVERITY_LEVEL],
    ['warningBinaryChangeEvent', 5, PRT_ALERT_SEVERITY_LEVEL],
    ['noInterventionRequired', 7, PRT_ALERT_TRAINING_LEVEL],
    ['toner', 3, PRT_MARKER_SUPPLIES_TYPE],
    ['opc', 9, PRT_MARKER_SUPPLIES_TYPE],
    ['transferUnit', 20, PRT_MARKER_SUPPLIES_TYPE],
    ['staples', 32, PRT_MARKER_SUPPLIES_TYPE],
    ['matteInk', 36, PRT_MARKER_SUPPLIES_TYPE],
    ['receptacleThatIsFilled', 4, PRT_MARKER_SUPPLIES_CLASS],
    ['sheetFeedManual', 5, PRT_INPUT_TYPE],
    ['sheetFeedPull', 8, PRT_INPUT_TYPE],
    ['unRemovableBin', 4, PRT_OUTPUT_TYPE],
    ['interlockClosed', 6, PRT_COVER_STATUS],
    ['electrophotographicLaser', 4, PRT_MARKER_MARK_TECH],
    ['inkjetAqueous', 12, PRT_MARKER_MARK_TECH],
    ['orange', 10, PRT_CONSOLE_COLOR],
    ['chPort9100', 11, PRT_CHANNEL_TYPE],
    ['chWSPrint', 46, PRT_CHANNEL_TYPE],
  ])('%s is %i', (name, value, table) => {
    expect(enumName(table, value)).toBe(name)
  })

  it('has the 95 codes of RFC 3805 and 36 for each of 17 finishers', () => {
    expect(Object.keys(PRT_ALERT_CODE)).toHaveLength(38 + 7 + 13 + 4 + 5 + 15 + 4 + 8 + 1 + 17 * 36)
  })

  it('gives the number where nothing is registered', () => {
    expect(enumName(PRT_ALERT_CODE, 1508)).toBe('1508')
    expect(enumName(PRT_ALERT_CODE, 30201)).toBe('30201')
    expect(enumName(PRT_ALERT_GROUP, -2)).toBe('-2')
  })
})

it('gives units as words', () => {
  expect([1, 3, 7, 8, 12, 14, 15, 18, 19].map(unitWord)).toEqual([
    'other',
    'ten_thousandths_of_inches',
    'impressions',
    'sheets',
    'thousandths_of_ounces',
    'hundredths_of_fluid_ounces',
    'tenths_of_milliliters',
    'items',
    'percent',
  ])
  expect([0, 10, 20, -1].map(unitWord)).toEqual(['unknown', 'unknown', 'unknown', 'unknown'])
})
