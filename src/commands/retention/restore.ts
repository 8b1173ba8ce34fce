import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { EXIT } from '../../cli/exit-codes.ts'
import { RETENTION_EXIT_CODES } from '../../cli/retention-flags.ts'

const { database, config } = accessFlags('an admin')

export default class RetentionRestore extends BaseCommand {
  static override summary = 'Bring archived readings of a span back for a while, for a report.'
  static override description = [
    'Works in the database of this machine, beside a server that is running. The readings count nowhere twice, and leave again when their time is over.',
    RETENTION_EXIT_CODES,
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from 2025-03-01 --to 2025-03-31',
    '<%= config.bin %> <%= command.id %> --from 2025-03-01 --to 2025-03-31 --keep 2d --json',
  ]
  static override flags = {
    from: Flags.string({
      required: true,
      helpValue: 'TIME',
      summary: 'At this time or later: a date (UTC) or RFC 3339.',
    }),
    to: Flags.string({
      required: true,
      helpValue: 'TIME',
      summary: 'Before this time; a date means to the end of that day.',
    }),
    keep: Flags.string({ default: '7d', helpValue: 'TIME', summary: 'How long they stay.' }),
    json: Flags.boolean({ summary: 'JSON on stdout.' }),
    database: { ...database, exclusive: [] },
    config,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(RetentionRestore)
    this.refuseEmpty(flags)
    const [{ openArchives }, { restoreArchived }, { listenForEnd }] = await Promise.all([
      import('../../cli/retention-office.ts'),
      import('../../cli/retention-restore.ts'),
      import('../../cli/listen-for-end.ts'),
    ])
    const office = await openArchives(flags, { readonly: false }, (sentence) => this.logToStderr(sentence))
    const end = listenForEnd()
    try {
      const done = await restoreArchived(office, flags, end.signal)
      if (flags.json) this.log(JSON.stringify(done))
      const { restored, already_here, unknown_device, archives, until } = done
      this.logToStderr(
        `${restored} readings are back until ${until}, ${already_here} were here already, ${unknown_device} are of devices that are not known here; ${archives} archives were read`,
      )
    } catch (error) {
      if (!end.signal.aborted) throw error
      this.logToStderr('ended; what was brought back so far stays until its time is over')
      this.exit(EXIT.interrupted)
    } finally {
      end.dispose()
      await office.close()
    }
  }
}
