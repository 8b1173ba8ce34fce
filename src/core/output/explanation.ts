import type { Evidence, Printer } from '../model/printer.ts'
import { cleanText } from './clean-text.ts'
import { type Look, paint } from './paint.ts'
import { compareByAddress } from './sort.ts'

/**
 * Printers with their evidence, for people: each field with its value, then where that came from and why it was
 * believed, then what else was looked at. Ends with a line break.
 */
export function formatExplanation(printers: readonly Printer[], look: Look): string {
  return printers
    .toSorted(compareByAddress)
    .map((printer) => explainOne(printer, look))
    .join('\n')
}

function explainOne(printer: Printer, look: Look): string {
  const heading = `${printer.ip} printer ${printer.printer_index}, SNMP ${printer.snmp_version}, profile ${printer.profile}`
  const missing = printer.missing.map(({ part, reason }) => `  not read: ${cleanText(part)} (${cleanText(reason)})`)
  const lines = [
    paint(heading, 'bold', look),
    ...(printer.evidence ?? []).flatMap((each) => explainField(each, look)),
    ...missing,
  ]
  return `${lines.join('\n')}\n`
}

function explainField({ field, value, source, raw, reason, tried }: Evidence, look: Look): string[] {
  const from = source === null ? '' : `${source}${raw === null ? '' : ` = ${cleanText(raw)}`}; `
  return [
    `  ${paint(field, 'cyan', look)}: ${wordValue(value)}`,
    `      ${from}${cleanText(reason)}`,
    ...tried.map(
      (each) =>
        `      also ${each.source}${each.raw === null ? '' : ` = ${cleanText(each.raw)}`}: ${cleanText(each.reason)}`,
    ),
  ]
}

function wordValue(value: unknown): string {
  if (value === null || value === undefined) return 'not known'
  return cleanText(typeof value === 'string' ? value : JSON.stringify(value))
}
