import { measureText, truncateText, wrapText } from '../../core/output/fit-text.ts'
import { cutMark } from '../../core/output/paint.ts'
import type { Frame } from './frame.ts'

/**
 * A text on as many lines as it takes.
 * @param most lines; what does not fit on them is cut. Without it words that are longer than a line are broken, and nothing is lost
 */
export function wrapLines(text: string, { width, look }: Pick<Frame, 'width' | 'look'>, most?: number): string[] {
  if (most === undefined) return wrapText(text, width).flatMap((line) => breakLine(line, width))
  const lines = wrapText(text, width)
  const shown = lines.length <= most ? lines : [...lines.slice(0, most - 1), lines.slice(most - 1).join(' ')]
  return shown.map((line) => truncateText(line, width, cutMark(look)))
}

/** Sentences for a screen reader take as many lines of the terminal as they need; other lines fit already. */
export function fitLines(lines: readonly string[], frame: Frame): readonly string[] {
  return frame.isPlain ? lines.flatMap((line) => wrapLines(line, frame)) : lines
}

/** Of words that are longer than a line. */
function breakLine(line: string, width: number): string[] {
  const pieces: string[] = []
  for (let rest = line; rest !== ''; ) {
    const piece = measureText(rest) <= width ? rest : truncateText(rest, width, '') || rest
    pieces.push(piece)
    rest = rest.slice(piece.length).trimStart()
  }
  return pieces.length === 0 ? [''] : pieces
}
