import { JournalError } from '../core/agent/journal/journal-error.ts'
import type { Config } from '../core/config/config.ts'
import { createLogger } from '../core/log/logger.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { StoreError } from '../core/store/store-error.ts'
import { lookOf } from './terminal.ts'

export type ServiceLog = ReturnType<typeof createLogger>

/** The log of what runs for long, on stderr; it begins with what config gave to complain about. */
export function openServiceLog(config: Pick<Config, 'log' | 'warnings'>): ServiceLog {
  const log = createLogger({ ...config.log, color: lookOf(process.stderr).color })
  for (const warning of config.warnings) log.warn(warning)
  return log
}

/**
 * From now on a fault of the program is said in the log and ends it, and a log whose reader is gone (a closed terminal,
 * a restarted collector) is no reason to stop working.
 */
export function surviveOnLog(log: ServiceLog): void {
  process.stderr.removeAllListeners('error')
  process.stderr.on('error', () => undefined)
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'a fault of the program; it ends')
    process.exit(1)
  })
}

/** Why what was read again cannot be used, in one line. @throws what is a fault of the program and none of the files */
export function describeMistake(error: unknown): string {
  const isKnown = [PrintMasterError, StoreError, JournalError].some((kind) => error instanceof kind)
  if (!(isKnown && error instanceof Error)) throw error
  return error.message.replaceAll('\n', '; ')
}
