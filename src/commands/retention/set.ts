import { Args, Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { RETENTION_EXIT_CODES } from '../../cli/retention-flags.ts'
import { lookOf } from '../../cli/terminal.ts'
import { cleanText } from '../../core/output/clean-text.ts'
import { METRIC_TYPES } from '../../core/protocol/retention.ts'

const days = (summary: string) => Flags.integer({ min: 1, max: 36_500, helpValue: 'DAYS', summary })

export default class RetentionSet extends BaseCommand {
  static override summary = 'Change how long one kind of data is kept, everywhere or at one site.'
  static override description = [
    'What is set here beats config.ini, and that of a site what is set for all. audit, alerts, commands and agent_health have no days and months: they take one number. Readings and days tell page_counts, supply_levels and status together, and stay as long as the longest of the three asks for. Every change is audited.',
    RETENTION_EXIT_CODES,
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> page_counts --delete-after 3650',
    '<%= config.bin %> <%= command.id %> audit --delete-after 1095',
    '<%= config.bin %> <%= command.id %> supply_levels --detailed 14 --summary 90 --site plant-2',
    '<%= config.bin %> <%= command.id %> page_counts --reset',
  ]
  static override args = {
    type: Args.string({ required: true, options: [...METRIC_TYPES], description: 'What it is about.' }),
  }
  static override flags = {
    detailed: days('Keep every reading for so many days.'),
    summary: days('Keep days for so many days; months after that.'),
    'delete-after': days('Keep nothing after so many days.'),
    site: Flags.string({ helpValue: 'SITE_ID', summary: 'Only at this site.' }),
    reset: Flags.boolean({
      exclusive: ['detailed', 'summary', 'delete-after'],
      summary: 'Back to what config says, or to what holds for all sites.',
    }),
    json: Flags.boolean({ summary: 'All policies as JSON on stdout.' }),
    ...accessFlags('an admin'),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RetentionSet)
    this.refuseEmpty(flags)
    const [{ openRetentionOffice }, { formatPolicies }] = await Promise.all([
      import('../../cli/retention-office.ts'),
      import('../../cli/retention-words.ts'),
    ])
    const office = await openRetentionOffice(flags, { readonly: false }, (sentence) => this.logToStderr(sentence))
    const { policies, notes } = await office
      .set({
        metric_type: args.type,
        ...(flags.site !== undefined && { site_id: flags.site }),
        ...(flags.detailed !== undefined && { keep_detailed_days: flags.detailed }),
        ...(flags.summary !== undefined && { keep_summary_days: flags.summary }),
        ...(flags['delete-after'] !== undefined && { delete_after_days: flags['delete-after'] }),
        ...(flags.reset && { reset: true }),
      })
      .finally(() => office.close())
    for (const note of notes) this.logToStderr(cleanText(note))
    process.stdout.write(
      flags.json ? `${JSON.stringify(policies)}\n` : formatPolicies(policies, lookOf(process.stdout)),
    )
  }
}
