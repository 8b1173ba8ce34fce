import type { Color } from './paint.ts'

const STATUS_COLORS: Readonly<Record<string, Color>> = {
  error: ['red', 'bold'],
  offline: ['red', 'bold'],
  warning: 'yellow',
  idle: 'green',
  printing: 'green',
  asleep: 'blue',
  unknown: 'dim',
}

/** The colour of a printer's status, whoever tells it; null for a word that has none. */
export function colorStatus(status: string | null): Color | null {
  return STATUS_COLORS[status ?? ''] ?? null
}
