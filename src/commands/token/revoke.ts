import { Args } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'
import { TOKEN_EXIT_CODES, tokenFlags } from '../../cli/token-flags.ts'

export default class TokenRevoke extends BaseCommand {
  static override summary = 'Make a token worthless, within a second.'
  static override description = [
    'Revoking the token of an agent bars that agent until an enrolment token that names it is used (token create --agent).',
    TOKEN_EXIT_CODES,
  ].join('\n\n')
  static override examples = ['<%= config.bin %> token revoke 0198c0de-0000-7000-8000-000000000001']
  static override args = {
    token_id: Args.string({ required: true, ignoreStdin: true, description: 'As "token list" shows it.' }),
  }
  static override flags = tokenFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TokenRevoke)
    this.refuseEmpty({ ...flags, token_id: args.token_id })
    const [{ openTokenOffice }, { describeRevoked }] = await Promise.all([
      import('../../cli/open-token-office.ts'),
      import('../../cli/token-words.ts'),
    ])
    const office = await openTokenOffice(flags, false, (sentence) => this.logToStderr(sentence))
    const revoked = await office.revoke(args.token_id).finally(() => office.close())
    if (flags.json) this.log(JSON.stringify(revoked))
    this.logToStderr(describeRevoked(revoked))
  }
}
