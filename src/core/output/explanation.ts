import type { Evidence, Level, Printer } from '../model/printer.ts'
import { cleanText } from './clean-text.ts'
import { measureText, padText, truncateText, wrapText } from './fit-text.ts'
import { cutMark, type Look, paint } from './paint.ts'
import { compareByAddress } from './sort.ts'
import { wordLevel } from './wording.ts'

/** The terminal, with its columns. */
interface Page extends Look {
  readonly width: number
}

/**
 * Printers with their evidence, for people: each field with its value, then where that came from and why it was
 * believed, then what else was looked at. The fields of one supply, tray or alert stand together. Ends with a line break.
 */
export function formatExplanation(printers: readonly Printer[], page: Page): string {
  return printers
    .toSorted(compareByAddress)
    .map((printer) => explainOne(printer, page))
    .join('\n')
}

function explainOne(printer: Printer, page: Page): string {
  const heading = `${printer.ip} printer ${printer.printer_index}, SNMP ${printer.snmp_version}, profile ${printer.profile}`
  const lines = [paint(heading, 'bold', page)]
  let group = ''
  for (const each of printer.evidence ?? []) {
    // "supplies[1].level": a field of a row
    const [, row = '', field = each.field] = /^(\w+\[\d+\])\.(.+)$/.exec(each.field) ?? []
    if (row !== group && row !== '') lines.push(`  ${paint(row, 'cyan', page)}`)
    group = row
    lines.push(...explainField(field, each, row === '' ? 2 : 4, page))
  }
  const missing = printer.missing.map(({ part, reason }) => `  not read: ${cleanText(part)} (${cleanText(reason)})`)
  return `${[...lines, ...missing].join('\n')}\n`
}

/** What stands before the evidence where both fit into one line. */
const FIELD_WIDTH = 32
/** A raw answer may be a list of records in hex; all of it is in the JSON. */
const LONG_WORD = /\S{65,}/g

function explainField(name: string, { value, source, raw, reason, tried }: Evidence, indent: number, page: Page) {
  const wrap = (text: string, at: number) =>
    wrapText(text, page.width - at - 2).map((line, i) => ' '.repeat(i === 0 ? at : at + 2) + line)
  const field = wrap(`${paint(name, 'cyan', page)}: ${wordValue(value)}`, indent)
  const from = `${source === null ? '' : `${wordAnswer(source, raw, page)}; `}${cleanText(reason)}`
  const others = tried.map((each) => `also ${wordAnswer(each.source, each.raw, page)}: ${cleanText(each.reason)}`)
  const rest = others.flatMap((text) => wrap(text, indent + 2))
  const [line = ''] = field
  const isShort = measureText(line) < FIELD_WIDTH && FIELD_WIDTH + measureText(from) <= page.width
  return field.length === 1 && isShort
    ? [padText(line, FIELD_WIDTH) + from, ...rest]
    : [...field, ...wrap(from, indent + 2), ...rest]
}

function wordAnswer(source: string, raw: string | null, page: Page): string {
  if (raw === null) return source
  return `${source} = ${cleanText(raw).replace(LONG_WORD, (word) => truncateText(word, 64, cutMark(page)))}`
}

function wordValue(value: unknown): string {
  if (value === null || value === undefined) return 'not known'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : cleanText(value.join(', '))
  if (typeof value === 'object' && 'state' in value) return wordLevel(value as Level)
  return cleanText(typeof value === 'string' ? value : JSON.stringify(value))
}
