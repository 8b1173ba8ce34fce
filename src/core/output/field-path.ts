import type { ErrorCode } from '../model/error.ts'
import { type FieldNode, findNearestName, type ObjectNode, PRINTER_FIELDS } from './field-schema.ts'
import { failAt, quoteAt, type TextCursor, takePattern } from './text-cursor.ts'

export type Predicate = (value: unknown) => boolean

/** A way into a printer, checked against PrinterSchema. */
export interface FieldPath {
  readonly text: string
  /** What the path ends at. */
  readonly node: FieldNode
  /** True when it may lead to several values: it crosses a list without naming an index or a colour. */
  readonly many: boolean
  /** The values there; an absent field gives null, a list gives its elements, so an empty one gives nothing. */
  readonly read: (value: unknown) => unknown[]
}

/** Reads a condition inside `[...]` about the elements of a list; the cursor stands behind the `[`. */
export type ReadCondition = (cursor: TextCursor, item: FieldNode) => Predicate

/** Colours that may stand in a path; any other one is reached with `supplies[color="..."]`. */
const COLORS = (
  'black cyan magenta yellow red green blue orange violet white gray grey light_cyan light_magenta light_black ' +
  'light_gray light_grey photo_black matte_black photo_cyan photo_magenta dark_gray'
).split(' ')

interface Selection {
  kinds: string[]
  colors: string[]
}

/**
 * Parses a whole path: `status`, `supplies.level.percent` (every supply), `supplies[1].level.percent` (by its index
 * field), `supplies.black.level.percent` (by colour), `supplies.drum.black.level.percent` (by kind and colour).
 * `percent` and `state` may stand for `level.percent` and `level.state`. A colour alone means its toner or ink, where
 * the printer has one. Raises PrintMasterError with the nearest known name.
 */
export function parseFieldPath(
  text: string,
  flag: string,
  code: Extract<ErrorCode, 'bad_filter' | 'bad_flag'>,
): FieldPath {
  const cursor: TextCursor = { text, at: 0, flag, code }
  const path = readFieldPath(cursor, PRINTER_FIELDS, null)
  if (cursor.at < text.length) throw failAt(cursor, cursor.at, `unexpected ${quoteAt(cursor)} behind the field`)
  return path
}

/** Reads a path at the cursor, relative to `root`; see {@link parseFieldPath}. `[condition]` only with `readCondition`. */
export function readFieldPath(cursor: TextCursor, root: FieldNode, readCondition: ReadCondition | null): FieldPath {
  const start = cursor.at
  const steps: ((values: unknown[]) => unknown[])[] = []
  let selection: Selection = { kinds: [], colors: [] }
  let node = root
  let many = false
  let single = false

  const enterList = () => {
    const { kinds, colors } = selection
    if (kinds.length + colors.length > 0) steps.push((values) => selectSupplies(values, kinds, colors))
    many ||= !single && colors.length === 0
    selection = { kinds: [], colors: [] }
    single = false
  }

  do {
    const at = cursor.at
    const name = takePattern(cursor, /[A-Za-z_]\w*/y)
    if (name === null) throw failAt(cursor, at, `expected a field, found ${quoteAt(cursor)}`)
    const inside: FieldNode = node.kind === 'list' ? node.item : node
    if (inside.kind !== 'object')
      throw failAt(cursor, at, `there is no field "${name}" here: the value is not an object`)
    const next = inside.fields.get(name)
    if (node.kind === 'list' && !next && listSelectors(inside).includes(name)) {
      selection[COLORS.includes(name) ? 'colors' : 'kinds'].push(name)
    } else {
      if (node.kind === 'list') enterList()
      const viaLevel = next ? undefined : levelOf(inside)?.fields.get(name)
      const found = next ?? viaLevel
      if (!found) throw failAt(cursor, at, describeUnknown(name, inside))
      if (viaLevel) steps.push((values) => values.map((value) => getField(value, 'level')))
      steps.push((values) => values.map((value) => getField(value, name)))
      node = found
      if (node.kind === 'list') steps.push((values) => values.flatMap((value) => (Array.isArray(value) ? value : [])))
    }
    while (takePattern(cursor, /\[/y)) {
      if (node.kind !== 'list') throw failAt(cursor, cursor.at - 1, `"[" may only follow a list such as supplies`)
      const index = takePattern(cursor, /\d{1,9}(?=\])/y)
      if (index !== null) {
        if (node.item.kind !== 'object' || !node.item.fields.has('index')) {
          throw failAt(cursor, at, `the elements of ${name} have no index`)
        }
        steps.push((values) => values.filter((value) => getField(value, 'index') === Number(index)))
        single = true
      } else {
        if (!readCondition) throw failAt(cursor, cursor.at, `expected an index such as [1], found ${quoteAt(cursor)}`)
        const condition = readCondition(cursor, node.item)
        steps.push((values) => values.filter(condition))
      }
      if (!takePattern(cursor, /\]/y)) throw failAt(cursor, cursor.at, `expected "]", found ${quoteAt(cursor)}`)
    }
  } while (takePattern(cursor, /\./y))

  if (node.kind === 'list') enterList()
  return {
    text: cursor.text.slice(start, cursor.at),
    node,
    many,
    read: (value) => steps.reduce((values, step) => step(values), [value] as unknown[]),
  }
}

function getField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
  return (value as Record<string, unknown>)[name] ?? null
}

function levelOf(node: ObjectNode): ObjectNode | undefined {
  const level = node.fields.get('level')
  return level?.kind === 'object' ? level : undefined
}

/** The words that choose elements of a list: only supplies have both a kind and a colour. */
function listSelectors(item: ObjectNode): string[] {
  const kind = item.fields.get('kind')
  return kind?.kind === 'enum' && item.fields.has('color') ? [...kind.values, ...COLORS] : []
}

function selectSupplies(values: unknown[], kinds: string[], colors: string[]): unknown[] {
  const chosen = values.filter((value) => {
    const color = String(getField(value, 'color')).toLowerCase().replaceAll(/[ -]/g, '_')
    return (
      kinds.every((kind) => getField(value, 'kind') === kind) &&
      colors.every((wanted) => unifyGray(wanted) === unifyGray(color))
    )
  })
  if (kinds.length > 0) return chosen
  const marking = chosen.filter((value) => ['toner', 'ink'].includes(String(getField(value, 'kind'))))
  return marking.length > 0 ? marking : chosen
}

function unifyGray(color: string): string {
  return color.replace('grey', 'gray')
}

function describeUnknown(name: string, node: ObjectNode): string {
  const known = [...node.fields.keys(), ...(levelOf(node)?.fields.keys() ?? []), ...listSelectors(node)]
  const nearest = findNearestName(name, known)
  const advice = nearest ? `did you mean "${nearest}"?` : `known here: ${[...node.fields.keys()].join(', ')}`
  return `unknown field "${name.slice(0, 60)}"; ${advice}`
}
