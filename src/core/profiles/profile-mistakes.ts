import { findNearest } from '../model/nearest.ts'
import { isOid } from '../snmp/oid.ts'
import { ProfileSchema } from './profile.ts'

/** What the profile schema uses of JSON Schema. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[] | undefined
  readonly anyOf?: readonly Schema[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly minItems?: number
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

const EXAMPLE_OID = '1.3.6.1.4.1.99999'
const EXAMPLE_INSTANCE = '1.3.6.1.4.1.99999.1.5.0'
/** Longest piece of a profile that a message repeats, in characters. */
const LONGEST = 60
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  array: 'a list: [...]',
  object: 'an object: {...}',
}

/**
 * What is wrong with a profile, in words for the one who wrote it: `FIELD: what, and what to write`; empty for a good one.
 * Where the schema has several forms, the one that the keys (or `kind`) show was meant; a validator would speak of the
 * first form always. OIDs are held to 32 bits a number, which a pattern cannot say.
 */
export function findProfileMistakes(value: unknown): string[] {
  return findMistakes(ProfileSchema as unknown as Schema, value, '')
}

function findMistakes(schema: Schema, value: unknown, field: string): string[] {
  if (schema.anyOf) return findInForms(schema.anyOf, value, field)
  if (schema.const !== undefined) {
    return value === schema.const ? [] : [say(field, `${quote(value)} is not ${quote(schema.const)}`)]
  }
  if (!isOfType(schema.type, value)) {
    return [say(field, `is ${nameOf(value)}; write ${describe(schema)}`)]
  }
  switch (schema.type) {
    case 'object':
      return findInObject(schema, value as Record<string, unknown>, field, [])
    case 'array':
      return findInList(schema, value as unknown[], field)
    case 'string':
      return findInText(schema, value as string).map((mistake) => say(field, mistake))
    default:
      return findInNumber(schema, value as number).map((mistake) => say(field, mistake))
  }
}

function findInForms(forms: readonly Schema[], value: unknown, field: string): string[] {
  if (forms.every((form) => form.const !== undefined)) return findInEnumeration(forms.map(constOf), value, field)
  const fitting = forms.filter(({ type }) => isOfType(type, value))
  const [only] = fitting
  if (only === undefined) {
    const words = [...new Set(forms.map(describe))]
    return [say(field, `is ${nameOf(value)}; write ${words.join(' or ')}`)]
  }
  if (fitting.length === 1 || only.type !== 'object') return findMistakes(only, value, field)
  return findInObjectForms(fitting, value as Record<string, unknown>, field)
}

function findInObjectForms(forms: readonly Schema[], value: Record<string, unknown>, field: string): string[] {
  if (forms.every((form) => form.properties?.kind?.const !== undefined)) {
    const kinds = forms.map((form) => constOf(form.properties?.kind as Schema))
    const form = forms.find((each) => Object.hasOwn(value, 'kind') && each.properties?.kind?.const === value.kind)
    if (form) return findInObject(form, value, field, [])
    const at = join(field, 'kind')
    if (Object.hasOwn(value, 'kind')) return findInEnumeration(kinds, value.kind, at)
    return [say(at, `is missing; write one of ${kinds.join(', ')}`)]
  }
  const keysOf = (form: Schema) => Object.keys(form.properties ?? {})
  const isCommon = (key: string) => forms.every((form) => keysOf(form).includes(key))
  const score = (form: Schema) => {
    const own = keysOf(form).filter((key) => !isCommon(key))
    const points = Object.keys(value).map((key): number => {
      if (isCommon(key)) return 0
      const meant = own.includes(key) ? key : findNearest(key, own)
      // A key that the form cannot do without says more, and a misspelt one says less.
      return meant === null ? 0 : (form.required?.includes(meant) ? 3 : 1) * (meant === key ? 3 : 2)
    })
    return points.reduce((sum, each) => sum + each, 0)
  }
  const [best] = forms.map((form) => ({ form, score: score(form) })).sort((a, b) => b.score - a.score)
  if (best === undefined || best.score === 0) {
    const words = forms.map((form) => (form.required ?? []).filter((key) => !isCommon(key)).join(' + '))
    return [say(field, `does not say where the value stands; write ${words.join(', or ')}`)]
  }
  const others = forms.filter((form) => form !== best.form).flatMap(keysOf)
  return findInObject(best.form, value, field, others)
}

/** @param elsewhere keys of other forms of the same thing */
function findInObject(
  { properties = {}, required = [] }: Schema,
  value: Record<string, unknown>,
  field: string,
  elsewhere: readonly string[],
): string[] {
  const keys = Object.keys(properties)
  const mistakes: string[] = []
  const meant = new Set<string>()
  for (const [key, each] of Object.entries(value)) {
    const schema = Object.hasOwn(properties, key) ? properties[key] : undefined
    const at = join(field, shorten(key))
    if (schema) mistakes.push(...findMistakes(schema, each, at))
    else if (elsewhere.includes(key)) {
      const beside = keys.filter((other) => Object.hasOwn(value, other) && !elsewhere.includes(other))
      const free = keys.filter((other) => !Object.hasOwn(value, other))
      const hint = free.length > 0 ? `; beside it go ${free.join(', ')}` : ''
      mistakes.push(say(at, `does not go with ${beside.join(', ')}${hint}`))
    } else {
      const nearest = findNearest(key, keys)
      if (nearest !== null) meant.add(nearest)
      const hint = nearest === null ? '' : `; did you mean ${nearest}?`
      mistakes.push(say(at, `is no key here${hint}${nearest === null ? `; there are ${keys.join(', ')}` : ''}`))
    }
  }
  for (const key of required) {
    if (Object.hasOwn(value, key) || meant.has(key)) continue
    mistakes.push(say(join(field, key), `is missing; write ${describe(properties[key] as Schema)}`))
  }
  return mistakes
}

function findInList({ items, minItems = 0 }: Schema, value: readonly unknown[], field: string): string[] {
  if (value.length < minItems) return [say(field, `is empty; write at least ${minItems === 1 ? 'one' : minItems}`)]
  return value.flatMap((each, i) => (items ? findMistakes(items, each, join(field, `${i}`)) : []))
}

function findInText(schema: Schema, text: string): string[] {
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  if (schema.enum) return findInEnumeration(schema.enum.map(String), text, '')
  if (text.length < minLength) {
    return [text === '' ? 'is empty' : `${quote(text)} is too short; write at least ${minLength} characters`]
  }
  if (text.length > maxLength) return [`is too long; write at most ${maxLength} characters`]
  if (pattern === undefined) return []
  if (isForOid(pattern)) {
    const fault = findOidFault(text, isForInstance(pattern))
    return fault === null ? [] : [`${quote(text)} is no OID: ${fault}`]
  }
  return new RegExp(pattern).test(text)
    ? []
    : [`${quote(text)} does not fit; write lower-case letters, digits and hyphens, 64 at most`]
}

function findInNumber({ minimum, maximum }: Schema, value: number): string[] {
  if (minimum !== undefined && value < minimum) return [`${value} is too small; write ${minimum} or more`]
  if (maximum !== undefined && value > maximum) return [`${value} is too large; write ${maximum} or less`]
  return []
}

function findInEnumeration(allowed: readonly string[], value: unknown, field: string): string[] {
  if (allowed.some((each) => each === value)) return []
  const nearest = typeof value === 'string' ? findNearest(value, allowed) : null
  const hint = nearest === null ? '' : `; did you mean ${nearest}?`
  return [say(field, `${quote(value)} is none of ${allowed.join(', ')}${hint}`)]
}

/** Why a text is no OID; null when it is one. */
function findOidFault(text: string, mayEndInDevice: boolean): string | null {
  const base = mayEndInDevice && text.endsWith('.{d}') ? text.slice(0, -4) : text
  if (base.includes('{d}')) return mayEndInDevice ? '{d} stands at the end only' : '{d} has no place here'
  if (base.startsWith('.')) return 'write it without the leading dot'
  if (!/^\d+(?:\.\d+)*$/.test(base)) return `write numbers with dots between them: ${EXAMPLE_INSTANCE}`
  const ids = base.split('.')
  if (ids.length < 2 || ids.length > (base === text ? 128 : 127)) return 'it has 2 to 128 numbers'
  const zero = ids.find((id) => /^0\d/.test(id))
  if (zero !== undefined) return `write ${shorten(zero)} without leading zeros`
  const large = ids.find((id) => Number(id) > 0xffffffff)
  if (large !== undefined) return `${shorten(large)} is larger than 4294967295`
  return isOid(base) ? null : 'it begins with 0, 1 or 2, and behind 0 and 1 stands at most 39'
}

function isForOid(pattern: string): boolean {
  return new RegExp(pattern).test(EXAMPLE_OID)
}

function isForInstance(pattern: string): boolean {
  return new RegExp(pattern).test(`${EXAMPLE_OID}.{d}`)
}

function describe(schema: Schema): string {
  const { type, description, anyOf, items, properties } = schema
  const example = exampleOf(schema)
  if (example !== null) return `an OID such as ${example}`
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  if (anyOf?.every((form) => form.const !== undefined)) return `one of ${anyOf.map(constOf).join(', ')}`
  if (type === 'object') return `an object with ${Object.keys(properties ?? {}).join(', ')}`
  if (type === 'array' && items) {
    const itemExample = exampleOf(items)
    if (itemExample !== null) return `a list of OIDs such as ["${itemExample}"]`
    if (items.enum) return `a list of some of ${items.enum.join(', ')}`
    if (items.type === 'string') return 'a list of texts'
  }
  const word = TYPE_WORDS[type ?? ''] ?? 'something else'
  return description === undefined ? word : `${word}: ${description}`
}

/** An OID of the kind that is wanted; null where something else is. */
function exampleOf({ pattern }: Schema): string | null {
  if (pattern === undefined || !isForOid(pattern)) return null
  return isForInstance(pattern) ? EXAMPLE_INSTANCE : EXAMPLE_OID
}

function constOf(schema: Schema): string {
  return String(schema.const)
}

function isOfType(type: string | undefined, value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : quote(value)
}

/** A piece of the file, harmless in a message of one line. */
function quote(value: unknown): string {
  if (typeof value === 'string') return `"${shorten(value)}"`
  return typeof value === 'object' && value !== null ? nameOf(value) : String(value)
}

function shorten(text: string): string {
  const clipped = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
  return escapeControls(clipped)
}

/** Nothing in it can move a cursor or break a line. */
export function escapeControls(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${(char.codePointAt(0) as number).toString(16)}}`)
}

function join(field: string, key: string): string {
  return field === '' ? key : `${field}.${key}`
}

function say(field: string, mistake: string): string {
  return field === '' ? mistake : `${field}: ${mistake}`
}
