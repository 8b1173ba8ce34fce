import { BaseCommand } from '../../cli/base-command.ts'
import { lookOf } from '../../cli/terminal.ts'
import { TOKEN_EXIT_CODES, tokenFlags } from '../../cli/token-flags.ts'

export default class TokenList extends BaseCommand {
  static override summary = 'Show all tokens, newest first, without what opens doors.'
  static override description = TOKEN_EXIT_CODES
  static override examples = [
    '<%= config.bin %> token list',
    `<%= config.bin %> token list --json | jq -r '.[] | select(.state == "valid") | .token_id'`,
  ]
  static override flags = tokenFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(TokenList)
    this.refuseEmpty(flags)
    const [{ openTokenOffice }, { TOKEN_COLUMNS }, { formatTextTable }] = await Promise.all([
      import('../../cli/open-token-office.ts'),
      import('../../cli/token-words.ts'),
      import('../../core/output/text-table.ts'),
    ])
    const office = await openTokenOffice(flags, false, (sentence) => this.logToStderr(sentence))
    const tokens = await office.list().finally(() => office.close())
    if (flags.json) this.log(JSON.stringify(tokens))
    else if (tokens.length > 0) process.stdout.write(formatTextTable(tokens, TOKEN_COLUMNS, lookOf(process.stdout)))
    else this.logToStderr('there are no tokens yet')
  }
}
