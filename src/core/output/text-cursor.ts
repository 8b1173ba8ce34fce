import { type ErrorCode, PrintMasterError } from '../model/error.ts'
import { cleanText } from './clean-text.ts'
import { truncateText } from './fit-text.ts'

/** A place in a text that the user typed, and how to complain about it. */
export interface TextCursor {
  readonly text: string
  at: number
  /** What the text is, for messages: `--filter`, `--columns`, `--sort`. */
  readonly flag: string
  readonly code: Extract<ErrorCode, 'bad_filter' | 'bad_flag'>
}

/** The error for position `at` (from 0): `--filter "status=eror", position 8: ...`. */
export function failAt(cursor: TextCursor, at: number, problem: string): PrintMasterError {
  const shown = truncateText(cleanText(cursor.text), 60)
  return new PrintMasterError(cursor.code, `${cursor.flag} "${shown}", position ${at + 1}: ${cleanText(problem)}`)
}

/** What stands at `at`, for messages. */
export function quoteAt(cursor: TextCursor, at = cursor.at): string {
  const word = /^(?:[\w.%-]+|.)/su.exec(cursor.text.slice(at, at + 40))?.[0]
  if (word === undefined) return 'the end'
  return cleanText(word) ? `"${cleanText(word)}"` : 'a blank'
}

/** Takes `pattern` (sticky) at the cursor; the matched text, or null with the cursor where it was. */
export function takePattern(cursor: TextCursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.at
  const match = pattern.exec(cursor.text)
  if (!match) return null
  cursor.at += match[0].length
  return match[0]
}
