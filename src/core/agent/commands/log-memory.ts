import type { AgentLog } from '../agent-log.ts'

const MOST_LINES = 200
/** Of one line as it is kept. */
const LONGEST_LINE = 1000

export interface LogLine {
  readonly time: string
  readonly level: 'error' | 'warn' | 'info'
  readonly message: string
  readonly fields: unknown
}

export interface LogMemory {
  /** The same log, whose lines are remembered. */
  readonly log: AgentLog
  /** Oldest first. */
  lines(): readonly LogLine[]
}

/**
 * Keeps the last lines of a log at hand.
 * @param redact gives fields without what nobody may see
 */
export function rememberLog(
  log: AgentLog,
  now: () => number,
  redact: (line: Pick<LogLine, 'message' | 'fields'>) => Pick<LogLine, 'message' | 'fields'>,
): LogMemory {
  const kept: LogLine[] = []
  const keep = (level: LogLine['level']) => (fields: object, message: string) => {
    log[level](fields, message)
    const line = { time: new Date(now()).toISOString(), level, ...redact({ message, fields }) }
    kept.push(
      JSON.stringify(line).length > LONGEST_LINE
        ? { ...line, fields: '[long]', message: line.message.slice(0, LONGEST_LINE) }
        : line,
    )
    if (kept.length > MOST_LINES) kept.shift()
  }
  return {
    log: {
      error: keep('error'),
      warn: keep('warn'),
      info: keep('info'),
      debug: (fields, message) => log.debug(fields, message),
    },
    lines: () => kept,
  }
}
