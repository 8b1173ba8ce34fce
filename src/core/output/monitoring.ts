import { PrintMasterError } from '../model/error.ts'
import { isManualTray } from '../model/manual-tray.ts'
import type { Printer, Tray } from '../model/printer.ts'
import { cleanText } from './clean-text.ts'
import { truncateText } from './fit-text.ts'
import { DEFAULT_THRESHOLDS, judgeAlert, judgeLevel, judgeStatus, type Severity, type Thresholds } from './severity.ts'
import { compareByAddress } from './sort.ts'
import { nameAlert, namePrinter, nameSupply, nameTray } from './wording.ts'

export type MonitoringCode = 0 | 1 | 2 | 3

export interface MonitoringResult {
  /** 0 ok, 1 warning, 2 critical, 3 unknown. */
  readonly code: MonitoringCode
  /** One line: state, what is wrong, and after `|` the figures (Nagios plugin form). */
  readonly line: string
}

const WORDS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const
const MOST_NAMED = 5

/** Raises PrintMasterError `bad_flag` unless 0 <= critical <= warning <= 100. */
export function checkThresholds(thresholds: Thresholds): void {
  const { warning_percent, critical_percent } = thresholds
  for (const [name, value] of [
    ['warning', warning_percent],
    ['critical', critical_percent],
  ] as const) {
    if (!(value >= 0 && value <= 100))
      throw new PrintMasterError('bad_flag', `the ${name} threshold is a percentage, 0 to 100`)
  }
  if (critical_percent > warning_percent) {
    const values = `critical ${critical_percent}, warning ${warning_percent}`
    throw new PrintMasterError('bad_flag', `the critical threshold lies above the warning threshold (${values})`)
  }
}

/**
 * The state of all printers together, the worst one's. Status error and offline and critical alerts are critical, status
 * warning and other alerts are warnings. Supplies at or below a threshold count (a waste box by its free space); `low` is
 * a warning, `empty` critical; `some`, unknown and unlimited are not judged. An empty tray is a warning unless it is fed
 * by hand. No printer at all, or a printer that could not be read (`failed`) where nothing else is wrong, is unknown.
 */
export function judgePrinters(
  printers: readonly Printer[],
  thresholds: Thresholds = DEFAULT_THRESHOLDS,
  failed = 0,
): MonitoringResult {
  const judged = printers
    .toSorted(compareByAddress)
    .map((printer) => ({ printer, findings: listFindings(printer, thresholds) }))
  const ill = judged
    .map(({ printer, findings }) => ({
      printer,
      findings,
      severity: Math.max(0, ...findings.map((finding) => finding.severity)),
    }))
    .filter(({ severity }) => severity > 0)
    .toSorted((a, b) => b.severity - a.severity)
    .sort((a, b) => b.severity - a.severity)
  const critical = ill.filter(({ severity }) => severity === 2).length
  const warning = ill.length - critical
  const isUnknown = ill.length === 0 && (printers.length === 0 || failed > 0)
  const code: MonitoringCode = critical > 0 ? 2 : warning > 0 ? 1 : isUnknown ? 3 : 0

  const found =
    printers.length === 0 ? 'no printer found' : `${printers.length} ${printers.length === 1 ? 'printer' : 'printers'}`
  const named = ill.slice(0, MOST_NAMED).map(({ printer, findings }) => {
    const texts = findings.toSorted((a, b) => b.severity - a.severity).map(({ text }) => text)
    const rest = texts.length > 3 ? ` and ${texts.length - 3} more` : ''
    return `${[printer.ip, truncateText(namePrinter(printer) ?? '', 40)].filter(Boolean).join(' ')} ${texts.slice(0, 3).join(', ')}${rest}`
  })
  if (ill.length > MOST_NAMED) named.push(`and ${ill.length - MOST_NAMED} more`)
  const unread = failed > 0 ? `, ${failed} could not be read` : ''
  const state = ill.length > 0 ? `${ill.length} of ${found}${unread}: ${named.join('; ')}` : `${found}${unread}`
  const figures = `printers=${printers.length} warning=${warning} critical=${critical} failed=${failed}`
  return { code, line: `PRINTMASTER ${WORDS[code]} - ${cleanText(state).replaceAll('|', '/')} | ${figures}` }
}

interface Finding {
  severity: Severity
  text: string
}

function listFindings(printer: Printer, thresholds: Thresholds): Finding[] {
  const findings: Finding[] = printer.alerts.map((alert) => ({
    severity: judgeAlert(alert, printer.trays),
    text: truncateText(nameAlert(alert), 60),
  }))
  for (const supply of printer.supplies) {
    const { state, percent } = supply.level
    const name = truncateText(nameSupply(supply), 40)
    findings.push({
      severity: judgeLevel(supply.level, thresholds),
      text: state === 'percent' ? `${name} ${percent} %` : `${name} ${state}`,
    })
  }
  for (const tray of printer.trays) {
    if (isEmptyTray(tray)) findings.push({ severity: 1, text: `${truncateText(nameTray(tray), 40)} empty` })
  }
  const severity = judgeStatus(printer.status)
  const isExplained = findings.some((finding) => finding.severity >= severity)
  findings.push({ severity, text: `status ${printer.status}` })
  return findings.filter((finding) => finding.severity > 0 && !(isExplained && finding.text.startsWith('status ')))
}

/** A tray fed by hand is empty most of the time; many are only known by their name. */
function isEmptyTray(tray: Tray): boolean {
  if (isManualTray(tray)) return false
  return tray.level.state === 'empty' || (tray.level.state === 'percent' && tray.level.percent === 0)
}
