import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'
import { TOKEN_EXIT_CODES, tokenFlags } from '../../cli/token-flags.ts'

export default class TokenCreate extends BaseCommand {
  static override summary = 'Make a token; it goes to stdout, this once.'
  static override description = [
    'An enrolment token lets agents register; a viewer token reads devices, readings and agents; an admin token opens the audit log and the tokens as well. ' +
      'Made in the database of this machine, or with --server at a server elsewhere.',
    TOKEN_EXIT_CODES,
  ].join('\n\n')
  static override examples = [
    'TOKEN=$(<%= config.bin %> token create --scope enrolment --uses 1 --expires 1d)',
    '<%= config.bin %> token create --scope viewer --name prometheus > /etc/prometheus/printmaster.token',
    '<%= config.bin %> token create --scope enrolment --uses 1 --agent 0198c0de-0000-7000-8000-000000000001',
    '<%= config.bin %> token create --scope viewer --server https://printers.example --token-file admin.token',
  ]
  static override flags = {
    scope: Flags.option({
      options: ['enrolment', 'viewer', 'admin'] as const,
      required: true,
      summary: 'What it opens.',
    })(),
    name: Flags.string({ helpValue: 'TEXT', summary: 'What it is for.' }),
    expires: Flags.string({
      helpValue: 'TIME',
      summary: 'How long it is valid, for example 12h, 7d or 4w; else for good.',
    }),
    uses: Flags.integer({
      min: 1,
      max: 1_000_000,
      helpValue: 'N',
      summary: 'Registrations that an enrolment token allows; else any number.',
    }),
    agent: Flags.string({
      helpValue: 'AGENT_ID',
      summary: 'The one agent that an enrolment token may take over; lifts the bar of a revoked one.',
    }),
    ...tokenFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(TokenCreate)
    this.refuseEmpty(flags)
    const [{ composeTokenRequest }, { openTokenOffice }, { describeNewToken }] = await Promise.all([
      import('../../cli/token-request.ts'),
      import('../../cli/open-token-office.ts'),
      import('../../cli/token-words.ts'),
    ])
    const request = composeTokenRequest(flags)
    const office = await openTokenOffice(flags, true, (sentence) => this.logToStderr(sentence))
    try {
      const created = await office.create(request)
      this.log(flags.json ? JSON.stringify(created) : created.token)
      this.logToStderr(describeNewToken(created))
    } finally {
      await office.close()
    }
  }
}
