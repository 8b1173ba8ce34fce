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
      '0    every entry is as it was recorded; what could not be checked beside that is told',
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
      summary:
        'A head that "audit export" wrote earlier: its entry still has to be there, unless it was let go. May be given again.',
    }),
    'public-key': Flags.string({
      helpValue: 'FILE',
      summary:
        'PEM file with the public key that the log, its stub and heads have to be signed by; else that of the log itself.',
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
    const [{ openAuditFile }, { openAuditSource }, { readHeads, readTrustedKey }, { describeResult, verifyAudit }] =
      await Promise.all([
        import('../../cli/audit-file.ts'),
        import('../../cli/audit-source.ts'),
        import('../../cli/audit-signatures.ts'),
        import('../../cli/audit-verify.ts'),
      ])
    const verifyLog = async () => {
      const source = await openAuditSource(flags, { verify: true }, (sentence) => this.logToStderr(sentence))
      return verifyAudit(source, heads, trusted).finally(() => source.close())
    }
    const verifyFile = async (path: string) => {
      const { source, head } = await openAuditFile(path)
      return verifyAudit(source, [head, ...heads], trusted)
    }
    const file = flags['public-key']
    const trusted = file === undefined ? null : await readTrustedKey(file)
    const heads = await readHeads(flags.head ?? [])
    const result = await (flags.file === undefined ? verifyLog() : verifyFile(flags.file))
    if (flags.json) this.log(JSON.stringify(result))
    for (const sentence of describeResult(result, trusted !== null)) this.logToStderr(sentence)
    if (result.problems.length > 0) this.exit(EXIT.failed)
  }
}
