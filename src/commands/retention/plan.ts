import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { RETENTION_EXIT_CODES } from '../../cli/retention-flags.ts'
import { lookOf } from '../../cli/terminal.ts'

export default class RetentionPlan extends BaseCommand {
  static override summary = 'What the next run would do, in numbers; nothing is changed.'
  static override description = RETENTION_EXIT_CODES
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override flags = { json: Flags.boolean({ summary: 'JSON on stdout.' }), ...accessFlags('an admin') }

  async run(): Promise<void> {
    const { flags } = await this.parse(RetentionPlan)
    this.refuseEmpty(flags)
    const [{ openRetentionOffice }, { formatPlan }] = await Promise.all([
      import('../../cli/retention-office.ts'),
      import('../../cli/retention-words.ts'),
    ])
    const office = await openRetentionOffice(flags, { readonly: true }, (sentence) => this.logToStderr(sentence))
    const plan = await office.plan().finally(() => office.close())
    process.stdout.write(flags.json ? `${JSON.stringify(plan)}\n` : formatPlan(plan, lookOf(process.stdout)))
  }
}
