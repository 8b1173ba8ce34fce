import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'

export default class AuditExport extends BaseCommand {
  static override summary = 'Write the whole audit log as it is stored, and its signed head, for keeping elsewhere.'
  static override description = [
    'FILE gets one entry a line, oldest first: its body byte for byte as it was hashed, and its hash. FILE.head.json gets the head: the last entry, signed with a key that lies outside of the database. ' +
      'Kept where nobody of the server can write, the head shows later that nothing was changed ("audit verify --head"), and the file is verified by itself ("audit verify --file"). Once entries were let go, FILE.stub.json says up to which, signed.',
    [
      'Exit codes:',
      '0    done',
      '1    could not be done: file not writable, server not reached or refused, database unusable',
      '2    wrong usage or config',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --output audit-2026-11.ndjson',
    '<%= config.bin %> <%= command.id %> --output audit.ndjson --server https://printers.example --token-file admin.token',
  ]
  static override flags = {
    output: Flags.string({ required: true, helpValue: 'FILE', summary: 'Where to; it must not be there yet.' }),
    json: Flags.boolean({ summary: 'What was written, as JSON on stdout.' }),
    ...accessFlags('an admin'),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuditExport)
    this.refuseEmpty(flags)
    const [{ openAuditSource }, { exportAudit }] = await Promise.all([
      import('../../cli/audit-source.ts'),
      import('../../cli/audit-export.ts'),
    ])
    const source = await openAuditSource(flags, { export: true }, (sentence) => this.logToStderr(sentence))
    const written = await exportAudit(source, flags.output).finally(() => source.close())
    if (flags.json) this.log(JSON.stringify(written))
    this.logToStderr(`${written.entries} entries in ${written.file}, the head in ${written.head_file}`)
  }
}
