import type { Alert, Counter, Cover, Level, Missing, OutputBin, Supply, Tray } from '../model/printer.ts'
import { cleanText } from './clean-text.ts'
import type { FieldPath } from './field-path.ts'
import { type FieldNode, PRINTER_FIELDS } from './field-schema.ts'
import { splitName, wordAlert, wordLevel, wordSupply, wordTray } from './wording.ts'

const itemOf = (name: string): FieldNode => (PRINTER_FIELDS.fields.get(name) as { item: FieldNode }).item
const levelOf = (name: string) => (itemOf(name) as { fields: ReadonlyMap<string, FieldNode> }).fields.get('level')

const WORDINGS: { node: FieldNode | undefined; word: (value: never) => string }[] = [
  { node: itemOf('supplies'), word: (supply: Supply) => wordSupply(supply) },
  { node: itemOf('trays'), word: (tray: Tray) => wordTray(tray) },
  { node: itemOf('outputs'), word: (bin: OutputBin) => `${bin.name ?? `output ${bin.index}`} ${wordLevel(bin.level)}` },
  {
    node: itemOf('covers'),
    word: (cover: Cover) => `${cover.name ?? `cover ${cover.index}`}: ${splitName(cover.status)}`,
  },
  { node: itemOf('alerts'), word: (alert: Alert) => wordAlert(alert) },
  { node: itemOf('counters'), word: (counter: Counter) => `${counter.name} ${counter.value} ${counter.unit}` },
  { node: itemOf('missing'), word: (missing: Missing) => `${missing.part}: ${missing.reason}` },
  ...['supplies', 'trays', 'outputs'].map((name) => ({
    node: levelOf(name),
    word: (level: Level) => wordLevel(level),
  })),
]

/**
 * What stands in one cell: a number stays a number, text is cleaned, a missing value is the empty text, several values
 * are joined with `; `, and a whole row of a table (a supply, a tray, an alert) is worded: `black toner 78%`.
 */
export function readCell(path: FieldPath, printer: unknown): string | number {
  const values = path.read(printer)
  if (values.length === 1 && typeof values[0] === 'number') return values[0]
  const chosen = path.many || path.node.kind === 'list' ? values : values.slice(0, 1)
  if (!path.many && typeof chosen[0] === 'number') return chosen[0]
  const wording = WORDINGS.find(({ node }) => node === (path.node.kind === 'list' ? path.node.item : path.node))
  const words = chosen.map((value) => wordValue(value, wording?.word as ((value: unknown) => string) | undefined))
  return words.filter(Boolean).join('; ')
}

function wordValue(value: unknown, word: ((value: unknown) => string) | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return cleanText(String(value))
  return cleanText(word ? word(value) : JSON.stringify(value))
}

/** The supplies that a path leads to when it ends at supplies themselves; null for any other path. */
export function readSupplies(path: FieldPath, printer: unknown): Supply[] | null {
  return path.node.kind === 'list' && path.node.item === itemOf('supplies') ? (path.read(printer) as Supply[]) : null
}
