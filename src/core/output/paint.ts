import { styleText } from 'node:util'

export type Color = Parameters<typeof styleText>[0]

/** How the terminal wants its text. */
export interface Look {
  readonly color: boolean
  /** False: ASCII only for everything that is ours (bars, lines, marks). */
  readonly unicode: boolean
}

/** `text` in `color` when colours are wanted; whether they are was decided by the caller, not by a stream. */
export function paint(text: string, color: Color, look: Look): string {
  return look.color && text !== '' ? styleText(color, text, { validateStream: false }) : text
}

/** What stands where a text was cut. */
export function cutMark(look: Look): string {
  return look.unicode ? '…' : '~'
}
