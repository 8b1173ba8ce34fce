import { PrintMasterError } from '../model/error.ts'
import { cleanText } from '../output/clean-text.ts'

/** The longest sentence of a server that is passed on. */
const LONGEST = 500

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
  return { status, code, message: text, details: asObject(details) }
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
