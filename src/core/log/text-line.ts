import { styleText } from 'node:util'
import { cleanText } from '../output/clean-text.ts'

const COLORS = {
  fatal: ['red', 'bold'],
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'dim',
  trace: 'dim',
} as const

/**
 * A line of the JSON log for people: `2026-11-23T17:04:43.000Z info  listening url=http://127.0.0.1:9090`.
 * @param line one JSON object as the logger writes it
 */
export function formatTextLine(line: string, color: boolean): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const word = String(level).padEnd(5)
  const style = COLORS[level as keyof typeof COLORS]
  const parts = [
    String(time),
    color && style ? styleText(style, word, { validateStream: false }) : word,
    cleanText(String(msg ?? '')),
    ...Object.entries(fields).map(([key, value]) => `${cleanText(key)}=${formatValue(value)}`),
  ]
  return `${parts.filter((part) => part !== '').join(' ')}${formatError(err)}\n`
}

function formatValue(value: unknown): string {
  const text = cleanText(typeof value === 'string' ? value : JSON.stringify(value))
  return typeof value === 'string' && (text === '' || /[\s"=]/.test(text)) ? JSON.stringify(text) : text
}

/** An error of the program itself, with where it came from in lines of their own. */
function formatError(err: unknown): string {
  if (typeof err !== 'object' || err === null) return err === undefined ? '' : ` err=${formatValue(err)}`
  const { message, stack } = err as { message?: unknown; stack?: unknown }
  if (typeof stack !== 'string') return ` err=${formatValue(message ?? err)}`
  return stack
    .split('\n')
    .map((row) => `\n    ${cleanText(row)}`)
    .join('')
}
