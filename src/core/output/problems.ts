import type { Printer } from '../model/printer.ts'
import { cleanText } from './clean-text.ts'
import { measureText, truncateText } from './fit-text.ts'
import { cutMark, type Look, paint } from './paint.ts'
import { DEFAULT_THRESHOLDS, judgeAlert, judgeLevel, judgePrinter, type Severity } from './severity.ts'
import { nameAlert, splitName, wordSupply } from './wording.ts'

export interface Problem {
  readonly severity: Severity
  readonly text: string
}

/**
 * What is wrong with a printer in its own words, the worst first: alerts; where it lists none, its error-state bits, and
 * where it has none either, its display. Then supplies that run out and that no alert speaks of, and what could not be read.
 */
export function listProblems(printer: Printer): Problem[] {
  const severity = judgePrinter(printer)
  const heeded = printer.alerts.filter((alert) => judgeAlert(alert, printer.trays) > 0)
  const problems: Problem[] = heeded.map((alert) => ({
    severity: judgeAlert(alert, printer.trays),
    text: nameAlert(alert),
  }))
  if (problems.length === 0 && severity > 0) {
    const bits = printer.detected_error_state.map(splitName)
    const words = bits.length > 0 ? bits : [printer.console_text.map(cleanText).filter(Boolean).join(' ')]
    problems.push(...words.filter(Boolean).map((text) => ({ severity, text })))
  }
  for (const supply of printer.supplies) {
    const isTold = printer.alerts.some(
      ({ group, group_index }) => group === 'markerSupplies' && group_index === supply.index,
    )
    const need = judgeLevel(supply.level, DEFAULT_THRESHOLDS)
    if (need > 0 && !isTold) problems.push({ severity: need, text: wordSupply(supply) })
  }
  for (const { part, reason } of printer.missing) {
    problems.push({ severity: 0, text: `${cleanText(part)} not read (${cleanText(reason)})` })
  }
  const seen = new Set<string>()
  const isNew = ({ text }: Problem) => !seen.has(text.toLowerCase()) && seen.add(text.toLowerCase())
  return problems.toSorted((a, b) => b.severity - a.severity).filter(isNew)
}

/** The problems in one line of at most `width` columns: as many as fit, then `+2 more`; empty when there are none. */
export function drawProblems(problems: readonly Problem[], width: number, look: Look): string {
  const separator = look.unicode ? ' · ' : '; '
  const shown: string[] = []
  let used = 0
  for (const [i, { severity, text }] of problems.entries()) {
    const rest = problems.length - i - 1
    const more = rest > 0 ? `${separator}+${rest} more` : ''
    const gap = i > 0 ? separator : ''
    const room = width - used - measureText(gap + more)
    // A first problem that is too long is cut; a later one is counted instead.
    const fits = measureText(text) <= room
    if (!fits && i > 0) break
    const cut = truncateText(text, Math.max(0, room), cutMark(look))
    shown.push(gap + paint(cut, severity === 2 ? 'red' : severity === 1 ? 'yellow' : 'dim', look))
    used += measureText(gap + cut)
  }
  const rest = problems.length - shown.length
  const more = rest > 0 ? `${separator}+${rest} more` : ''
  return measureText(more) + used <= width ? shown.join('') + paint(more, 'dim', look) : shown.join('')
}
