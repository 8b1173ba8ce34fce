import { padText } from '../../core/output/fit-text.ts'
import { wrapLines } from '../views/wrap-lines.ts'
import { composeText, type Screen, type ScreenRequest } from './screen.ts'

const KEYS: ReadonlyArray<readonly [keys: string, does: string]> = [
  ['1 2 3 4, tab', 'overview, agents, printers, events'],
  ['up down, j k', 'one row up or down'],
  ['PgUp PgDn, b space', 'one page up or down'],
  ['g G, Home End', 'first or last row'],
  ['enter, right, l', 'open what the row is about'],
  ['esc, left, h', 'back; first out of a filter'],
  ['/', 'filter while you type; enter keeps it, esc takes it back'],
  ['s S', 'sort by the next field, or the one before'],
  ['c', 'on an agent: scan now (admin token)'],
  ['a', 'on an event: acknowledge it (admin token)'],
  ['?', 'this page'],
  ['Ctrl-Z', 'suspend; fg comes back'],
  ['q, Ctrl-C', 'leave'],
]
const LABEL = 20

/** Every key. */
export function composeHelp(request: ScreenRequest): Screen {
  const { frame } = request
  const lines = KEYS.flatMap(([keys, does]) => {
    if (frame.isPlain) return [`${keys}: ${does}`]
    const parts = wrapLines(does, { ...frame, width: frame.width - LABEL - 1 })
    return parts.map((part, i) => `${padText(i === 0 ? keys : '', LABEL)} ${part}`)
  })
  return composeText(lines, { hints: ['up, down: scroll', 'any other key: back'] }, request)
}
