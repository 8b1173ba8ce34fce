import { BaseCommand } from '../cli/base-command.ts'
import { EXIT } from '../cli/exit-codes.ts'
import { type ServerFlags, serverFlags } from '../cli/server-flags.ts'
import { PrintMasterError } from '../core/model/error.ts'

export default class Server extends BaseCommand {
  static override summary = 'Take in what agents report, and let it be read back.'
  static override description = [
    'Listens on 127.0.0.1:9090 unless told otherwise. Beyond loopback it wants an enrolment token and TLS, or --allow-plaintext. ' +
      'With --with-agent it watches the printers of its own site as well, as [scan], [discovery] and [reading] say. ' +
      'SIGHUP reads certificate and log level again; SIGTERM and Ctrl-C finish what is in flight, a second one ends at once.',
    [
      'Exit codes:',
      '0    stopped, or a check found nothing',
      '1    could not start: port in use, database unusable; --check-db found problems',
      '2    wrong usage or config; --check found problems',
      '130  ended at once by a second signal',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --listen 0.0.0.0:9090 --tls-certificate fullchain.pem --tls-key privkey.pem',
    '<%= config.bin %> <%= command.id %> --with-agent',
    '<%= config.bin %> <%= command.id %> --check',
    '<%= config.bin %> <%= command.id %> --check-db',
  ]
  static override flags = serverFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Server)
    this.refuseEmpty(flags)
    if (flags.check) return this.checkSetup(flags)
    if (flags['check-db']) return this.checkDatabase(flags)
    const { runServer } = await import('../cli/server-run.ts')
    await runServer(flags, this.config.version, (started) => flags.json && this.log(JSON.stringify(started)))
  }

  private async checkSetup(flags: ServerFlags & { json: boolean }) {
    const { checkServerSetup } = await import('../cli/server-check.ts')
    const report = await checkServerSetup(flags, Date.now())
    if (flags.json) this.log(JSON.stringify({ ok: report.problems.length === 0, ...report }))
    for (const warning of report.warnings) this.logToStderr(warning)
    if (report.problems.length > 0) throw new PrintMasterError('bad_config', report.problems.join('\n'))
    this.logToStderr('config, certificate and database directory are good')
  }

  private async checkDatabase(flags: ServerFlags & { json: boolean }) {
    const { loadServerConfig } = await import('../cli/server-config.ts')
    const { openDatabase } = await import('../cli/open-database.ts')
    const { formatDatabaseReport } = await import('../cli/database-report.ts')
    const { database } = await loadServerConfig(flags)
    const store = await openDatabase(database, { readonly: true })
    const report = await store.check().finally(() => store.close())
    const ok = report.problems.length === 0
    process.stdout.write(
      flags.json ? `${JSON.stringify({ ok, database, ...report })}\n` : formatDatabaseReport(database, report),
    )
    if (!ok) this.exit(EXIT.failed)
  }
}
