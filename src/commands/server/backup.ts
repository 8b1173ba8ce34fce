import { Args, Flags } from '@oclif/core'
import { BaseCommand, configFlag } from '../../cli/base-command.ts'
import { databaseFlag } from '../../cli/server-flags.ts'

export default class ServerBackup extends BaseCommand {
  static override summary = 'Copy the database into a new file, while the server runs.'
  static override description = [
    'The copy is as of one moment, checked, and moved to FILE when it is whole. It takes the place of the database of a stopped server.',
    [
      'Exit codes:',
      '0    the copy is there',
      '1    it could not be made: disk full, no permission, database damaged',
      '2    wrong usage or config; FILE is there already; no such database',
    ].join('\n'),
  ].join('\n\n')
  static override examples = ['<%= config.bin %> server backup /backup/printmaster-monday.db']
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: 'Where to; must not be there yet.' }),
  }
  static override flags = {
    database: databaseFlag,
    json: Flags.boolean({ summary: 'One JSON object on stdout.' }),
    config: configFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ServerBackup)
    this.refuseEmpty({ ...flags, file: args.file })
    const { backupDatabase } = await import('../../cli/server-backup.ts')
    const result = await backupDatabase(flags, args.file, process.stderr)
    if (flags.json) this.log(JSON.stringify(result))
    this.logToStderr(`copied ${result.database} to ${result.file}: ${result.bytes.toLocaleString('en')} bytes`)
  }
}
