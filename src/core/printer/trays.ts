import { enumName, PRT_INPUT_TYPE, PRT_OUTPUT_TYPE } from '../mib/iana-printer.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import { unitWord } from '../mib/unit-word.ts'
import type { OutputBin, Tray } from '../model/printer.ts'
import { levelOf, quantityOf } from './level.ts'
import type { Tables } from './tables.ts'

/** prtInputTable of one printer, in the order of its index. */
export function readTrays(tables: Tables, device: number, charset: number | null): Tray[] {
  const columns = [PRINTER_MIB.prtInputCurrentLevel, PRINTER_MIB.prtInputMaxCapacity, PRINTER_MIB.prtInputType]
  return tables.rows(columns, device).map((row) => {
    const index = `${device}.${row}`
    const maximum = tables.signed(PRINTER_MIB.prtInputMaxCapacity, index)
    const level = tables.signed(PRINTER_MIB.prtInputCurrentLevel, index)
    const unit = tables.number(PRINTER_MIB.prtInputCapacityUnit, index)
    const type = tables.number(PRINTER_MIB.prtInputType, index)
    return {
      index: row,
      name:
        tables.text(PRINTER_MIB.prtInputName, index, charset) ??
        tables.text(PRINTER_MIB.prtInputDescription, index, charset),
      type: type === null ? null : enumName(PRT_INPUT_TYPE, type),
      media: tables.text(PRINTER_MIB.prtInputMediaName, index, charset),
      unit: unit === null ? null : unitWord(unit),
      capacity: quantityOf(maximum),
      remaining: quantityOf(level),
      level: levelOf(maximum, level, unit),
    }
  })
}

/** prtOutputTable of one printer; prtOutputRemainingCapacity counts free space, with the same codes as a level. */
export function readOutputs(tables: Tables, device: number, charset: number | null): OutputBin[] {
  const columns = [PRINTER_MIB.prtOutputRemainingCapacity, PRINTER_MIB.prtOutputMaxCapacity, PRINTER_MIB.prtOutputType]
  return tables.rows(columns, device).map((row) => {
    const index = `${device}.${row}`
    const maximum = tables.signed(PRINTER_MIB.prtOutputMaxCapacity, index)
    const remaining = tables.signed(PRINTER_MIB.prtOutputRemainingCapacity, index)
    const type = tables.number(PRINTER_MIB.prtOutputType, index)
    return {
      index: row,
      name:
        tables.text(PRINTER_MIB.prtOutputName, index, charset) ??
        tables.text(PRINTER_MIB.prtOutputDescription, index, charset),
      type: type === null ? null : enumName(PRT_OUTPUT_TYPE, type),
      capacity: quantityOf(maximum),
      remaining: quantityOf(remaining),
      level: levelOf(maximum, remaining, null),
    }
  })
}
