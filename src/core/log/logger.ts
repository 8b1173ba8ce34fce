import { type Logger, pino } from 'pino'
import type { LogFormat, LogLevel } from '../config/log-words.ts'
import { redactFields, redactText } from './redact.ts'
import { formatTextLine } from './text-line.ts'

/** What JSON leaves as it is and a terminal or a log viewer may take for a command (C1 controls, line and bidi marks). */
const UNSAFE = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

export interface LogOptions {
  readonly level: LogLevel
  /** Null: text on a terminal, else JSON. */
  readonly format: LogFormat | null
  /** Only for text. */
  readonly color: boolean
}

/**
 * The log of a service: one line an event, time in UTC, to `stream`. Nothing secret gets into it: keys that name a secret
 * are masked at any depth, tokens in any text. Lines are written directly, without a thread.
 */
export function createLogger(
  options: LogOptions,
  stream: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
): Logger {
  const isText = (options.format ?? (stream.isTTY ? 'text' : 'json')) === 'text'
  const write = (line: string) => {
    const safe = redactText(line).replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    stream.write(isText ? formatTextLine(safe, options.color) : safe)
  }
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      // what redactFields made of an error is final
      serializers: { err: (error: unknown) => error },
      formatters: { level: (label) => ({ level: label }), log: redactFields },
    },
    { write },
  )
}
