import type { FieldPath } from './field-path.ts'
import { findNearestName } from './field-schema.ts'
import { compareNaturally } from './natural-order.ts'

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~'

/** What stands to the right of an operator; `word` is null for the bare word null. */
export interface Operand {
  readonly word: string | null
}

const ORDERS: Record<string, (order: number) => boolean> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

/**
 * The test `path operator operand`, or a text that says what is wrong with it. True when any value at the path fits.
 * A missing value is null: `= null` and `!= null` ask for it, every other comparison with it is false. A list is null
 * when it is empty. Texts are compared without regard to case; `~` is "contains", `*` in it stands for any text.
 */
export function compileComparison(
  path: FieldPath,
  operator: Operator,
  operand: Operand,
): ((value: unknown) => boolean) | string {
  const { node } = path
  const name = path.text
  const { word } = operand
  if (word === null) {
    if (operator !== '=' && operator !== '!=') return `null goes with = and != only`
    if (node.kind === 'list') return (value) => (path.read(value).length === 0) === (operator === '=')
    return (value) => path.read(value).some((found) => (found === null) === (operator === '='))
  }
  const leaf = node.kind === 'list' ? node.item : node
  switch (leaf.kind) {
    case 'list':
    case 'object': {
      const fields = leaf.kind === 'object' ? [...leaf.fields.keys()] : []
      return `${name} is not a single value; name one of its fields: ${fields.map((field) => `${name}.${field}`).join(', ')}`
    }
    case 'number': {
      if (operator === '~') return `${name} is a number: use = != < <= > >=`
      if (!/^-?\d{1,15}(\.\d{1,9})?%?$/.test(word)) return `${name} is a number, "${word.slice(0, 60)}" is not`
      return anyOf(path, orderTest(operator, Number(word.replace('%', ''))))
    }
    case 'enum': {
      if (operator === '~') return anyOf(path, containsTest(word))
      if (operator !== '=' && operator !== '!=') return `${name} has no order: use = or !=`
      const value = leaf.values.find((known) => known.toLowerCase() === word.toLowerCase())
      if (value === undefined) {
        const nearest = findNearestName(word, leaf.values)
        return `unknown ${name} "${word.slice(0, 60)}"${nearest ? `, did you mean "${nearest}"?` : ''} (one of ${leaf.values.join(', ')})`
      }
      return anyOf(path, (found) => (found === value) === (operator === '='))
    }
    case 'any':
    case 'text':
      return anyOf(path, operator === '~' ? containsTest(word) : textTest(operator, word))
  }
}

function anyOf(path: FieldPath, test: (found: unknown) => boolean): (value: unknown) => boolean {
  return (value) => path.read(value).some((found) => found !== null && test(found))
}

function orderTest(operator: Operator, wanted: number): (found: unknown) => boolean {
  return (found) => typeof found === 'number' && (ORDERS[operator] as (order: number) => boolean)(found - wanted)
}

function textTest(operator: Operator, wanted: string): (found: unknown) => boolean {
  const folded = wanted.toLowerCase()
  if (operator === '=' || operator === '!=') return (found) => (toText(found) === folded) === (operator === '=')
  return (found) => (ORDERS[operator] as (order: number) => boolean)(compareNaturally(toText(found), folded))
}

/** Parts between `*` are looked for one behind the other, so the time is linear; a regular expression is not offered. */
function containsTest(wanted: string): (found: unknown) => boolean {
  const parts = wanted.toLowerCase().split('*').filter(Boolean)
  return (found) => {
    const text = toText(found)
    let at = 0
    for (const part of parts) {
      const hit = text.indexOf(part, at)
      if (hit < 0) return false
      at = hit + part.length
    }
    return true
  }
}

function toText(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).toLowerCase()
}
