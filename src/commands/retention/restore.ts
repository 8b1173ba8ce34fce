import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { EXIT } from '../../cli/exit-codes.ts'
import { INTERRUPTIBLE_EXIT_CODES } from '../../cli/retention-flags.ts'

export default class RetentionRestore extends BaseCommand {
  static override summary = 'Bring archived readings of a span back for a while, for a report.'
  static override description = [
    'Works in the database of this machine, beside a server that is running, or asks a server to do it. The readings count nowhere twice, and leave again when their time is over.',
    INTERRUPTIBLE_EXIT_CODES,
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from 2025-03-01 --to 2025-03-31',
    '<%= config.bin %> <%= command.id %> --from 2025-03-01 --to 2025-03-31 --keep 2d --json',
    '<%= config.bin %> <%= command.id %> --from 2025-03-01 --to 2025-03-31 --server https://printers.example --token-file admin.token',
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
    ...accessFlags('an admin'),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(RetentionRestore)
    this.refuseEmpty(flags)
    const [{ openArchiveOffice }, { readRestoreTask }, { describeJob }, { createProgressLine }, { listenForEnd }] =
      await Promise.all([
        import('../../cli/archive-office.ts'),
        import('../../cli/restore-task.ts'),
        import('../../cli/retention-archives.ts'),
        import('../../cli/progress-line.ts'),
        import('../../cli/listen-for-end.ts'),
      ])
    const task = readRestoreTask(flags, Date.now())
    const office = await openArchiveOffice(flags, { readonly: false }, (sentence) => this.logToStderr(sentence))
    const end = listenForEnd()
    const progress = createProgressLine()
    try {
      const job = await office.run(task, end.signal, (now) => progress.show(describeJob(now))).finally(progress.clear)
      const { from, to, until, restored, already_here, unknown_device, archives } = job
      const done = { from, to, until, restored, already_here, unknown_device, archives }
      if (flags.json) this.log(JSON.stringify(done))
      this.logToStderr(
        `${restored} readings are back until ${until}, ${already_here} were here already, ${unknown_device} are of devices that are not known here; ${archives} archives were read`,
      )
    } catch (error) {
      if (!end.signal.aborted) throw error
      this.logToStderr(
        flags.server === undefined
          ? 'ended; what was brought back so far stays until its time is over'
          : 'the server goes on with it; nobody waits for the end',
      )
      this.exit(EXIT.interrupted)
    } finally {
      end.dispose()
      await office.close()
    }
  }
}
