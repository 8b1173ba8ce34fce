/** One line on a terminal that says how far something is; nothing at all where stderr is no terminal. */
export interface ProgressLine {
  show(sentence: string): void
  /** Takes the line away, for others to be printed. */
  clear(): void
}

const EVERY_MS = 200
const CLEAR_LINE = '\r\u001b[2K'

export function createProgressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  let told: number | null = null
  return {
    show(sentence) {
      const now = performance.now()
      if (!stream.isTTY || (told !== null && now - told < EVERY_MS)) return
      told = now
      stream.write(CLEAR_LINE + sentence.slice(0, (stream.columns || 80) - 1))
    },
    clear() {
      if (told !== null) stream.write(CLEAR_LINE)
      told = null
    },
  }
}
