import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { EXIT } from '../../cli/exit-codes.ts'

export default class AuditVerify extends BaseCommand {
  static override summary = 'Walk the hash chain of the audit log, and say where it was tampered with.'
  static override description = [
    'Each entry is hashed with the one before. Whoever can write the database could write the whole chain anew: a head that was exported and kept elsewhere shows that as well.',
    [
      'Exit codes:',
      '0    every entry is as it was recorded',
      '1    something was changed, or it could not be checked',
      '2    wrong usage or config',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --head 2026-10.head.json --head 2026-11.head.json --public-key audit-key.pub',
    '<%= config.bin %> <%= command.id %> --file audit-2026-11.ndjson --public-key audit-key.pub',
    '<%= config.bin %> <%= command.id %> --json --server https://printers.example --token-file admin.token',
  ]
  static override flags = {
    head: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
      summary: 'A head that "audit export" wrote earlier: its entry still has to be there. May be given again.',
    }),
    'public-key': Flags.string({
      helpValue: 'FILE',
      summary: 'PEM file with the key that heads and stub have to be signed by; else that of the log itself.',
    }),
    file: Flags.string({
      helpValue: 'FILE',
      exclusive: ['server', 'database', 'config'],
      summary: 'Verify what "audit export" wrote there, with its head beside it (FILE.head.json), in place of the log.',
    }),
    json: Flags.boolean({ summary: 'JSON on stdout.' }),
    ...accessFlags('an admin'),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuditVerify)
    this.refuseEmpty(flags)
    const [{ openAuditFile }, { openAuditSource }, { readHeads, verifyAudit }, { readTextFile }, { quoteText }] =
      await Promise.all([
        import('../../cli/audit-file.ts'),
        import('../../cli/audit-source.ts'),
        import('../../cli/audit-verify.ts'),
        import('../../core/targets/text-file.ts'),
        import('../../core/targets/quote-text.ts'),
      ])
    const verifyLog = async () => {
      const source = await openAuditSource(flags, { verify: true }, (sentence) => this.logToStderr(sentence))
      return verifyAudit(source, heads, trusted).finally(() => source.close())
    }
    const verifyFile = async (path: string) => {
      const { source, head } = await openAuditFile(path)
      return verifyAudit(source, [head, ...heads], trusted)
    }
    const heads = await readHeads(flags.head ?? [])
    const file = flags['public-key']
    const trusted = file === undefined ? null : (await readTextFile(file, quoteText(file), 4096)).text
    const result = await (flags.file === undefined ? verifyLog() : verifyFile(flags.file))
    if (flags.json) this.log(JSON.stringify(result))
    const { entries, first_seq, last_seq, problems } = result
    if (problems.length === 0) {
      const held =
        result.heads === 0
          ? 'no earlier head was held against it'
          : `${result.heads} signed head${result.heads === 1 ? ' fits' : 's fit'}`
      this.logToStderr(
        `${entries} audit entries (${first_seq ?? 'none'} to ${last_seq ?? 'none'}) are as they were recorded; ${held}`,
      )
      return
    }
    for (const problem of problems) this.logToStderr(problem)
    this.exit(EXIT.failed)
  }
}
