import { padText, truncateText } from '../../core/output/fit-text.ts'
import type { Frame } from '../views/frame.ts'

const KEYS: ReadonlyArray<readonly [keys: string, does: string]> = [
  ['1 2 3 4, tab', 'overview, agents, printers, events'],
  ['up down, j k', 'one row up or down'],
  ['PgUp PgDn, b space', 'one page up or down'],
  ['g G, Home End', 'first or last row'],
  ['enter, right, l', 'open what the row is about'],
  ['esc, left', 'back; first out of a filter'],
  ['/', 'filter while you type; enter keeps it, esc takes it back'],
  ['s S', 'sort by the next field, or the one before'],
  ['c', 'on an agent: scan now (admin token)'],
  ['a', 'on an event: acknowledge it (admin token)'],
  ['?', 'this page'],
  ['q, Ctrl-C', 'leave'],
]

/** Every key. */
export function composeHelp(frame: Frame): string[] {
  return KEYS.map(([keys, does]) =>
    frame.isPlain ? `${keys}: ${does}` : truncateText(`${padText(keys, 20)} ${does}`, frame.width),
  ).slice(0, frame.height)
}
