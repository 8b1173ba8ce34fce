const PIPE_WIDTH = 120

/** What the place that a stream goes to can show. */
export interface TerminalLook {
  color: boolean
  unicode: boolean
  /** Columns; a fixed width for a pipe or a file, so that output does not depend on who looks. */
  width: number
}

/** Colour on a terminal only (NO_COLOR and FORCE_COLOR as everywhere), box characters unless the locale has none. */
export function lookOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): TerminalLook {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0'
  return {
    color: !env.NO_COLOR && (forced || (stream.isTTY === true && env.TERM !== 'dumb')),
    unicode: !/^(C|POSIX)$/.test(locale),
    width: (stream.isTTY && stream.columns) || Number(env.COLUMNS) || PIPE_WIDTH,
  }
}

/** Waits until what was written is out, or until it is known that nobody reads it. */
export function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => setImmediate(resolve)))
}
