import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { ApiError, ErrorAnswerSchema } from '../protocol/api-error.ts'
import { describeMistakes } from './describe-mistakes.ts'

type Check = (value: unknown) => { value: unknown } | { error: Error }

const compiled = new WeakMap<object, Validator>()

/**
 * Compiled once for each schema. Nothing is coerced and nothing removed: null stays null, true is not 1, keys that the
 * schema does not name stay where they are.
 */
function compile(schema: TSchema): Validator {
  // error answers differ by their description alone
  const same = (schema as { title?: string }).title === 'Error' ? ErrorAnswerSchema : schema
  const validator = compiled.get(same) ?? (Compile(same) as Validator)
  compiled.set(same, validator)
  return validator
}

/** Checks bodies and queries; path parameters are looked up, and not found when they are nonsense. */
export function compileCheck(schema: TSchema, part: string | undefined): Check {
  if (part === 'body') return (body) => checkBody(schema, body)
  if (part === 'querystring') return (query) => checkQuery(schema, query as Query)
  return (value) => ({ value })
}

export function checkBody(schema: TSchema, body: unknown): { value: unknown } | { error: ApiError } {
  const validator = compile(schema)
  if (validator.Check(body)) return { value: body }
  const fields = describeMistakes(validator.Errors(body))
  return { error: new ApiError('invalid_body', 'the body does not fit', { fields }) }
}

type Query = Readonly<Record<string, string | readonly string[]>>

/** Text as it stands in the URL: digits become a number only where the schema wants one, and defaults are filled in. */
function checkQuery(schema: TSchema, query: Query): { value: unknown } | { error: ApiError } {
  const properties = (schema as { properties?: Record<string, { type?: string; default?: unknown }> }).properties ?? {}
  const twice = Object.keys(query).filter((name) => Array.isArray(query[name]))
  if (twice.length > 0) {
    return refuseQuery(twice.map((name) => ({ path: name.slice(0, 64), problem: 'is there more than once' })))
  }
  const unprintable = Object.keys(query).filter((name) => /\p{Cc}/u.test(query[name] as string))
  if (unprintable.length > 0) {
    return refuseQuery(unprintable.map((name) => ({ path: name.slice(0, 64), problem: 'has a control character' })))
  }
  const values: Record<string, unknown> = Object.assign(Object.create(null), query)
  for (const [name, { type, default: initial }] of Object.entries(properties)) {
    const text = values[name]
    if (text === undefined && initial !== undefined) values[name] = initial
    if (type === 'integer' && typeof text === 'string' && /^\d{1,15}$/.test(text)) values[name] = Number(text)
  }
  const validator = compile(schema)
  const value = { ...values }
  if (validator.Check(value)) return { value }
  const mistakes = describeMistakes(validator.Errors(value))
  return refuseQuery(mistakes.map(({ path, problem }) => ({ path: path.replace(/^\//, ''), problem })))
}

function refuseQuery(fields: readonly { path: string; problem: string }[]): { error: ApiError } {
  return { error: new ApiError('invalid_query', 'a query parameter does not fit', { fields }) }
}

/** Holds an answer against its schema before it goes out. An answer that does not fit is a fault of ours. */
export function compileAnswer(schema: TSchema, where: string): (answer: unknown) => string {
  const validator = compile(schema)
  return (answer) => {
    if (!validator.Check(answer)) {
      const [mistake] = describeMistakes(validator.Errors(answer))
      throw new Error(`the answer of ${where} does not fit its schema: ${mistake?.path} ${mistake?.problem}`)
    }
    return JSON.stringify(answer)
  }
}

/** `a=1&a=2` as `{a: ['1', '2']}`: what is given twice is seen. */
export function parseQuery(text: string): Query {
  const query: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const before = query[name]
    query[name] = before === undefined ? value : [before, value].flat()
  }
  return query
}
