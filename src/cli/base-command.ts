import { Command, Errors, Flags } from '@oclif/core'
import { PrintMasterError } from '../core/model/error.ts'

/** Exit codes of every command (README, "Exit codes"). */
export const EXIT = { ok: 0, failed: 1, usage: 2, unknown: 3, interrupted: 130 } as const

export const configFlag = Flags.string({
  helpGroup: 'GLOBAL',
  helpValue: 'FILE',
  summary: 'The config.ini to read; without it PRINTMASTER_CONFIG, ./config.ini, /etc/printmaster/config.ini.',
})

/** What all commands share: one line for every mistake, on stderr, with the right exit code and no stack trace. */
export abstract class BaseCommand extends Command {
  /** What a mistake in flags or config ends with; monitoring wants another code than people. */
  protected usageCode: number = EXIT.usage

  protected override async catch(error: Error & { oclif?: { exit?: number } }): Promise<void> {
    if (error instanceof Errors.ExitError) throw error
    if (error instanceof PrintMasterError) {
      this.logToStderr(`printmaster: ${error.message}`)
      this.exit(error.isUsage ? this.usageCode : this.usageCode === EXIT.unknown ? EXIT.unknown : EXIT.failed)
    }
    if (error instanceof Errors.CLIError) {
      const lines = error.message.split('\n').map((line) => line.trim())
      const problems = lines.filter((line) => line && !/^(See more help|The following error)/.test(line))
      const message = problems.join('; ')
      this.logToStderr(`printmaster ${this.id ?? ''}: ${message} (see printmaster ${this.id ?? ''} --help)`)
      this.exit(this.usageCode)
    }
    if (process.env.DEBUG) throw error
    this.logToStderr(
      `printmaster: this should not have happened: ${error.message}. Set DEBUG=* to see where, and please report it.`,
    )
    this.exit(this.usageCode === EXIT.unknown ? EXIT.unknown : EXIT.failed)
  }
}
