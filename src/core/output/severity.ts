import { isHarmless } from '../model/harmless-alert.ts'
import type { Alert, Level, Printer, Supply, Tray } from '../model/printer.ts'
import { isCritical } from './wording.ts'

/** 0 nothing, 1 wants attention, 2 does not print or soon will not. */
export type Severity = 0 | 1 | 2

/** Percent at or below which a level counts as a warning and as critical. */
export interface Thresholds {
  readonly warning_percent: number
  readonly critical_percent: number
}

export const DEFAULT_THRESHOLDS: Thresholds = { warning_percent: 20, critical_percent: 10 }

/**
 * How bad a level is: a number by the thresholds, the words low and empty as warning and critical. "Some", "unknown"
 * and "unlimited" are never bad: nothing is known that could be. A waste box counts its free space, so the same holds.
 */
export function judgeLevel(level: Level, thresholds: Thresholds): Severity {
  if (level.state === 'empty') return 2
  if (level.state === 'low') return 1
  if (level.state !== 'percent' || level.percent === undefined) return 0
  return level.percent <= thresholds.critical_percent ? 2 : level.percent <= thresholds.warning_percent ? 1 : 0
}

/** error and offline are critical, warning is a warning; asleep is well. */
export function judgeStatus(status: string | null): Severity {
  return status === 'error' || status === 'offline' ? 2 : status === 'warning' ? 1 : 0
}

/** Critical alerts are critical, others a warning; those that ask nothing of anyone are neither. */
export function judgeAlert(alert: Alert, trays: readonly Tray[]): Severity {
  return isHarmless(alert, trays) ? 0 : isCritical(alert) ? 2 : 1
}

/** What the printer itself says, by its status and its alerts. */
export function judgePrinter(printer: Printer): Severity {
  const alerts = printer.alerts.map((alert) => judgeAlert(alert, printer.trays))
  return Math.max(judgeStatus(printer.status), ...alerts) as Severity
}

/** A number for sorting levels, the worst first; what is not known comes last. */
export function rankLevel(level: Level): number {
  const word = { percent: level.percent ?? 101, empty: 0, low: 10, some: 101, unknown: 102, unlimited: 103 }
  return word[level.state]
}

/** Supplies, the worst first; equals stay in their order. */
export function sortByNeed(supplies: readonly Supply[]): Supply[] {
  return supplies.toSorted((a, b) => rankLevel(a.level) - rankLevel(b.level))
}
