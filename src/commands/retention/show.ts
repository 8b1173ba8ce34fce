import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { RETENTION_EXIT_CODES } from '../../cli/retention-flags.ts'
import { lookOf } from '../../cli/terminal.ts'

export default class RetentionShow extends BaseCommand {
  static override summary =
    'What is kept how long, how much there is of it, how the last run went, what the next one would do.'
  static override description = RETENTION_EXIT_CODES
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json --server https://printers.example --token-file admin.token',
  ]
  static override flags = { json: Flags.boolean({ summary: 'JSON on stdout.' }), ...accessFlags('an admin') }

  async run(): Promise<void> {
    const { flags } = await this.parse(RetentionShow)
    this.refuseEmpty(flags)
    const [{ openRetentionOffice }, { formatRetention }] = await Promise.all([
      import('../../cli/retention-office.ts'),
      import('../../cli/retention-words.ts'),
    ])
    const office = await openRetentionOffice(flags, { readonly: true }, (sentence) => this.logToStderr(sentence))
    const state = await office.show().finally(() => office.close())
    process.stdout.write(flags.json ? `${JSON.stringify(state)}\n` : formatRetention(state, lookOf(process.stdout)))
  }
}
