/** The part of a structured log that the watch writes to. */
export interface WatchLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
