import { Args } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { EXIT } from '../cli/exit-codes.ts'
import { EXPORT_KINDS, type ExportKind, exportFlags } from '../cli/export-flags.ts'

export default class Export extends BaseCommand {
  static override summary =
    'Write what is stored to stdout, for other programs: devices, metrics, agents, alerts, audit.'
  static override description = [
    'From the database of this machine, or with --server from a server elsewhere: the same rows in the same order, as one ' +
      'JSON object a line unless --format says otherwise. Everything else goes to stderr. Only what is asked for is held ' +
      'in memory a page at a time, so that any amount can be taken along.',
    'devices go by device_id, metrics by device_id and then by time, agents by registration; alerts and audit entries come ' +
      'newest first. --from and --to are held against last_seen of devices and agents, sampled_at of metrics, opened_at of ' +
      'alerts and recorded_at of audit entries. Who reads the audit log is recorded in it.',
    [
      'Exit codes:',
      '0    all was written',
      '1    not all was written: server not reached or refused, database unusable, no such device or agent',
      '2    wrong usage or config',
      '130  interrupted; what was written ends with a whole row, an array of JSON is left open',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> devices --format csv > devices.csv',
    '<%= config.bin %> <%= command.id %> metrics --from -2d | jq -r "[.sampled_at, .serial, .page_count] | @tsv"',
    '<%= config.bin %> <%= command.id %> metrics --resolution day --from 2026-01-01 --to 2026-03-31 --format csv',
    '<%= config.bin %> <%= command.id %> alerts --json --server https://printers.example:9090 --token-file viewer.token',
  ]
  static override args = {
    kind: Args.string({
      required: true,
      ignoreStdin: true,
      options: [...EXPORT_KINDS],
      description: 'What to export.',
    }),
  }
  static override flags = exportFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Export)
    this.refuseEmpty(flags)
    const { runExport } = await import('../cli/export-run.ts')
    const code = await runExport(args.kind as ExportKind, flags, (sentence) => this.logToStderr(sentence))
    if (code !== EXIT.ok) this.exit(code)
  }
}
