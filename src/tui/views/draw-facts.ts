import { stripVTControlCharacters } from 'node:util'
import { measureText, padText, truncateText, wrapText } from '../../core/output/fit-text.ts'
import { cutMark, paint } from '../../core/output/paint.ts'
import type { Frame } from './frame.ts'

const LABEL = 11
/** Holds words together where lines are broken. */
export const NO_BREAK = '\u00a0'

/**
 * A label and what belongs to it: cut to one line, or on as many lines as it takes.
 * @param text cleaned; may hold colour codes
 */
export function drawFact(label: string, text: string, frame: Frame, isWrapped = false): string[] {
  const room = frame.width - LABEL - 1
  if (frame.isPlain) return [`${label}: ${text}`.replaceAll(NO_BREAK, ' ')]
  const lines = isWrapped ? wrapText(text, room) : [text]
  return lines.map((line, i) => {
    const head = i === 0 ? paint(padText(label, LABEL), 'bold', frame.look) : ' '.repeat(LABEL)
    // what is cut loses its colours: a code must not be cut in two
    const fits = measureText(line) <= room
    return `${head} ${fits ? line : truncateText(stripVTControlCharacters(line), room, cutMark(frame.look))}`.replaceAll(
      NO_BREAK,
      ' ',
    )
  })
}

/** The heading of a part of a screen. */
export function drawHeading(text: string, frame: Frame): string {
  return paint(truncateText(text, frame.width, cutMark(frame.look)), ['bold', 'underline'], frame.look)
}
