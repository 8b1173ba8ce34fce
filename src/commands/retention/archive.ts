import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { EXIT } from '../../cli/exit-codes.ts'
import { INTERRUPTIBLE_EXIT_CODES } from '../../cli/retention-flags.ts'
import { lookOf } from '../../cli/terminal.ts'

export default class RetentionArchive extends BaseCommand {
  static override summary = 'Show the archives, and read them to the end.'
  static override description = INTERRUPTIBLE_EXIT_CODES
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --verify',
    '<%= config.bin %> <%= command.id %> --verify --server https://printers.example --token-file admin.token',
    `<%= config.bin %> <%= command.id %> --json | jq -r '.[] | select(.source == "metrics_history") | .name'`,
  ]
  static override flags = {
    verify: Flags.boolean({ summary: 'Read each archive from end to end and compare it with what was written down.' }),
    json: Flags.boolean({ summary: 'JSON on stdout.' }),
    ...accessFlags('an admin'),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(RetentionArchive)
    this.refuseEmpty(flags)
    const [
      { openArchiveOffice },
      { checkArchives, describeJob, formatArchives },
      { createProgressLine },
      { listenForEnd },
    ] = await Promise.all([
      import('../../cli/archive-office.ts'),
      import('../../cli/retention-archives.ts'),
      import('../../cli/progress-line.ts'),
      import('../../cli/listen-for-end.ts'),
    ])
    const office = await openArchiveOffice(flags, { readonly: true }, (sentence) => this.logToStderr(sentence))
    const end = listenForEnd()
    const progress = createProgressLine()
    const archives = await checkArchives(office, flags.verify, end.signal, (job) => progress.show(describeJob(job)))
      .catch((error: unknown) => {
        if (!end.signal.aborted) throw error
        return null
      })
      .finally(async () => {
        progress.clear()
        end.dispose()
        await office.close()
      })
    if (archives === null) {
      this.logToStderr('Interrupted: not all archives were read')
      this.exit(EXIT.interrupted)
    }
    process.stdout.write(
      flags.json ? `${JSON.stringify(archives)}\n` : formatArchives(archives, lookOf(process.stdout)),
    )
    if (archives.length === 0) this.logToStderr('there are no archives yet')
    if (archives.some(({ problem }) => problem !== null)) this.exit(EXIT.failed)
  }
}
