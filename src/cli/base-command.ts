import { Command, Errors, Flags } from '@oclif/core'
import { JournalError } from '../core/agent/journal/journal-error.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { StoreError } from '../core/store/store-error.ts'
import { EXIT } from './exit-codes.ts'
import { describeUsageMistake } from './usage-mistake.ts'

export const configFlag = Flags.string({
  helpGroup: 'GLOBAL',
  helpValue: 'FILE',
  summary: 'The config.ini to read; without it PRINTMASTER_CONFIG, ./config.ini, /etc/printmaster/config.ini.',
})

/** What all commands share: one line for every mistake, on stderr, with the right exit code and no stack trace. */
export abstract class BaseCommand extends Command {
  /** True where a monitoring system asks: every failure is "unknown" then, and said on stdout, which is what it reads. */
  protected isMonitoring = false

  /** An empty value is most often an unset variable of a script: asking with the default instead would be a surprise. */
  protected refuseEmpty(flags: Readonly<Record<string, unknown>>): void {
    for (const [flag, value] of Object.entries(flags)) {
      if (value === '' || (Array.isArray(value) && value.includes(''))) {
        throw new PrintMasterError('bad_flag', `--${flag}: the value is empty`)
      }
    }
  }

  protected override async catch(error: Error): Promise<void> {
    if (error instanceof Errors.ExitError) throw error
    if (error instanceof PrintMasterError) {
      return this.fail(error.message.split('\n'), '', error.isUsage ? EXIT.usage : EXIT.failed)
    }
    if (error instanceof StoreError || error instanceof JournalError) return this.fail([error.message], '', EXIT.failed)
    if (error instanceof Errors.CLIError) {
      const mistake = describeUsageMistake(error, Object.keys(this.ctor.flags))
      const name = this.id?.replaceAll(':', this.config.topicSeparator)
      return this.fail([mistake], ` (see ${this.config.bin} ${name} --help)`, EXIT.usage)
    }
    if (process.env.DEBUG) throw error
    const bug = `this should not have happened: ${error.message.replaceAll('\n', ' ')}. Set DEBUG=* to see where, and please report it.`
    return this.fail([bug], '', EXIT.failed)
  }

  private fail(problems: readonly string[], hint: string, code: number): never {
    for (const problem of problems) this.logToStderr(`${this.config.bin}: ${problem}${hint}`)
    if (!this.isMonitoring) return this.exit(code)
    process.stdout.write(`PRINTMASTER UNKNOWN - ${problems.join('; ').replaceAll('|', '/')}\n`)
    return this.exit(EXIT.unknown)
  }
}
