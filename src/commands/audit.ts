import { Flags } from '@oclif/core'
import { accessFlags } from '../cli/access-flags.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { lookOf } from '../cli/terminal.ts'

export default class Audit extends BaseCommand {
  static override summary = 'Who did what, when, and from where: the audit log of a server.'
  static override description = [
    'Newest first. Reading it is recorded in it. "audit verify" checks that nothing of it was changed, "audit export" writes it so that others can.',
    [
      'Exit codes:',
      '0    done; --follow was ended with Ctrl-C',
      '1    could not be done: server not reached or refused, database unusable',
      '2    wrong usage or config',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from -2d',
    '<%= config.bin %> <%= command.id %> --action token_created --json',
    '<%= config.bin %> <%= command.id %> --resource device/0198c0de-0000-7000-8000-000000000001',
    '<%= config.bin %> <%= command.id %> --follow --server https://printers.example --token-file admin.token',
  ]
  static override flags = {
    follow: Flags.boolean({ char: 'F', summary: 'Go on with new entries as they come, until Ctrl-C.' }),
    limit: Flags.integer({
      min: 1,
      default: 100,
      helpValue: 'N',
      summary: 'Entries at most; with --follow, those before the new ones.',
    }),
    from: Flags.string({ helpValue: 'TIME', summary: 'At this time or later: RFC 3339, a date (UTC), or -2d.' }),
    to: Flags.string({ helpValue: 'TIME', summary: 'Before this time; a date means to the end of that day.' }),
    agent: Flags.string({ helpValue: 'AGENT_ID', summary: 'About this agent.' }),
    actor: Flags.string({ helpValue: 'ID', summary: 'Done by this agent_id, token_id or user name.' }),
    action: Flags.string({ helpValue: 'ACTION', summary: 'This action, for example token_created.' }),
    resource: Flags.string({
      helpValue: 'TYPE[/ID]',
      summary: 'About such a thing: device, agent, token ...; or one of them.',
    }),
    format: Flags.option({
      options: ['table', 'json', 'ndjson', 'csv'] as const,
      default: 'table',
      summary: 'A table for people; one JSON array, one object a line, or CSV.',
    })(),
    json: Flags.boolean({ exclusive: ['format'], summary: 'The same as --format json.' }),
    ...accessFlags('an admin'),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Audit)
    this.refuseEmpty(flags)
    const { showAudit } = await import('../cli/audit-show.ts')
    await showAudit(flags, lookOf(process.stdout), (sentence) => this.logToStderr(sentence))
  }
}
