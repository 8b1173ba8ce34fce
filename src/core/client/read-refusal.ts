import { PrintMasterError } from '../model/error.ts'
import { cleanText } from '../output/clean-text.ts'
import type { ApiErrorCode } from '../protocol/api-error.ts'

/** The longest sentence of a server that is passed on. */
const LONGEST = 500
const MOST_FIELDS = 5
/** Refusals whose sentence says only that something does not fit: what, and why, is in their fields. */
const WITH_FIELDS: ReadonlySet<string> = new Set<ApiErrorCode>(['invalid_body', 'invalid_query'])

/** What a server says in the one shape of its errors; `code` is null for an answer that is not of this kind. */
export interface Refusal {
  readonly status: number
  readonly code: string | null
  /** For a person, fit for a terminal. */
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** @param answer the parsed body; undefined for what is no JSON */
export function readRefusal(status: number, answer: unknown): Refusal {
  const { code, message, details } = asObject(asObject(answer).error)
  if (typeof code !== 'string' || typeof message !== 'string') {
    return { status, code: null, message: `it answers ${status}, but not as a PrintMaster server does`, details: {} }
  }
  const text = `${cleanText(message.slice(0, LONGEST))} (${cleanText(code.slice(0, LONGEST))})`
  const fields = WITH_FIELDS.has(code) ? wordFields(asObject(details).fields) : ''
  return { status, code, message: fields === '' ? text : `${text}: ${fields}`, details: asObject(details) }
}

/** `/expires_in_seconds must be >= 10; /port must be <= 65535` */
function wordFields(fields: unknown): string {
  if (!Array.isArray(fields)) return ''
  const words = fields.slice(0, MOST_FIELDS).flatMap((field) => {
    const { path, problem } = asObject(field)
    const texts = [path, problem].filter((text) => typeof text === 'string').map((text) => text.slice(0, LONGEST))
    const word = cleanText(texts.join(' '))
    return word === '' ? [] : [word]
  })
  const more = fields.length > MOST_FIELDS ? [`and ${fields.length - MOST_FIELDS} more`] : []
  return [...words, ...more].join('; ')
}

/** Undefined for what is no JSON; null for nothing at all. */
export function parseAnswer(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** What a server said that refused; null for errors of another kind. */
export function refusalOf(error: unknown): Refusal | null {
  return error instanceof PrintMasterError && error.code === 'server_refused' && error.cause !== undefined
    ? (error.cause as Refusal)
    : null
}
