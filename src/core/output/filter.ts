import { PrintMasterError } from '../model/error.ts'
import type { Printer } from '../model/printer.ts'
import { compileComparison, type Operand, type Operator } from './comparison.ts'
import { type Predicate, readFieldPath } from './field-path.ts'
import { type FieldNode, PRINTER_FIELDS } from './field-schema.ts'
import { failAt, quoteAt, type TextCursor, takePattern } from './text-cursor.ts'

const LONGEST = 2000
const DEEPEST = 50

export type PrinterFilter = (printer: Printer) => boolean

interface FilterCursor extends TextCursor {
  depth: number
}

/**
 * A filter as a test of a printer.
 *
 *     any    = all { ("||" | "or") all }
 *     all    = one { ("&&" | "and") one }
 *     one    = ("!" | "not") one | "(" any ")" | test
 *     test   = path operator value | list            a list alone holds when it is not empty
 *     path   = see parseFieldPath; a list may carry a condition about one element: supplies[kind=toner && percent<15]
 *     value  = null | word | "quoted" | 'quoted'     a backslash in quotes takes the next character as it is
 *     operator = "=" "!=" "<" "<=" ">" ">=" "~"
 *
 * A path over a list holds when any element fits. Comparisons with a missing value are false except `= null`, so
 * `serial != X` leaves out printers without a serial and `not serial = X` keeps them. Meaning of the operators:
 * comparison.ts. At most 2,000 characters and 50 levels; PrintMasterError `bad_filter` says where and what was expected.
 */
export function parseFilter(text: string): PrinterFilter {
  const cursor: FilterCursor = { text, at: 0, flag: '--filter', code: 'bad_filter', depth: 0 }
  if (text.length > LONGEST) {
    throw new PrintMasterError('bad_filter', `--filter has ${text.length} characters; at most ${LONGEST} are read`)
  }
  const test = readAny(cursor, PRINTER_FIELDS)
  if (cursor.at < text.length)
    throw failAt(cursor, cursor.at, `expected "&&", "||" or the end, found ${quoteAt(cursor)}`)
  return test
}

/** Several filters as one: all of them must hold. */
export function parseFilters(texts: readonly string[]): PrinterFilter {
  const tests = texts.map(parseFilter)
  return (printer) => tests.every((test) => test(printer))
}

function readAny(cursor: FilterCursor, root: FieldNode): Predicate {
  const tests = [readAll(cursor, root)]
  while (takeWord(cursor, /\|\||or\b/iy)) tests.push(readAll(cursor, root))
  return tests.length === 1 ? (tests[0] as Predicate) : (value) => tests.some((test) => test(value))
}

function readAll(cursor: FilterCursor, root: FieldNode): Predicate {
  const tests = [readOne(cursor, root)]
  while (takeWord(cursor, /&&|and\b/iy)) tests.push(readOne(cursor, root))
  return tests.length === 1 ? (tests[0] as Predicate) : (value) => tests.every((test) => test(value))
}

function readOne(cursor: FilterCursor, root: FieldNode): Predicate {
  if (takeWord(cursor, /!(?!=)|not\b/iy)) {
    const test = readDeeper(cursor, () => readOne(cursor, root))
    return (value) => !test(value)
  }
  if (takeWord(cursor, /\(/y)) {
    const test = readDeeper(cursor, () => readAny(cursor, root))
    if (!takeWord(cursor, /\)/y)) throw failAt(cursor, cursor.at, `expected ")", found ${quoteAt(cursor)}`)
    return test
  }
  return readTest(cursor, root)
}

/** Runs `read` one level down; the limit keeps hostile nesting off the call stack. */
function readDeeper<T>(cursor: FilterCursor, read: () => T): T {
  if (++cursor.depth > DEEPEST) throw failAt(cursor, cursor.at, `nested deeper than ${DEEPEST} levels`)
  const result = read()
  cursor.depth--
  return result
}

function readTest(cursor: FilterCursor, root: FieldNode): Predicate {
  const path = readFieldPath(cursor, root, (_, item) =>
    readDeeper(cursor, () => {
      const test = readAny(cursor, item)
      skipBlanks(cursor)
      return test
    }),
  )
  skipBlanks(cursor)
  const at = cursor.at
  const operator = takePattern(cursor, /==|!=|<=|>=|[=<>~]/y)
  if (operator === null) {
    if (path.node.kind === 'list') return (value) => path.read(value).length > 0
    throw failAt(cursor, at, `expected one of = != < <= > >= ~, found ${quoteAt(cursor)}`)
  }
  skipBlanks(cursor)
  const valueAt = cursor.at
  const test = compileComparison(path, (operator === '==' ? '=' : operator) as Operator, readOperand(cursor))
  if (typeof test === 'string') throw failAt(cursor, valueAt, test)
  skipBlanks(cursor)
  return test
}

function readOperand(cursor: FilterCursor): Operand {
  const quoted = takePattern(cursor, /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy)
  if (quoted !== null) return { word: quoted.slice(1, -1).replaceAll(/\\(.)/gsu, '$1') }
  if (/["']/.test(cursor.text[cursor.at] ?? '')) throw failAt(cursor, cursor.at, 'this quote is not closed')
  const word = takePattern(cursor, /[^\s()[\]&|=<>!~"']+/y)
  if (word === null) throw failAt(cursor, cursor.at, `expected a value, found ${quoteAt(cursor)}`)
  return { word: word.toLowerCase() === 'null' ? null : word }
}

function takeWord(cursor: FilterCursor, pattern: RegExp): boolean {
  skipBlanks(cursor)
  const taken = takePattern(cursor, pattern) !== null
  if (taken) skipBlanks(cursor)
  return taken
}

function skipBlanks(cursor: FilterCursor): void {
  takePattern(cursor, /\s+/y)
}
