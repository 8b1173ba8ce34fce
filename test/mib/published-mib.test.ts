import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PRT_ALERT_CODE } from '../../src/core/mib/alert-code.ts'
import { PRT_CHANNEL_TYPE } from '../../src/core/mib/channel-type.ts'
import {
  type EnumTable,
  PRT_ALERT_GROUP,
  PRT_ALERT_TRAINING_LEVEL,
  PRT_CONSOLE_COLOR,
  PRT_COVER_STATUS,
  PRT_INPUT_TYPE,
  PRT_MARKER_MARK_TECH,
  PRT_MARKER_SUPPLIES_TYPE,
  PRT_OUTPUT_TYPE,
} from '../../src/core/mib/iana-printer.ts'

/** The IANA-PRINTER-MIB as Debian has it (package python3-pysnmp4-mibs). */
const FILE = '/usr/lib/python3/dist-packages/pysnmp_mibs/IANA-PRINTER-MIB.py'

/** Number to name of each textual convention. */
function readPublished(): Map<string, EnumTable> {
  const text = readFileSync(FILE, 'utf8')
  return new Map(
    [...text.matchAll(/^class (\w+)\(Integer\):[\s\S]*?NamedValues\((.*)\)$/gm)].map(([, name = '', values = '']) => [
      name,
      Object.fromEntries([...values.matchAll(/\("(\w+)", (\d+)\)/g)].map(([, word, number]) => [number, word])),
    ]),
  )
}

// apt-get install python3-pysnmp4-mibs
describe.skipIf(!existsSync(FILE))('every number is named as the published MIB names it', () => {
  it.each([
    ['PrtAlertCodeTC', PRT_ALERT_CODE],
    ['PrtAlertGroupTC', PRT_ALERT_GROUP],
    ['PrtAlertTrainingLevelTC', PRT_ALERT_TRAINING_LEVEL],
    ['PrtChannelTypeTC', PRT_CHANNEL_TYPE],
    ['PrtConsoleColorTC', PRT_CONSOLE_COLOR],
    ['PrtCoverStatusTC', PRT_COVER_STATUS],
    ['PrtInputTypeTC', PRT_INPUT_TYPE],
    ['PrtMarkerMarkTechTC', PRT_MARKER_MARK_TECH],
    ['PrtMarkerSuppliesTypeTC', PRT_MARKER_SUPPLIES_TYPE],
    ['PrtOutputTypeTC', PRT_OUTPUT_TYPE],
  ])('%s', (name, table) => {
    const published = readPublished().get(name)
    expect(published).toBeDefined()
    expect(table).toMatchObject(published as EnumTable)
  })
})
