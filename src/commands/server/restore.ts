import { Args, Flags } from '@oclif/core'
import { BaseCommand, configFlag } from '../../cli/base-command.ts'
import { databaseFlag } from '../../cli/server-flags.ts'

export default class ServerRestore extends BaseCommand {
  static override summary = 'Put a backup in the place of the database, while the server is stopped.'
  static override description = [
    'The backup is checked first, and stays where it is. The former database is kept beside the new one. Agents send again what the backup lacks.',
    [
      'Exit codes:',
      '0    the backup is the database now',
      '1    nothing was changed: database in use, backup damaged, disk full, no permission',
      '2    wrong usage or config',
    ].join('\n'),
  ].join('\n\n')
  static override examples = ['<%= config.bin %> server restore /backup/printmaster-monday.db']
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: 'The backup.' }),
  }
  static override flags = {
    database: databaseFlag,
    json: Flags.boolean({ summary: 'One JSON object on stdout.' }),
    config: configFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ServerRestore)
    this.refuseEmpty({ ...flags, file: args.file })
    const { restoreDatabase } = await import('../../cli/server-restore.ts')
    const result = await restoreDatabase(flags, args.file)
    if (flags.json) this.log(JSON.stringify(result))
    this.logToStderr(`${result.database} is now as ${result.file} has it`)
    if (result.former !== null) this.logToStderr(`the former database is ${result.former}`)
  }
}
