import { PRT_ALERT_CODE } from '../mib/alert-code.ts'
import { enumName, PRT_ALERT_GROUP, PRT_ALERT_SEVERITY_LEVEL, PRT_COVER_STATUS } from '../mib/iana-printer.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import type { Alert, Cover, OutputBin, Supply, Tray } from '../model/printer.ts'
import type { Tables } from './tables.ts'

export interface Parts {
  supplies: readonly Supply[]
  trays: readonly Tray[]
  outputs: readonly OutputBin[]
  covers: readonly Cover[]
}

interface Clock {
  ticks: number
  at: number
}

const LISTED: ReadonlySet<string> = new Set(['critical', 'warning', 'warningBinaryChangeEvent'])
const PART_OF_GROUP: Readonly<Record<string, keyof Parts>> = {
  cover: 'covers',
  input: 'trays',
  output: 'outputs',
  markerSupplies: 'supplies',
}

/** prtCoverTable of one printer. */
export function readCovers(tables: Tables, device: number, charset: number | null): Cover[] {
  return tables.rows([PRINTER_MIB.prtCoverStatus, PRINTER_MIB.prtCoverDescription], device).map((row) => ({
    index: row,
    name: tables.text(PRINTER_MIB.prtCoverDescription, `${device}.${row}`, charset),
    status: enumName(PRT_COVER_STATUS, tables.number(PRINTER_MIB.prtCoverStatus, `${device}.${row}`) ?? 2),
  }))
}

/**
 * prtAlertTable of one printer: the rows of severity critical, warning and warningBinaryChangeEvent, and those without one, each
 * joined to the supply, tray, bin or cover that its group and group index point to.
 *
 * @param clock sysUpTime in hundredths of a second, and when that was so in milliseconds: it dates prtAlertTime
 */
export function readAlerts(
  tables: Tables,
  device: number,
  charset: number | null,
  parts: Parts,
  clock: Clock | null,
): Alert[] {
  const alerts: Alert[] = []
  for (const row of tables.rows([PRINTER_MIB.prtAlertSeverityLevel, PRINTER_MIB.prtAlertCode], device)) {
    const index = `${device}.${row}`
    const level = tables.number(PRINTER_MIB.prtAlertSeverityLevel, index)
    // a row that does not say how bad it is may be bad
    const severity = level === null ? 'warning' : enumName(PRT_ALERT_SEVERITY_LEVEL, level)
    if (!LISTED.has(severity)) continue
    const group = enumName(PRT_ALERT_GROUP, tables.number(PRINTER_MIB.prtAlertGroup, index) ?? 1)
    const groupIndex = tables.number(PRINTER_MIB.prtAlertGroupIndex, index)
    const code = enumName(PRT_ALERT_CODE, tables.number(PRINTER_MIB.prtAlertCode, index) ?? 2)
    const part = partName(group, groupIndex, parts)
    const since = sinceOf(tables.number(PRINTER_MIB.prtAlertTime, index), clock)
    alerts.push({
      index: row,
      severity: severity as Alert['severity'],
      group,
      group_index: groupIndex !== null && groupIndex > 0 ? groupIndex : null,
      code,
      description: tables.text(PRINTER_MIB.prtAlertDescription, index, charset) ?? describeAlert(code, part),
      ...(part && { part }),
      ...(since && { since }),
    })
  }
  return alerts
}

function partName(group: string, index: number | null, parts: Parts): string | null {
  const list = PART_OF_GROUP[group]
  if (!list || index === null) return null
  return parts[list].find((part) => part.index === index)?.name ?? null
}

/** `markerTonerEmpty` of "Black toner" becomes "Marker toner empty: Black toner". */
function describeAlert(code: string, part: string | null): string {
  const words = (/^-?\d+$/.test(code) ? `alert ${code}` : code).replace(
    /([a-z])([A-Z])/g,
    (_, a: string, b: string) => `${a} ${b.toLowerCase()}`,
  )
  const sentence = words.charAt(0).toUpperCase() + words.slice(1)
  return part ? `${sentence}: ${part}` : sentence
}

/** @param ticks prtAlertTime: sysUpTime when the alert came; 0 where the device keeps none */
function sinceOf(ticks: number | null, clock: Clock | null): string | null {
  if (!ticks || !clock) return null
  const since = clock.at - (clock.ticks - ticks) * 10
  // Later than now: sysUpTime has begun anew since the alert came.
  return ticks > 0 && since <= clock.at && since >= 0 ? new Date(since).toISOString() : null
}
